package export_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cockroachdb/datadriven"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/scenario"
)

// TestText holds the drawing of whole runs. The command's arguments are inputs: drop=(25000,5) is segment 5 at 25 ms.
func TestText(t *testing.T) {
	datadriven.Walk(t, "testdata/text", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			log := execute(t, scenario.Run{Source: d.Input, Seed: 7, Inputs: inputs(t, d)})
			var b bytes.Buffer
			if err := export.Text(&b, log); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			return strings.ReplaceAll(b.String(), "\n\n", "\n.\n")
		})
	})
}

func execute(t *testing.T, r scenario.Run) *scenario.Log {
	t.Helper()
	log, err := scenario.Execute(nil, r, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func inputs(t *testing.T, d *datadriven.TestData) []engine.Input {
	var list []engine.Input
	for _, arg := range d.CmdArgs {
		var n [2]int
		for i, v := range arg.Vals {
			var err error
			if n[i], err = strconv.Atoi(v); err != nil {
				t.Fatal(err)
			}
		}
		in := engine.Input{At: engine.Micros(n[0])}
		switch arg.Key {
		case "drop":
			in.Do.Drop = &engine.SegmentAction{Segment: n[1]}
		case "cut":
			in.Do.Cut = &engine.LinkAction{}
		default:
			t.Fatalf("no input %s", arg.Key)
		}
		list = append(list, in)
	}
	return list
}
