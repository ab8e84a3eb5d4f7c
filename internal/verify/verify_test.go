package verify

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"finwait/engine"
)

func TestTraces(t *testing.T) {
	traces, err := Load(Recorded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range traces {
		t.Run(trace.Name, func(t *testing.T) {
			r, err := Check(trace, "")
			if err != nil {
				t.Fatal(err)
			}
			if !r.Agrees {
				var b bytes.Buffer
				r.explain(&b)
				t.Error(b.String())
			}
		})
	}
}

// TestWindowsAndSACK holds what a fair comparison leaves out, but the engine does get right: each segment's window field and
// SACK blocks.
func TestWindowsAndSACK(t *testing.T) {
	traces, err := Load(Recorded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, trace := range traces {
		events, _, err := Verify(trace)
		if err != nil {
			t.Fatal(err)
		}
		c := align(trace, events)
		for _, p := range c.pairs {
			rec, got := trace.Records[p.line], events[p.seq].Body.(*engine.SegmentSent)
			want := ""
			for _, o := range rec.Opts {
				if blocks, ok := strings.CutPrefix(o, "sack "); ok {
					want = blocks
				}
			}
			var blocks []string
			for _, b := range got.Opts.SACK {
				blocks = append(blocks, fmt.Sprintf("%d-%d", b.Left, b.Right))
			}
			if text := strings.Join(blocks, " "); got.Win != rec.Win || text != want {
				t.Errorf("%s:%d %s: win %d sack %q, the engine has win %d sack %q", trace.Name, p.line+1, c.tracedSegment(p.line), rec.Win, want, got.Win, text)
			}
			compared++
		}
	}
	if compared < 700 {
		t.Errorf("only %d segments were compared", compared)
	}
}

// TestComparisonNotices changes a good log in one respect at a time: each change must be found, and named.
func TestComparisonNotices(t *testing.T) {
	first := func(events []engine.Event, want func(engine.Event) bool) int {
		for i, e := range events {
			if want(e) {
				return i
			}
		}
		t.Fatal("the log has no such event")
		return 0
	}
	isFIN := func(e engine.Event) bool {
		s, ok := e.Body.(*engine.SegmentSent)
		return ok && s.Flags&engine.FIN != 0
	}
	for _, c := range []struct {
		what   string
		change func([]engine.Event) []engine.Event
	}{
		{"segment", func(ev []engine.Event) []engine.Event {
			s := *ev[first(ev, isFIN)].Body.(*engine.SegmentSent)
			s.Seqno++
			ev[first(ev, isFIN)].Body = &s
			return ev
		}},
		{"segment", func(ev []engine.Event) []engine.Event {
			i := first(ev, isFIN)
			ev[i].Body = &engine.Process{}
			return ev
		}},
		{"time", func(ev []engine.Event) []engine.Event {
			i := first(ev, func(e engine.Event) bool {
				t, ok := e.Body.(*engine.TimerChange)
				return ok && t.Timer == engine.TimerDelack && t.Action == engine.TimerFire
			})
			for ; i < len(ev); i++ {
				ev[i].T += 30 * engine.Millisecond
			}
			return ev
		}},
		{"state", func(ev []engine.Event) []engine.Event {
			i := first(ev, func(e engine.Event) bool {
				s, ok := e.Body.(*engine.StateChange)
				return ok && s.To == engine.FinWait2
			})
			s := *ev[i].Body.(*engine.StateChange)
			s.To = engine.Closing
			ev[i].Body = &s
			return ev
		}},
		{"return", func(ev []engine.Event) []engine.Event {
			i := first(ev, func(e engine.Event) bool {
				r, ok := e.Body.(*engine.Returned)
				return ok && r.Call == "recv" && r.Ret == 0
			})
			r := *ev[i].Body.(*engine.Returned)
			r.Ret, r.Errno = -1, "ECONNRESET"
			ev[i].Body = &r
			return ev
		}},
		{"accept queue", func(ev []engine.Event) []engine.Event {
			for i, e := range ev {
				if q, ok := e.Body.(*engine.ListenQueue); ok {
					changed := *q
					changed.Accept += 3
					ev[i].Body = &changed
				}
			}
			return ev
		}},
	} {
		trace, events := driven(t, "close_by_client")
		if d := Compare(trace, events); len(d) != 0 {
			t.Fatalf("the unchanged log differs: %+v", d)
		}
		found := Compare(trace, c.change(events))
		named := false
		for _, d := range found {
			named = named || d.What == c.what
		}
		if !named {
			t.Errorf("a change of a %s is reported as %+v", c.what, found)
		}
	}
}

// TestTimesAreCompared holds that hardly an event that both logs have goes without a comparison of its time. A connection
// to oneself has no travel times in the trace.
func TestTimesAreCompared(t *testing.T) {
	traces, err := Load(Recorded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range traces {
		if trace.Name == "self_connect" {
			continue
		}
		events, _, err := Verify(trace)
		if err != nil {
			t.Fatal(err)
		}
		c := align(trace, events)
		c.returns()
		c.states()
		armed := c.armings()
		for seq, e := range events {
			if _, ok := c.lineOf[seq]; !ok {
				continue
			}
			if _, ok := c.anchor(seq, armed); !ok {
				t.Errorf("%s:%d: the time of %s is compared with nothing", trace.Name, c.lineOf[seq]+1, engine.AppendJSON(nil, e))
			}
		}
	}
}

// TestMissingCallIsNoticed leaves out a call that the trace makes.
func TestMissingCallIsNoticed(t *testing.T) {
	trace, events := driven(t, "fw2_shutdown_stays")
	for i, e := range events {
		if b, ok := e.Body.(*engine.CallMade); ok && b.Call == "shutdown" {
			events[i].Body = &engine.Process{}
		}
	}
	for _, d := range Compare(trace, events) {
		if d.What == "call" {
			return
		}
	}
	t.Error("the call that was left out is not missed")
}

func driven(t *testing.T, name string) (*Trace, []engine.Event) {
	t.Helper()
	traces, err := Load(Recorded(), []string{name})
	if err != nil {
		t.Fatal(err)
	}
	events, err := Drive(traces[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	return traces[0], events
}

func TestLoadNamesWhatIsMissing(t *testing.T) {
	if _, err := Load(Recorded(), []string{"close_by_client", "no_such"}); err == nil || !strings.Contains(err.Error(), `"no_such"`) {
		t.Errorf("got %v", err)
	}
}
