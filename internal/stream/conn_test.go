package stream

import (
	"context"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestFramesAreBounded: many events go in one frame, up to its size; an event that is larger than that goes alone.
func TestFramesAreBounded(t *testing.T) {
	b := newBench(Options{})
	k := b.dial(t, "s", "en")
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/long"},"credit":5000}`)
	k.send(`{"op":"open","stream":"b","run":{"scenario":"close/wide"},"credit":5000}`)
	next := map[string]int{}
	counts := map[string]int{}
	for _, frame := range k.rest() {
		if !strings.HasPrefix(frame, `{"op":"events"`) {
			continue
		}
		if len(frame) > MaxEventsFrame {
			t.Errorf("a frame of %d bytes", len(frame))
		}
		f := parse[Events](t, frame)
		for _, seq := range sequence(t, f) {
			if seq != next[f.Stream] {
				t.Fatalf("stream %s: event %d instead of %d", f.Stream, seq, next[f.Stream])
			}
			next[f.Stream]++
		}
		counts[f.Stream]++
	}
	if next["a"] != 5000 || counts["a"] > 4 {
		t.Errorf("small events: %d in %d frames", next["a"], counts["a"])
	}
	if next["b"] != 20 || counts["b"] != 10 {
		t.Errorf("events of 30 kB: %d in %d frames", next["b"], counts["b"])
	}
}

// TestCreditDoesNotOverflow: sums of huge credits stay huge, and the run still comes whole.
func TestCreditDoesNotOverflow(t *testing.T) {
	k := newBench(Options{}).dial(t, "s", "en")
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/slow"},"credit":%d}`, math.MaxInt64)
	for range 5 {
		k.send(`{"op":"credit","stream":"a","n":%d}`, math.MaxInt64)
	}
	k.mu.Lock()
	got := k.find("a").credit
	k.mu.Unlock()
	if got != MaxCredit {
		t.Errorf("credit %d, want %d", got, MaxCredit)
	}
}

// TestOversizedFrames: one that is too long is answered, one without end drops the connection.
func TestOversizedFrames(t *testing.T) {
	k := newBench(Options{}).dial(t, "s", "en")
	long := strings.Repeat(" ", MaxClientFrame+1)
	if err := k.Receive(true, strings.NewReader(long)); err != nil {
		t.Fatal(err)
	}
	if f := parse[Failure](t, k.read()); f.Code != CodeFrameTooLarge {
		t.Errorf("got %+v", f)
	}
	k.send(`%s{"op":"close","stream":"a"}`, long[:MaxClientFrame-len(`{"op":"close","stream":"a"}`)])
	if frames := k.rest(); len(frames) > 0 {
		t.Errorf("a frame of just the right size was answered %v", frames)
	}
	if err := k.Receive(true, endless{}); !errors.Is(err, ErrFlood) {
		t.Errorf("a frame without end: %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// TestBinaryFrames are not the protocol's; a connection that breaks within a frame says how.
func TestBinaryFrames(t *testing.T) {
	k := newBench(Options{}).dial(t, "s", "en")
	if err := k.Receive(false, strings.NewReader(`{"op":"close","stream":"a"}`)); err != nil {
		t.Fatal(err)
	}
	if f := parse[Failure](t, k.read()); f.Code != CodeBadFrame {
		t.Errorf("got %+v", f)
	}
	broken := io.MultiReader(strings.NewReader(`{"op":`), failing{})
	if err := k.Receive(true, broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestAClientThatDoesNotRead is not read either: its replies are bounded, whether they are errors or opened streams.
func TestAClientThatDoesNotRead(t *testing.T) {
	for name, frames := range map[string][]string{
		"errors": {`nonsense`},
		"opens":  {`{"op":"open","stream":"a","run":{"scenario":"close/five"}}`, `{"op":"close","stream":"a"}`},
	} {
		b := newBench(Options{})
		if _, _, err := b.Log(t.Context(), "", runOf("close/five", 0)); err != nil {
			t.Fatal(err)
		}
		k := b.dial(t, "s", "en")
		done := make(chan error)
		go func() {
			for i := range 10_000 {
				if err := k.Receive(true, strings.NewReader(frames[i%len(frames)])); err != nil {
					done <- err
					return
				}
				if len(frames) > 1 && i%2 == 0 {
					time.Sleep(50 * time.Microsecond) // most streams are answered before they are closed
				}
			}
			done <- nil
		}()
		await(t, func() bool { return k.queued() >= maxReplies })
		time.Sleep(20 * time.Millisecond)
		if n := k.queued(); n != maxReplies {
			t.Errorf("%s: %d replies queued", name, n)
		}
		k.Close()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: after Close, Receive returns %v", name, err)
		}
	}
}

func (k *talk) queued() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.replies)
}

// TestCloseLeavesNothingBehind: no goroutine of a connection outlives it, and its computations end.
func TestCloseLeavesNothingBehind(t *testing.T) {
	b := newBench(Options{Parallel: 16})
	before := runtime.NumGoroutine()
	for round, end := range []string{"Close", "context"} {
		ctx, cancel := context.WithCancel(t.Context())
		k := &talk{t, b.NewConn(ctx, "s", "en")}
		for i := range MaxStreams {
			k.send(`{"op":"open","stream":"s%d","run":{"scenario":"close/slow","seed":%d}}`, i, i)
		}
		await(t, func() bool { return b.computations() == (round+1)*MaxStreams })
		if end == "context" {
			cancel()
			for range k.Ready() {
				if _, ok := k.Next(); !ok && k.ctx.Err() != nil {
					break
				}
			}
		}
		k.Close()
		k.Close() // twice does no harm
		cancel()
		for range MaxStreams {
			<-b.stopped
		}
		if frame, ok := k.Next(); ok {
			t.Errorf("a closed connection says %s", frame)
		}
		if err := k.Receive(true, strings.NewReader(`{"op":"open","stream":"a","run":{"scenario":"close/five"}}`)); err == nil {
			t.Error("a closed connection takes an open")
		}
	}
	await(t, func() bool { return runtime.NumGoroutine() <= before })
}

// TestCloseAndReopenWhileComputing: opens that were closed still count until their computation has ended, so that nobody
// has more than eight computed at a time.
func TestCloseAndReopenWhileComputing(t *testing.T) {
	b := newBench(Options{Parallel: 100, Burst: 1000})
	k := b.dial(t, "s", "en")
	for i := range 200 {
		k.send(`{"op":"open","stream":"a","run":{"scenario":"close/slow","seed":%d}}`, i)
		k.mu.Lock()
		opening := k.opening
		k.mu.Unlock()
		if opening > MaxStreams {
			t.Fatalf("%d opens under way", opening)
		}
		k.send(`{"op":"close","stream":"a"}`)
		for frame, ok := k.Next(); ok; frame, ok = k.Next() {
			if f := parse[Failure](t, string(frame)); f.Code != CodeTooManyStreams {
				t.Fatalf("got %+v", f)
			}
		}
	}
}

// TestCreditHolds plays any conversation against a simple account of it: each stream's events come in order from where it
// was opened, never more than its credit, and its end comes once, after the last.
func TestCreditHolds(t *testing.T) {
	type account struct{ next, credit, events int }
	b := newBench(Options{Burst: 1 << 30})
	rapid.Check(t, func(rt *rapid.T) {
		c := b.NewConn(t.Context(), "s", "en")
		defer c.Close()
		k := &talk{t, c}
		open := map[string]*account{}
		names := rapid.SampledFrom([]string{"a", "b", "c"})
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			name := names.Draw(rt, "stream")
			switch rapid.IntRange(0, 3).Draw(rt, "op") {
			case 0:
				if open[name] != nil {
					continue
				}
				scenario := rapid.SampledFrom([]string{"ten", "five", "wide"}).Draw(rt, "scenario")
				events := map[string]int{"ten": 10, "five": 5, "wide": 20}[scenario]
				after, credit := rapid.IntRange(-1, events-1).Draw(rt, "after"), rapid.IntRange(0, 12).Draw(rt, "credit")
				k.send(`{"op":"open","stream":%q,"run":{"scenario":"close/%s"},"after":%d,"credit":%d}`, name, scenario, after, credit)
				open[name] = &account{next: after + 1, credit: credit, events: events}
			case 1:
				n := rapid.IntRange(1, 12).Draw(rt, "n")
				k.send(`{"op":"credit","stream":%q,"n":%d}`, name, n)
				if a := open[name]; a != nil {
					a.credit += n
				}
			case 2:
				k.send(`{"op":"close","stream":%q}`, name)
				delete(open, name)
			case 3:
				for _, frame := range k.rest() {
					switch {
					case strings.HasPrefix(frame, `{"op":"events"`):
						f := parse[Events](t, frame)
						for _, seq := range sequence(t, f) {
							a := open[f.Stream]
							if a == nil || seq != a.next || a.credit == 0 {
								rt.Fatalf("event %d of %s: the account says %+v", seq, f.Stream, a)
							}
							a.next, a.credit = a.next+1, a.credit-1
						}
					case strings.HasPrefix(frame, `{"op":"end"`):
						f := parse[End](t, frame)
						if a := open[f.Stream]; a == nil || a.next != a.events || f.Seq != a.events-1 {
							rt.Fatalf("%s: the account says %+v", frame, a)
						}
						delete(open, f.Stream)
					}
				}
				for name, a := range open {
					if a.credit > 0 || a.next == a.events {
						rt.Fatalf("%s has not got what it may have: %+v", name, a)
					}
				}
			}
		}
	})
}

// TestAWriterBesideAReader: one goroutine sends, one reads, as on a socket; the run comes whole.
func TestAWriterBesideAReader(t *testing.T) {
	k := newBench(Options{}).dial(t, "s", "en")
	go func() {
		k.send(`{"op":"open","stream":"a","run":{"scenario":"close/long"}}`)
		for range 100 {
			k.send(`{"op":"credit","stream":"a","n":50}`)
			k.send(`nonsense`)
		}
	}()
	next, errors := 0, 0
	for {
		frame := k.read()
		switch {
		case strings.HasPrefix(frame, `{"op":"events"`):
			for _, seq := range sequence(t, parse[Events](t, frame)) {
				if seq != next {
					t.Fatalf("event %d instead of %d", seq, next)
				}
				next++
			}
		case strings.HasPrefix(frame, `{"op":"error"`):
			errors++
		case strings.HasPrefix(frame, `{"op":"end"`):
			if next != 5000 {
				t.Errorf("%d events before the end", next)
			}
			return
		}
	}
}
