package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"finwait/engine"
)

// Result is one line of results.json: Ratio is how many times better ours is, for every unit.
type Result struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Ours   float64 `json:"ours"`
	Peer   string  `json:"peer"`
	Theirs float64 `json:"theirs"`
	Ratio  float64 `json:"ratio"`
	Goal   float64 `json:"goal"`
	Met    bool    `json:"met"`
}

func main() {
	out := flag.String("o", "results.json", "file to write the results to")
	rounds := flag.Int("rounds", 5, "how often each measurement is taken; the median counts")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	results := measure(*rounds)
	fmt.Printf("%-44s %-12s %12s  %-24s %12s %8s %6s\n", "name", "unit", "ours", "peer", "theirs", "ratio", "goal")
	for _, r := range results {
		fmt.Printf("%-44s %-12s %12.1f  %-24s %12.1f %8.2f %6.1f %v\n", r.Name, r.Unit, r.Ours, r.Peer, r.Theirs, r.Ratio, r.Goal, r.Met)
	}
	b, err := json.MarshalIndent(results, "", "  ")
	must(err)
	must(os.WriteFile(*out, append(b, '\n'), 0o644))
}

// measure takes every measurement in turn, round by round, so that a drift of the machine meets all alike.
func measure(rounds int) []Result {
	g := newGvisorPair()
	dialLoopback, stop := loopbackServer()
	defer stop()
	var structs, lines, gvisor, loopback, ten, tenThousand, events []float64
	for range rounds {
		gvisor = append(gvisor, perSecond(300, func() { times(300, func() { lifecycle(g.dial) }) }))
		structs = append(structs, perSecond(4000, func() { simulate(1, 4000, func(engine.Event) {}) }))
		loopback = append(loopback, perSecond(2000, func() { times(2000, func() { lifecycle(dialLoopback) }) }))
		lines = append(lines, perSecond(4000, func() { simulate(1, 4000, encodeAndForget()) }))
		ten = append(ten, perSecond(10000, func() { simulate(10, 1000, func(engine.Event) {}) }))
		tenThousand = append(tenThousand, perSecond(20000, func() { simulate(10000, 2, func(engine.Event) {}) }))
		n := 0
		events = append(events, perSecond(1, func() { n = simulate(1, 4000, func(engine.Event) {}) })*float64(n))
	}
	higher := func(name, unit string, ours, theirs []float64, peer string, goal float64) Result {
		r := Result{Name: name, Unit: unit, Ours: median(ours), Peer: peer, Theirs: median(theirs), Goal: goal}
		r.Ratio = r.Ours / r.Theirs
		r.Met = r.Ratio >= goal
		return r
	}
	held := heldBytes(5000)
	theirs := heldGvisor(1000)
	return []Result{
		higher("lifecycles, events as structs", "1/s", structs, gvisor, "gVisor netstack", 30),
		higher("lifecycles, JSON Lines written", "1/s", lines, gvisor, "gVisor netstack", 15),
		higher("lifecycles, events as structs", "1/s", structs, loopback, "Linux loopback, Go", 1),
		higher("lifecycles at 10,000 connections", "1/s", tenThousand, ten, "ours at 10 connections", 0.5),
		{"events", "1/s", median(events), "", 0, 0, 0, true},
		{"held connection, both ends", "bytes", held, "gVisor netstack", theirs, theirs / held, theirs / 6144, held <= 6144},
	}
}

func times(n int, f func()) {
	for range n {
		f()
	}
}

// perSecond is how many of n units of work f does in a second.
func perSecond(n int, f func()) float64 {
	runtime.GC()
	start := time.Now()
	f()
	return float64(n) / time.Since(start).Seconds()
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// encodeAndForget encodes every event; the encoder starts anew every 4096 events so that it measures encoding, not memory.
func encodeAndForget() func(engine.Event) {
	e, n := engine.NewEncoder(), 0
	return func(ev engine.Event) {
		if n++; n%4096 == 0 {
			e = engine.NewEncoder()
		}
		e.Append(ev)
	}
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
