package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// files is the library of the course, read from its files.
type files struct{}

func (files) Source(name string) (string, bool) {
	b, err := os.ReadFile(filepath.Join("..", "..", "content", "scenarios", filepath.FromSlash(name)+".star"))
	return string(b), err == nil
}

// realServer runs the engine.
func realServer() *Server {
	return NewServer(Options{Library: files{}, Execute: executeFile})
}

func executeFile(_ context.Context, _ string, r scenario.Run) (*engine.Lines, error) {
	log, err := scenario.Execute(files{}, r, scenario.Limits{})
	if err != nil {
		return nil, err
	}
	return log.Lines, nil
}

// received is a stream as a client gets it whole.
type received struct {
	opened Opened
	lines  []string
	end    End
}

func (k *talk) receive() received {
	k.t.Helper()
	var r received
	for {
		frame := k.read()
		switch {
		case strings.HasPrefix(frame, `{"op":"opened"`):
			r.opened = parse[Opened](k.t, frame)
		case strings.HasPrefix(frame, `{"op":"events"`):
			for _, e := range parse[Events](k.t, frame).Events {
				r.lines = append(r.lines, string(e))
			}
		case strings.HasPrefix(frame, `{"op":"end"`):
			r.end = parse[End](k.t, frame)
			return r
		default:
			k.t.Fatal(frame)
		}
	}
}

// TestARealRun: the client's lines are the log, byte for byte, and have the digest that the end frame tells.
func TestARealRun(t *testing.T) {
	k := &talk{t, realServer().NewConn(t.Context(), "s", "en")}
	defer k.Close()
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/four-way","seed":1,"inputs":[]},"after":-1,"credit":100000}`)
	whole := k.receive()
	text := strings.Join(whole.lines, "\n") + "\n"
	sum := sha256.Sum256([]byte(text[:strings.LastIndex(text[:len(text)-1], "\n")+1]))
	if got := hex.EncodeToString(sum[:]); got != whole.end.SHA256 || whole.end.Seq != len(whole.lines)-1 {
		t.Errorf("%d lines of digest %s, the end says %d and %s", len(whole.lines), got, whole.end.Seq, whole.end.SHA256)
	}
	middle := len(whole.lines) / 2
	k.send(`{"op":"open","stream":"a","token":%q,"after":%d,"credit":100000}`, whole.opened.Token, middle)
	if rest := k.receive(); strings.Join(rest.lines, "\n") != strings.Join(whole.lines[middle+1:], "\n") {
		t.Errorf("resumed after %d: %d lines of %d", middle, len(rest.lines), len(whole.lines))
	}
}

// TestARealFork: the client's FIN is dropped while it flies. The fork differs from the moment of the drop and not before.
func TestARealFork(t *testing.T) {
	k := &talk{t, realServer().NewConn(t.Context(), "s", "en")}
	defer k.Close()
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/four-way","seed":1},"credit":100000}`)
	base := k.receive()
	var fin struct {
		T    engine.Micros
		ID   int
		Kind string
		From string
		F    string `json:"flags"`
	}
	for _, line := range base.lines {
		if err := json.Unmarshal([]byte(line), &fin); err != nil {
			t.Fatal(err)
		}
		if fin.Kind == "segment" && fin.From == "client" && strings.Contains(fin.F, "F") {
			break
		}
	}
	at := fin.T + 5*engine.Millisecond
	k.send(`{"op":"open","stream":"b","run":{"scenario":"close/four-way","seed":1,"inputs":[{"at":%d,"do":{"drop":{"segment":%d}}}]},"base":%q,"credit":100000}`,
		at, fin.ID, base.opened.Token)
	fork := k.receive()
	if fork.opened.ForkSeq == nil {
		t.Fatal("no forkSeq")
	}
	seq := *fork.opened.ForkSeq
	for i := 1; i < seq; i++ {
		if fork.lines[i] != base.lines[i] {
			t.Fatalf("event %d differs before forkSeq %d:\n%s\n%s", i, seq, base.lines[i], fork.lines[i])
		}
	}
	var first struct {
		T    engine.Micros
		Kind string
	}
	if err := json.Unmarshal([]byte(fork.lines[seq]), &first); err != nil {
		t.Fatal(err)
	}
	if fork.lines[seq] == base.lines[seq] || first.T != at || first.Kind != "input" {
		t.Errorf("the first event that differs is %s", fork.lines[seq])
	}
	if !strings.Contains(strings.Join(fork.lines, "\n"), `"retransmission":true`) {
		t.Error("the lost FIN is not sent again")
	}
}

// TestRealRefusals: an input that can't act refuses the open; a mistake in a source has its place.
func TestRealRefusals(t *testing.T) {
	k := &talk{t, realServer().NewConn(t.Context(), "s", "zh")}
	defer k.Close()
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/four-way","seed":1,"inputs":[{"at":0,"do":{"drop":{"segment":999}}}]}}`)
	if f := parse[Failure](t, k.read()); f.Code != string(engine.RefusedNotFlying) || f.Stream != "a" {
		t.Errorf("got %+v", f)
	}
	k.send(`{"op":"open","stream":"a","run":{"source":"scenario(\n  title = {\"en\": x})\n"}}`)
	if f := parse[Failure](t, k.read()); f.Code != scenario.CodeScenario || f.Line != 2 || f.Col == 0 || f.Text == "" {
		t.Errorf("got %+v", f)
	}
}
