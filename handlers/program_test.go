package handlers

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"finwait/engine"
	"finwait/internal/stream"
	"finwait/scenario"
)

type programAnswer struct {
	Hosts []struct {
		Name    string
		Program *struct{ From, To int }
		C       *struct {
			Text  string
			Lines map[int][]int
		}
		CError *struct {
			Line    int
			Message struct{ En, Zh string }
		} `json:"c_error"`
		Others []struct {
			Name    string
			Program *struct{ From, To int }
			C       *struct{ Text string }
		}
	}
}

// Each process of a host has a program of its own.
func TestProgramsOfSeveralProcesses(t *testing.T) {
	a := askProgram(t, scenario.Run{Seed: 1, Source: `def client(os):
    os.sleep("1s")

def helper(os):
    os.sleep("2s")

host("client", client)
process("client", "helper", helper)
`})
	if len(a.Hosts) != 1 || len(a.Hosts[0].Others) != 1 {
		t.Fatalf("%+v", a)
	}
	own, other := a.Hosts[0], a.Hosts[0].Others[0]
	if own.C == nil || !strings.Contains(own.C.Text, "sleep(1);") || own.Program == nil || own.Program.From != 1 {
		t.Errorf("the host's own program: %+v", own)
	}
	if other.Name != "helper" || other.C == nil || !strings.Contains(other.C.Text, "sleep(2);") || other.Program == nil || other.Program.From != 4 {
		t.Errorf("the helper's: %+v", other)
	}
}

func askProgram(t *testing.T, run scenario.Run) programAnswer {
	t.Helper()
	l := newLearner(t, newService(t, func(o *Options) {
		// This test's own sources need no sandbox.
		o.Runs = stream.NewServer(stream.Options{Library: o.Content, Burst: testBurst, Interval: time.Second, SourceCost: 1, Execute: func(_ context.Context, _ string, r scenario.Run) (*engine.Lines, error) {
			log, err := scenario.Execute(o.Content, r, scenario.Limits{})
			if err != nil {
				return nil, err
			}
			return log.Lines, nil
		}})
	}))
	_, body := l.ask("GET", "/api/v1/runs/program?run="+url.QueryEscape(run.Token()), "", 200)
	var a programAnswer
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A run's choice settles which branch its programs in C have, and each call's line is named.
func TestProgramInC(t *testing.T) {
	a := askProgram(t, scenario.Run{Scenario: "close/four-way", Vary: map[string]string{"closer": "server"}, Seed: 7})
	for _, h := range a.Hosts {
		if h.C == nil || h.CError != nil || h.Program == nil {
			t.Fatalf("%s has no C: %+v", h.Name, h)
		}
		lines := strings.Split(h.C.Text, "\n")
		if len(h.C.Lines) == 0 {
			t.Errorf("%s has no line with a call", h.Name)
		}
		for at, in := range h.C.Lines {
			if at < h.Program.From || at > h.Program.To || in[0] > len(lines) || !strings.Contains(lines[in[0]-1], "(") {
				t.Errorf("%s: line %d is said to be %d of\n%s", h.Name, at, in, h.C.Text)
			}
		}
		if slept := strings.Contains(h.C.Text, "usleep(50000)"); slept != (h.Name == "server") {
			t.Errorf("%s has the other choice's branch:\n%s", h.Name, h.C.Text)
		}
	}
}

// A visitor's program that has no C names the line, in both languages; the other host's is there.
func TestProgramOutsideOfC(t *testing.T) {
	a := askProgram(t, scenario.Run{Seed: 1, Source: `def client(os):
    s = os.socket()
    os.getsockname(s)
    os.close(s)

def server(os):
    os.sleep("1s")

host("client", client)
host("server", server)
`})
	if len(a.Hosts) != 2 {
		t.Fatalf("%+v", a)
	}
	c, s := a.Hosts[0], a.Hosts[1]
	if c.C != nil || c.CError == nil || c.CError.Line != 3 || c.CError.Message.En == "" || c.CError.Message.Zh == "" || c.Program == nil {
		t.Errorf("the client: %+v", c)
	}
	if s.C == nil || !strings.Contains(s.C.Text, "sleep(1);") {
		t.Errorf("the server: %+v", s)
	}
}
