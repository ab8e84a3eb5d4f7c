package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestTranscripts runs the small worlds under testdata/transcripts and compares what happened with what stands there. Each "run" has
// lines of the form
//
//	client: c = socket; connect c server 80      a program, in the words of script_test.go
//	drop client F 1                              a fault: drop, delay or duplicate; sender, flags (- for any), which, by, since=
//	sysctl server net.ipv4.tcp_fin_timeout 5
//	profile rfc9293                              for both hosts
//	input 150ms {"cut":{}}
//
// and the arguments until=10s, seed=7, and show=(segments,states,returns,timers,queues,deliveries), all but deliveries and
// queues by default. A new expected text is written with -rewrite.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata/transcripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "run" {
				d.Fatalf(t, "unknown command %s", d.Cmd)
			}
			return transcript(t, d)
		})
	})
}

// plan is a parsed run.
type plan struct {
	config   Config
	profile  string
	programs map[string]string
	sysctls  map[string]map[string]int64
	inputs   []Input
}

func transcript(t *testing.T, d *datadriven.TestData) string {
	p := plan{programs: map[string]string{}, sysctls: map[string]map[string]int64{"client": {}, "server": {}}}
	show := []string{"segments", "states", "returns", "timers"}
	for _, a := range d.CmdArgs {
		switch a.Key {
		case "until":
			p.config.Until = mustMicros(a.Vals[0])
		case "seed":
			fmt.Sscan(a.Vals[0], &p.config.Seed)
		case "show":
			show = a.Vals
		default:
			d.Fatalf(t, "unknown argument %s", a.Key)
		}
	}
	for _, line := range strings.Split(d.Input, "\n") {
		p.parse(t, strings.TrimSpace(line))
	}
	w := p.run(t)
	var b strings.Builder
	for _, e := range w.Events {
		if shown(e, show) {
			b.WriteString(strings.TrimRight(text(e), " ") + "\n")
		}
	}
	return b.String()
}

func (p *plan) parse(t *testing.T, line string) {
	t.Helper()
	f := strings.Fields(line)
	if len(f) == 0 {
		return
	}
	if host, program, ok := strings.Cut(line, ": "); ok && p.sysctls[host] != nil {
		p.programs[host] = program
		return
	}
	switch f[0] {
	case "drop", "delay", "duplicate":
		fault := Fault{Sender: f[1], Action: FaultKind(f[0])}
		if f[2] == "data" {
			fault.Data = true
		} else if f[2] == "ack" {
			fault.Lacks = SYN | FIN | RST
		} else if f[2] != "-" {
			fault.Has, _ = ParseFlags(f[2])
		}
		if len(f) > 3 && f[3] != "all" {
			fmt.Sscan(f[3], &fault.Nth)
		}
		for _, more := range f[min(len(f), 4):] {
			if since, ok := strings.CutPrefix(more, "since="); ok {
				fault.Since = mustMicros(since)
			} else {
				fault.By = mustMicros(more)
			}
		}
		p.config.Faults = append(p.config.Faults, fault)
	case "sysctl":
		var v int64
		fmt.Sscan(f[3], &v)
		p.sysctls[f[1]][f[2]] = v
	case "profile":
		p.profile = f[1]
	case "input":
		in := Input{At: mustMicros(f[1])}
		if err := json.Unmarshal([]byte(strings.Join(f[2:], " ")), &in.Do); err != nil {
			t.Fatal(err)
		}
		p.inputs = append(p.inputs, in)
	default:
		t.Fatalf("unknown line %q", line)
	}
}

func (p *plan) run(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, p.config)
	for _, h := range []struct{ name, addr string }{{"client", "10.0.0.1"}, {"server", "10.0.0.2"}} {
		if err := w.AddHost(HostConfig{Name: h.name, Addr: h.addr, Profile: p.profile, Sysctl: p.sysctls[h.name]}); err != nil {
			t.Fatal(err)
		}
	}
	for _, host := range []string{"server", "client"} {
		if program := p.programs[host]; program != "" {
			if err := w.Spawn(0, host, host, newScript(program)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, in := range p.inputs {
		w.Input(i, in)
	}
	reason, err := w.Run()
	if err != nil {
		t.Fatal(err)
	}
	w.Finish(reason)
	return w
}

func shown(e Event, show []string) bool {
	kinds := map[Kind]string{
		KindSegment: "segments", KindFate: "segments", KindInput: "segments", KindState: "states", KindReturn: "returns",
		KindTimer: "timers", KindQueue: "queues", KindDeliver: "deliveries",
	}
	for _, s := range show {
		if kinds[e.Body.Kind()] == s {
			return true
		}
	}
	return false
}
