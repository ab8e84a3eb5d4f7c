package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// shelf is a library whose scenarios say in their first word how many events they have, and what else is odd about them.
type shelf map[string]string

func (s shelf) Source(name string) (string, bool) {
	if name == "close/broken" {
		panic("the shelf broke")
	}
	src, ok := s[name]
	return src, ok
}

var library = shelf{
	"close/ten":       "10",
	"close/five":      "5",
	"close/long":      "5000",
	"close/wide":      "20 wide",
	"close/slow":      "10 slow",
	"close/slower":    "10 slow too",
	"close/panics":    "10 panics",
	"close/fails":     "10 fails",
	"close/empty":     "0",
	"close/impatient": "10 impatient",
}

// bench computes the shelf's scenarios: a log of n small events, one each millisecond. An input shows in every event from
// its time on, as an intervention would; a slow run waits to be let go.
type bench struct {
	*Server
	mu       sync.Mutex
	now      time.Time
	sessions []string // who was charged for each computation
	reported []error
	letGo    chan struct{}
	stopped  chan struct{} // receives when a slow run was cancelled
}

func newBench(o Options) *bench {
	b := &bench{now: time.Unix(1_000_000, 0), letGo: make(chan struct{}), stopped: make(chan struct{}, 100)}
	o.Library, o.Execute = library, b.execute
	o.Now = func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now }
	o.Report = func(err error) string {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reported = append(b.reported, err)
		return fmt.Sprintf("E%d", len(b.reported))
	}
	b.Server = NewServer(o)
	return b
}

func (b *bench) computations() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.sessions)
}

func (b *bench) execute(ctx context.Context, session string, r scenario.Run) (*engine.Lines, error) {
	b.mu.Lock()
	b.sessions = append(b.sessions, session)
	b.mu.Unlock()
	text := r.Source
	if r.Scenario != "" {
		text = library[r.Scenario]
	}
	var events int
	fmt.Sscan(text, &events)
	switch {
	case strings.Contains(text, "slow"):
		select {
		case <-b.letGo:
		case <-ctx.Done():
			b.stopped <- struct{}{}
			return nil, ctx.Err()
		}
	case strings.Contains(text, "panics"):
		panic("an invariant does not hold")
	case strings.Contains(text, "fails"):
		return nil, fmt.Errorf("the pool of children is gone")
	case strings.Contains(text, "impatient"):
		return nil, context.DeadlineExceeded
	case strings.Contains(text, "mistake"):
		return nil, &scenario.Error{Code: scenario.CodeScenario, Message: engine.Text{En: "undefined: x", Zh: "没有叫做 x 的名字"},
			File: "scenario.star", Line: 3, Col: 5, Text: "x + 1"}
	}
	return makeLog(r, events, strings.Contains(text, "wide")), nil
}

func makeLog(r scenario.Run, events int, wide bool) *engine.Lines {
	var lines engine.Lines
	for i := range events {
		t := engine.Micros(i) * engine.Millisecond
		e := map[string]any{"seq": i, "t": t, "kind": "queue"}
		if i == 0 {
			e["seed"], e["inputs"] = r.Seed, r.Inputs
		}
		for n, in := range r.Inputs {
			if t >= in.At {
				e["fork"] = n + 1
			}
		}
		if wide {
			e["pad"] = strings.Repeat("x", 30_000)
		}
		line, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		lines.AppendRaw(line, t)
	}
	lines.SHA256 = fmt.Sprintf("%064d", events)
	return &lines
}

// await waits until something holds.
func await(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

// talk is a client on a connection.
type talk struct {
	t *testing.T
	*Conn
}

func (b *bench) dial(t *testing.T, session, lang string) *talk {
	c := b.NewConn(t.Context(), session, lang)
	t.Cleanup(c.Close)
	return &talk{t, c}
}

func (k *talk) send(frame string, args ...any) {
	k.t.Helper()
	if err := k.Receive(true, strings.NewReader(fmt.Sprintf(frame, args...))); err != nil {
		k.t.Fatal(err)
	}
}

// read waits for the next frame.
func (k *talk) read() string {
	k.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if frame, ok := k.Next(); ok {
			return string(frame)
		}
		select {
		case <-k.Ready():
		case <-deadline:
			k.t.Fatal("no frame came")
		}
	}
}

// rest gives all frames that come before the connection has nothing more to say; opens under way are waited for.
func (k *talk) rest() []string {
	k.awaitOpens()
	var frames []string
	for {
		frame, ok := k.Next()
		if !ok {
			return frames
		}
		frames = append(frames, string(frame))
	}
}

// parse decodes a frame into its struct.
func parse[T any](t *testing.T, frame string) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(frame))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", frame, err)
	}
	return v
}
