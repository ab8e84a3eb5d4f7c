package main

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"

	"finwait/engine"
)

// crowds are how many connections live at once, where growth is measured.
var crowds = []int{10, 100, 1000, 10000}

// measure takes every measurement in turn, round by round, so that a drift of the machine meets all alike.
func measure(rounds int) []Result {
	gvisor, learner := newGvisorPair(), newLearner()
	dialLoopback, stop := loopbackServer()
	defer stop()
	inC, remove, err := loopbackInC()
	if err != nil {
		fmt.Println("the Linux loopback is not measured from C:", err)
	} else {
		defer remove()
	}
	var structs, kept, lines, peers, loopback, loopbackC, least, leastLines, lessons, lessonEvents, forks []float64
	growth := make([][]float64, len(crowds))
	n := 0
	for range rounds {
		peers = append(peers, perSecond(300, func() { times(300, func(int) { lifecycle(gvisor.dial) }) }))
		structs = append(structs, perSecond(20000, func() { simulate(1, 20000, func(*engine.Event) {}) }))
		loopback = append(loopback, perSecond(2000, func() { times(2000, func(int) { lifecycle(dialLoopback) }) }))
		if inC != nil {
			loopbackC = append(loopbackC, inC(2000))
		}
		lines = append(lines, perSecond(20000, func() { simulate(1, 20000, writeAndForget()) }))
		kept = append(kept, perSecond(4000, func() { simulate(1, 4000, new(engine.Recorder).Append) }))
		least = append(least, perSecond(50000, func() { simulateMinimal(50000, func(*logged) {}) }))
		leastLines = append(leastLines, perSecond(50000, func() { simulateMinimal(50000, writeMinimal()) }))
		for i, c := range crowds {
			growth[i] = append(growth[i], perSecond(20000, func() { simulate(c, 20000/c, func(*engine.Event) {}) }))
		}
		lessons = append(lessons, perSecond(200, func() { times(200, func(int) { n = len(runLesson().Events) }) }))
		lessonEvents = append(lessonEvents, lessons[len(lessons)-1]*float64(n))
		forks = append(forks, perSecond(200, func() { times(200, learner.fork) }))
	}
	held, theirs := heldBytes(5000), heldGvisor(1000)
	results := []Result{
		faster("lifecycles, events as structs", structs, "gVisor netstack", peers, 30),
		faster("lifecycles, JSON Lines written", lines, "gVisor netstack", peers, 15),
		faster("lifecycles, events kept in memory", kept, "gVisor netstack", peers, 0),
		faster("lifecycles, events as structs", structs, "Linux loopback, Go", loopback, 1),
	}
	if inC != nil {
		results = append(results, faster("lifecycles, events as structs", structs, "Linux loopback, C", loopbackC, 0))
	}
	results = append(results,
		plain("events", "1/s", median(structs)*eventsPerLifecycle()),
		faster("a minimal event heap, as structs", least, "gVisor netstack", peers, 0),
		faster("a minimal event heap, JSON Lines", leastLines, "gVisor netstack", peers, 0),
		costs("an event as a struct", structs, eventsPerLifecycle(), least, minimalEvents()),
		costs("an event as a line", lines, eventsPerLifecycle(), leastLines, minimalEvents()),
		Result{"held connection, both ends", "bytes", held, "gVisor netstack", theirs, theirs / held, theirs / 6144, held <= 6144},
	)
	ten := median(growth[0])
	for i, c := range crowds {
		results = append(results, plain(fmt.Sprintf("one lifecycle of %d at once", c), "µs", 1e6/median(growth[i])))
	}
	last := faster("lifecycles of 10,000 at once", growth[len(growth)-1], "ours of 10 at once", []float64{ten}, 0.5)
	return append(results, last,
		plain("allocations per segment", "1", allocations()),
		plain("events through Starlark", "1/s", median(lessonEvents)),
		atMost("a lesson's run, from source to log", "ms", 1e3/median(lessons), 1),
		atMost("a fork, from request to last frame", "ms", 1e3/median(forks), 5),
	)
}

func times(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// perSecond is how many of n units of work f does in a second of processor time, the kernel's included: so it does not
// matter what else the machine does.
func perSecond(n int, f func()) float64 {
	runtime.GC()
	before := processor()
	f()
	return float64(n) / (processor() - before).Seconds()
}

// processor is the time that this process has had.
func processor() time.Duration {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// eventsPerLifecycle is how many events tell of one connection.
func eventsPerLifecycle() float64 {
	n := 0
	simulate(1, 1000, func(*engine.Event) { n++ })
	return float64(n) / 1000
}

// written is how much is encoded before it would go to a file.
const written = 64 << 10

// minimalEvents is how many the minimal simulator has.
func minimalEvents() float64 { return float64(simulateMinimal(1000, func(*logged) {})) / 1000 }

// writeAndForget encodes every event into a buffer that is used again, as one in front of a file is.
func writeAndForget() func(*engine.Event) {
	e := engine.NewEncoder()
	return func(ev *engine.Event) {
		if len(e.Lines.Bytes()) >= written {
			e.Reset()
		}
		e.Append(ev)
	}
}

// allocations is how many a segment costs, everything about its connection included.
func allocations() float64 {
	segments := 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	simulate(1, 20000, func(ev *engine.Event) {
		if _, ok := ev.Body.(*engine.SegmentSent); ok {
			segments++
		}
	})
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(segments)
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// heldBytes is the memory of one established connection, both ends, with its two waiting threads.
func heldBytes(n int) float64 {
	before := heap()
	s := held(n)
	after := heap()
	runtime.KeepAlive(s)
	return (after - before) / float64(n)
}

func heldGvisor(n int) float64 {
	g := newGvisorPair()
	lifecycle(g.dial)
	conns := make([]conn, n)
	before := heap()
	for i := range conns {
		c, err := g.dial()
		must(err)
		conns[i] = c
	}
	time.Sleep(200 * time.Millisecond)
	after := heap()
	runtime.KeepAlive(conns)
	return (after - before) / float64(n)
}
