package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/engine"
	"finwait/scenario"

	"pgregory.net/rapid"
)

func runOf(name string, seed int64) scenario.Run { return scenario.Run{Scenario: name, Seed: seed} }

// TestOneComputationForAllWhoAsk: many sessions that open the same run at the same time share one computation, which is
// charged to the first; later ones find it in the cache.
func TestOneComputationForAllWhoAsk(t *testing.T) {
	b := newBench(Options{})
	var wg sync.WaitGroup
	logs := make(chan *engine.Lines, 20)
	for i := range 20 {
		wg.Go(func() {
			lines, _, err := b.Log(t.Context(), fmt.Sprint("session ", i), runOf("close/slow", 1))
			if err != nil {
				t.Error(err)
			}
			logs <- lines
		})
	}
	b.letGo <- struct{}{}
	wg.Wait()
	first := <-logs
	for range 19 {
		if other := <-logs; other != first {
			t.Error("two logs of one run")
		}
	}
	if b.computations() != 1 {
		t.Errorf("computed %d times", b.computations())
	}
	if lines, token, err := b.Log(t.Context(), "late", runOf("close/slow", 1)); err != nil || lines != first || token == "" {
		t.Errorf("from the cache: %p %q %v", lines, token, err)
	}
}

// TestALeaverDoesNotEndWhatOthersWaitFor: a computation is cancelled when the last one who waits for it is gone, not
// before, and who comes after that starts a new one.
func TestALeaverDoesNotEndWhatOthersWaitFor(t *testing.T) {
	b := newBench(Options{})
	ask := func() (leave func(), result chan error) {
		ctx, cancel := context.WithCancel(t.Context())
		result = make(chan error, 1)
		waiting := b.waiters()
		go func() {
			_, _, err := b.Log(ctx, "s", runOf("close/slow", 1))
			result <- err
		}()
		await(t, func() bool { return b.waiters() > waiting })
		return cancel, result
	}
	leaveFirst, first := ask()
	leaveSecond, second := ask()
	leaveFirst()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the leaver got %v", err)
	}
	select {
	case <-b.stopped:
		t.Fatal("the computation ended while one was waiting")
	case <-time.After(20 * time.Millisecond):
	}
	leaveSecond()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("the second leaver got %v", err)
	}
	<-b.stopped
	_, third := ask()
	b.letGo <- struct{}{}
	if err := <-third; err != nil || b.computations() != 2 {
		t.Errorf("after both left: %v, %d computations", err, b.computations())
	}
}

// waiters counts who waits for a computation.
func (b *bench) waiters() int {
	b.Server.mu.Lock()
	defer b.Server.mu.Unlock()
	n := 0
	for _, f := range b.flights {
		n += f.waiting
	}
	return n
}

// TestTheCacheIsBounded: by bytes; what was not used for the longest time is computed again, and charged again.
func TestTheCacheIsBounded(t *testing.T) {
	one := makeLog(runOf("close/wide", 0), 20, true)
	b := newBench(Options{CacheBytes: 3 * (cost("", one) + 100)})
	ask := func(seed int64) {
		t.Helper()
		if _, _, err := b.Log(t.Context(), "s", runOf("close/wide", seed)); err != nil {
			t.Fatal(err)
		}
	}
	ask(1)
	ask(2)
	ask(3)
	ask(1) // 2 is now the oldest
	ask(4)
	if b.computations() != 4 {
		t.Fatalf("%d computations", b.computations())
	}
	ask(1)
	ask(3)
	if b.computations() != 4 {
		t.Errorf("a run in use was forgotten: %d computations", b.computations())
	}
	ask(2)
	if b.computations() != 5 {
		t.Errorf("%d computations", b.computations())
	}
	st := b.Stats()
	if st.Runs != 3 || st.Bytes > b.cache.limit || st.Hits != 3 || st.Misses != 5 {
		t.Errorf("%+v", st)
	}
}

// TestARunLargerThanTheCache is given and not kept.
func TestARunLargerThanTheCache(t *testing.T) {
	b := newBench(Options{CacheBytes: 1000})
	if lines, _, err := b.Log(t.Context(), "s", runOf("close/long", 1)); err != nil || lines.Len() != 5000 {
		t.Fatal(err)
	}
	if st := b.Stats(); st.Runs != 0 || st.Bytes != 0 {
		t.Errorf("%+v", st)
	}
}

// TestLRU compares the cache with a plain list of what was used when.
func TestLRU(t *testing.T) {
	type item struct{ key, value, cost int }
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		l := newLRU[int, int](limit)
		var model []item // the most recently used first
		find := func(key int) int { return slices.IndexFunc(model, func(i item) bool { return i.key == key }) }
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			key := rapid.IntRange(0, 9).Draw(t, "key")
			i := find(key)
			if rapid.Bool().Draw(t, "get") {
				v, ok := l.get(key)
				if ok != (i >= 0) || ok && v != model[i].value {
					t.Fatalf("get %d: %d %v, the list is %v", key, v, ok, model)
				}
				if ok {
					it := model[i]
					model = slices.Insert(slices.Delete(model, i, i+1), 0, it)
				}
				continue
			}
			it := item{key, rapid.Int().Draw(t, "value"), rapid.IntRange(1, 15).Draw(t, "cost")}
			l.put(it.key, it.value, it.cost)
			if i >= 0 {
				model = slices.Delete(model, i, i+1)
			}
			if it.cost > limit {
				continue
			}
			model = slices.Insert(model, 0, it)
			for total := 0; ; total = 0 {
				for _, it := range model {
					total += it.cost
				}
				if total <= limit {
					break
				}
				model = model[:len(model)-1]
			}
		}
		if len(model) != len(l.entries) || len(model) != l.order.Len() {
			t.Fatalf("%d entries, the list is %v", len(l.entries), model)
		}
	})
}

// TestBudget: a burst, then one an interval; a long pause earns no more than the burst.
func TestBudget(t *testing.T) {
	b := newBudget(3, time.Second)
	now := time.Unix(0, 0)
	take := func(want bool, wantWait time.Duration) {
		t.Helper()
		if wait, ok := b.charge("s", 1, now); ok != want || wait != wantWait {
			t.Errorf("at %v: %v after %v, want %v after %v", now.Unix(), ok, wait, want, wantWait)
		}
	}
	for range 2 {
		take(true, 0)
		take(true, 0)
		take(true, 0)
		take(false, time.Second)
		now = now.Add(600 * time.Millisecond)
		take(false, 400*time.Millisecond)
		now = now.Add(400 * time.Millisecond)
		take(true, 0)
		take(false, time.Second)
		now = now.Add(time.Hour)
	}
}

// TestBudgetRemembersSoManySessions: strangers without number cost bounded memory.
func TestBudgetRemembersSoManySessions(t *testing.T) {
	b := newBudget(1, time.Hour)
	now := time.Unix(0, 0)
	for i := range 3 * maxSessions {
		b.charge(fmt.Sprint(i), 1, now)
	}
	if n := len(b.spent.entries); n != maxSessions {
		t.Errorf("%d sessions remembered", n)
	}
	if _, ok := b.charge(fmt.Sprint(3*maxSessions-1), 1, now); ok {
		t.Error("the last session was forgotten")
	}
}

// TestTheServerItselfIsNotCharged.
func TestTheServerItselfIsNotCharged(t *testing.T) {
	b := newBench(Options{Burst: 1, Interval: time.Hour})
	for seed := range int64(5) {
		if _, _, err := b.Log(t.Context(), "", runOf("close/five", seed)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.Log(t.Context(), "s", runOf("close/five", 5)); err != nil {
		t.Fatal(err)
	}
	_, _, err := b.Log(t.Context(), "s", runOf("close/five", 6))
	var retry *RetryError
	var known *scenario.Error
	if !errors.As(err, &retry) || retry.After != time.Hour || !errors.As(err, &known) || known.Code != CodeTooManyRuns {
		t.Errorf("got %v", err)
	}
	if st := b.Stats(); st.Refused != 1 {
		t.Errorf("%+v", st)
	}
}

// TestSoManyRunsAtATime: computations of embedded scenarios wait for a slot, and one that nobody waits for takes none.
func TestSoManyRunsAtATime(t *testing.T) {
	b := newBench(Options{Parallel: 1})
	results := make(chan error, 2)
	ask := func(ctx context.Context, name string) {
		_, _, err := b.Log(ctx, "s", runOf(name, 1))
		results <- err
	}
	go ask(t.Context(), "close/slow")
	await(t, func() bool { return b.computations() == 1 })
	ctx, leave := context.WithCancel(t.Context())
	go ask(ctx, "close/slower")
	await(t, func() bool { return b.waiters() == 2 })
	if n := b.computations(); n != 1 {
		t.Errorf("%d computations at a time", n)
	}
	leave()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Errorf("the leaver got %v", err)
	}
	b.letGo <- struct{}{}
	if err := <-results; err != nil || b.computations() != 1 {
		t.Errorf("%v, %d computations", err, b.computations())
	}
}

// TestAPanicIsOneRunsFault: it is reported with its place, and the server goes on.
func TestAPanicIsOneRunsFault(t *testing.T) {
	b := newBench(Options{})
	_, _, err := b.Log(t.Context(), "s", runOf("close/panics", 1))
	if err == nil || !strings.Contains(err.Error(), "an invariant does not hold") || !strings.Contains(err.Error(), "fixture_test.go") {
		t.Errorf("got %v", err)
	}
	if _, _, err := b.Log(t.Context(), "s", runOf("close/five", 1)); err != nil {
		t.Error(err)
	}
}

// TestARunTooLongForAToken is refused: it could not be resumed or linked to.
func TestARunTooLongForAToken(t *testing.T) {
	var text bytes.Buffer
	for i := range 8000 {
		fmt.Fprintf(&text, "%x", i*i*i*2654435761)
	}
	_, _, err := newBench(Options{}).Log(t.Context(), "s", scenario.Run{Source: text.String()[:60_000]})
	var known *scenario.Error
	if !errors.As(err, &known) || known.Code != scenario.CodeTokenTooLong {
		t.Errorf("got %v", err)
	}
}

// TestWorkDoneElsewhereIsCharged: to the session that asks for it, and not to others. A visitor's own source costs more
// than one of the library's runs, and never more than a full bucket.
func TestWorkDoneElsewhereIsCharged(t *testing.T) {
	b := newBench(Options{Burst: 12, SourceCost: 10, Interval: time.Hour})
	source, named := scenario.Run{Source: "x"}, scenario.Run{Scenario: "close/ten"}
	for i, r := range []scenario.Run{source, named, named, named} {
		want := i < 3
		var retry *RetryError
		if err := b.Charge("s", r); (err == nil) != want || !want && !errors.As(err, &retry) {
			t.Errorf("charge %d: %v", i, err)
		}
	}
	if err := newBench(Options{Burst: 5, SourceCost: 10}).Charge("s", source); err != nil {
		t.Errorf("a full bucket does not pay for a source: %v", err)
	}
	if err := b.Charge("other", source); err != nil {
		t.Errorf("another session: %v", err)
	}
}

// TestAPanicBesideTheRun: before a run is computed, too, one open's fault is not everybody's.
func TestAPanicBesideTheRun(t *testing.T) {
	b := newBench(Options{})
	k := b.dial(t, "s", "en")
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/broken"}}`)
	if f := parse[Failure](t, k.read()); f.Code != CodeInternal || f.ID == "" {
		t.Errorf("%+v", f)
	}
	k.send(`{"op":"open","stream":"a","run":{"scenario":"close/five"}}`)
	if f := k.read(); !strings.Contains(f, `"opened"`) {
		t.Error(f)
	}
}
