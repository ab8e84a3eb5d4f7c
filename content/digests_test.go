package content

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/digests.txt anew")

const digestsFile = "testdata/digests.txt"

// TestDigests holds the logs of more than fifty runs: the same run under the same engine version gives the same bytes, on
// every platform and for ever. A run whose scenario was edited has another token, and so another line; a line whose token
// stayed and whose digest changed is a change of the engine. It needs a new engine.Version.
func TestDigests(t *testing.T) {
	c := loaded(t)
	var got bytes.Buffer
	fmt.Fprintf(&got, "engine %d\n", engine.Version)
	n := 0
	add := func(r scenario.Run) []scenario.Choice {
		log, err := scenario.Execute(c, r, scenario.Limits{})
		if err != nil {
			t.Fatal(r.Scenario, err)
		}
		n++
		fmt.Fprintf(&got, "%s %s\n", log.Lines.SHA256, log.Run.Token())
		return log.Vary
	}
	for _, name := range c.Scenarios() {
		for _, v := range add(scenario.Run{Scenario: name, Seed: 1}) {
			for _, choice := range v.Choices[1:] {
				add(scenario.Run{Scenario: name, Seed: 1, Vary: map[string]string{v.Name: choice}})
			}
		}
	}
	rows, err := c.Losses()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows { // with two choices or three, which the loop above does not combine
		for _, cell := range row.Cells {
			if len(cell.Log.Run.Vary) > 1 {
				add(cell.Log.Run)
			}
		}
	}
	for seed := range int64(10) {
		fate := engine.Do{Drop: &engine.SegmentAction{Segment: 8}}
		if seed%2 == 1 {
			fate = engine.Do{Delay: &engine.DelayAction{Segment: 8, By: engine.Micros(seed) * 40 * engine.Millisecond}}
		}
		add(scenario.Run{Scenario: "close/four-way", Seed: 1 << (5 * seed), Inputs: []engine.Input{{At: 95 * engine.Millisecond, Do: fate}}})
	}
	if n < 50 {
		t.Errorf("only %d runs are held", n)
	}
	if *rewrite {
		if err := os.WriteFile(digestsFile, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(digestsFile)
	if err != nil {
		t.Fatal(err)
	}
	compareDigests(t, string(want), got.String())
}

// compareDigests says of each run what changed.
func compareDigests(t *testing.T, want, got string) {
	held := map[string]string{}
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range wantLines[1:] {
		digest, token, _ := strings.Cut(line, " ")
		held[token] = digest
	}
	for _, line := range gotLines[1:] {
		digest, token, _ := strings.Cut(line, " ")
		switch was, ok := held[token]; {
		case !ok:
			t.Errorf("%s is not held: write %s anew with -rewrite", token, digestsFile)
		case was != digest && wantLines[0] == gotLines[0]:
			t.Errorf("%s: the log is another under the same engine version %d; raise engine.Version", token, engine.Version)
		case was != digest:
			t.Errorf("%s is held for another engine version: write %s anew with -rewrite", token, digestsFile)
		}
		delete(held, token)
	}
	for token := range held {
		t.Errorf("%s is held and no longer computed: write %s anew with -rewrite", token, digestsFile)
	}
}
