package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
)

// Result is one line of results.json: Ratio is how many times better ours is, for every unit. A goal without a peer is in
// the unit.
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
	rounds := flag.Int("rounds", 9, "how often each measurement is taken; the median counts")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	results := measure(*rounds)
	fmt.Printf("%-44s %-12s %12s  %-24s %12s %8s %8s\n", "name", "unit", "ours", "peer", "theirs", "ratio", "goal")
	for _, r := range results {
		fmt.Printf("%-44s %-12s %12.1f  %-24s %12.1f %8.2f %8.1f %v\n", r.Name, r.Unit, r.Ours, r.Peer, r.Theirs, r.Ratio, r.Goal, r.Met)
	}
	b, err := json.MarshalIndent(results, "", "  ")
	must(err)
	must(os.WriteFile(*out, append(b, '\n'), 0o644))
}

// atMost is a result with a bound in its own unit and no peer.
func atMost(name, unit string, ours, goal float64) Result {
	return Result{Name: name, Unit: unit, Ours: ours, Goal: goal, Met: ours <= goal}
}

// plain is a result that has neither peer nor goal.
func plain(name, unit string, ours float64) Result {
	return Result{Name: name, Unit: unit, Ours: ours, Met: true}
}

// faster compares rates; the goal is a ratio.
func faster(name string, ours []float64, peer string, theirs []float64, goal float64) Result {
	r := Result{Name: name, Unit: "1/s", Ours: median(ours), Peer: peer, Theirs: median(theirs), Goal: goal}
	r.Ratio = r.Ours / r.Theirs
	r.Met = r.Ratio >= goal
	return r
}

// costs compares what one event takes here and in the minimal simulator, from lifecycles a second and events a lifecycle.
func costs(name string, ours []float64, ourEvents float64, theirs []float64, theirEvents float64) Result {
	r := Result{Name: name, Unit: "ns", Ours: 1e9 / median(ours) / ourEvents, Peer: "a minimal event heap", Theirs: 1e9 / median(theirs) / theirEvents, Met: true}
	r.Ratio = r.Theirs / r.Ours
	return r
}
