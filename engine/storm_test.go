package engine

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	stormSize = flag.Int("storm", 300, "how many programs TestStorm throws at the engine")
	stormSeed = flag.Uint64("storm.seed", 1, "the first program's seed; the others count on from it")
	stormTrim = flag.String("storm.trim", "", "leave parts of the programs out: calls a thread, faults, actions, e.g. 7,-1,0; -1 is all")
)

// TestStorm throws random programs, faults and interventions at the engine and holds what must be true of every run: see
// storm_check_test.go. Each program is run again, which must give the same bytes, and once more with one more input, whose
// log must begin as the first one. A failure is made smaller and printed with the command that brings it back.
func TestStorm(t *testing.T) {
	trim := stormCut{-1, -1, -1}
	if *stormTrim != "" {
		if _, err := fmt.Sscanf(*stormTrim, "%d,%d,%d", &trim.calls, &trim.faults, &trim.acts); err != nil {
			t.Fatalf("-storm.trim %s: %v", *stormTrim, err)
		}
	}
	start := time.Now()
	var total stormCount
	var next atomic.Uint64
	var mu sync.Mutex
	var failed []uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var mine stormCount
			for i := next.Add(1) - 1; i < uint64(*stormSize); i = next.Add(1) - 1 {
				seed := *stormSeed + i
				if err := guarded(seed, trim, &mine); err != nil {
					mu.Lock()
					failed = append(failed, seed)
					if len(failed) <= 5 {
						t.Error(smaller(seed, trim, err))
					}
					mu.Unlock()
				}
			}
			mu.Lock()
			total.add(mine)
			mu.Unlock()
		})
	}
	workers.Wait()
	if len(failed) > 5 {
		t.Errorf("%d programs fail in all: %v …", len(failed), failed[:5])
	}
	t.Logf("%d programs, %d runs, %d events in %.1f s; %d runs ended by their budget, %d by the day", *stormSize, total.runs, total.events,
		time.Since(start).Seconds(), total.budget, total.until)
	if *stormSize >= 300 && (total.budget+total.until)*5 > total.runs {
		t.Error("too many runs are cut short to say anything about their end")
	}
}

// stormCount is what was done.
type stormCount struct{ runs, events, budget, until int }

func (c *stormCount) add(o stormCount) {
	c.runs, c.events, c.budget, c.until = c.runs+o.runs, c.events+o.events, c.budget+o.budget, c.until+o.until
}

// stormCut leaves parts of a program out: what is behind the first so many; -1 is nothing.
type stormCut struct{ calls, faults, acts int }

func (c stormCut) String() string { return fmt.Sprintf("%d,%d,%d", c.calls, c.faults, c.acts) }

func upTo(limit, n int) int {
	if limit < 0 {
		return n
	}
	return min(limit, n)
}

// stormPatience is how long one program may take before it counts as one that hangs.
const stormPatience = 30 * time.Second

// guarded is one program with what it does to the test around it: a panic is an error, and a hang ends the process with
// the seed.
func guarded(seed uint64, trim stormCut, count *stormCount) (err error) {
	watch := time.AfterFunc(stormPatience, func() {
		fmt.Fprintf(os.Stderr, "the program hangs: %s\n", stormCommand(seed, trim))
		os.Exit(1)
	})
	defer watch.Stop()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	if seed%4 == 0 {
		return orderlyProgram(seed, trim, count)
	}
	return wildProgram(seed, trim, count)
}

func stormCommand(seed uint64, trim stormCut) string {
	return fmt.Sprintf("go test ./engine -run 'TestStorm$' -v -storm 1 -storm.seed %d -storm.trim %s", seed, trim)
}

// smaller looks for the least of a program that fails still, and writes it down.
func smaller(seed uint64, trim stormCut, err error) string {
	fails := func(c stormCut) bool {
		e := guarded(seed, c, &stormCount{})
		if e != nil {
			err = e
		}
		return e != nil
	}
	for _, part := range []func(*stormCut) *int{
		func(c *stormCut) *int { return &c.acts }, func(c *stormCut) *int { return &c.faults }, func(c *stormCut) *int { return &c.calls },
	} {
		for n := range 40 {
			c := trim
			if *part(&c) = n; fails(c) {
				trim = c
				break
			}
		}
	}
	return fmt.Sprintf("seed %d: %v\nagain: %s", seed, err, stormCommand(seed, trim))
}

// wildProgram does anything at all.
func wildProgram(seed uint64, trim stormCut, count *stormCount) error {
	base, err := newStorm(seed, trim, "").run(nil, count)
	if err != nil {
		return err
	}
	again, err := newStorm(seed, trim, "").run(nil, count)
	if err != nil {
		return err
	}
	if !bytes.Equal(base.lines, again.lines) {
		return errors.New("the same run gave other bytes")
	}
	in := base.pickInput(rand.New(rand.NewPCG(seed, 99)))
	fork, err := newStorm(seed, trim, "").run(in, count)
	if err != nil {
		return fmt.Errorf("with the input %+v: %w", *in, err)
	}
	return holdPrefix(base, fork, in)
}

// holdPrefix holds that a fork's log begins as the base's, up to the input, and that nothing before the input is gone.
func holdPrefix(base, fork *stormRun, in *Input) error {
	i := slices.IndexFunc(fork.Events, func(e Event) bool {
		applied, ok := e.Body.(*InputApplied)
		return ok && applied.Do == in.Do
	})
	switch {
	case i < 0 && (base.reason == EndBudget || fork.reason == EndBudget):
		return nil
	case i < 0:
		return fmt.Errorf("the input %+v did not act", *in)
	case fork.Events[i].T != in.At:
		return fmt.Errorf("the input %+v acts at %d µs", *in, fork.Events[i].T)
	case i > 0 && !bytes.HasPrefix(base.lines, fork.lines[:fork.ends[i-1]]):
		return fmt.Errorf("the log with the input %+v differs before it", *in)
	case i < len(base.Events)-1 && base.Events[i].T < in.At:
		return fmt.Errorf("event %d at %d µs comes before the input at %d µs, and is gone", i, base.Events[i].T, in.At)
	}
	return nil
}

// orderlyProgram sends files both ways over a link that misbehaves for a while: all of it must arrive, under both profiles.
func orderlyProgram(seed uint64, trim stormCut, count *stormCount) error {
	var delivered [2]string
	for i, profile := range []string{"linux", "rfc9293"} {
		r, err := newStorm(seed, trim, profile).run(nil, count)
		if err != nil {
			return fmt.Errorf("profile %s: %w", profile, err)
		}
		again, err := newStorm(seed, trim, profile).run(nil, count)
		if err != nil || !bytes.Equal(r.lines, again.lines) {
			return fmt.Errorf("profile %s: the same run gave other bytes (%v)", profile, err)
		}
		if r.reason != EndQuiet {
			return fmt.Errorf("profile %s: the run ended by its %s", profile, r.reason)
		}
		if delivered[i], err = r.check.complete(); err != nil {
			return fmt.Errorf("profile %s: %w", profile, err)
		}
	}
	if delivered[0] != delivered[1] {
		return fmt.Errorf("linux delivered\n%s\nrfc9293\n%s", delivered[0], delivered[1])
	}
	return nil
}

// transcriptOf shows the last events, for a failure.
func transcriptOf(events []Event) string {
	var b strings.Builder
	for _, e := range events[max(0, len(events)-600):] {
		b.WriteString(strings.TrimRight(text(e), " ") + "\n")
	}
	return b.String()
}
