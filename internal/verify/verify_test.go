package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no traces", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".jsonl")
		t.Run(name, func(t *testing.T) {
			r, err := os.Open(f)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			trace, err := ReadTrace(name, r)
			if err != nil {
				t.Fatal(err)
			}
			_, found, err := Verify(trace)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range found {
				t.Errorf("%s at line %d, event %d:\n  kernel: %s\n  engine: %s", d.What, d.Line+1, d.Seq, d.Want, d.Got)
			}
		})
	}
}
