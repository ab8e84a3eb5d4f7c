package stream

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecode reads what the contract shows.
func TestDecode(t *testing.T) {
	four := 4
	for frame, want := range map[string]any{
		`{"op":"open","stream":"a","run":{"scenario":"close/four-way"},"after":4,"credit":256}`: &Open{
			Op: "open", Stream: "a", Run: json.RawMessage(`{"scenario":"close/four-way"}`), After: &four, Credit: 256},
		`{"op":"open","stream":"a","token":"t","base":"b"}`: &Open{Op: "open", Stream: "a", Token: "t", Base: "b"},
		` {"stream":"left.1-x_","op":"credit","n":1} `:      &Credit{Op: "credit", Stream: "left.1-x_", N: 1},
		`{"op":"close","stream":"a"}`:                       &Close{Op: "close", Stream: "a"},
	} {
		got, _, err := Decode([]byte(frame))
		if err != nil {
			t.Errorf("%s: %v", frame, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", frame, diff)
		}
	}
}

// FuzzDecode: any bytes are either an op, which means the same when written again, or an error in both languages that is
// short enough to be sent.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/conn/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no transcripts to start from", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		op, name, bad := Decode(frame)
		if name != "" && !goodName(name) {
			t.Errorf("stream %q", name)
		}
		if bad != nil {
			if op != nil || bad.Code == "" || bad.Message.En == "" || bad.Message.Zh == "" || len(bad.Message.Zh) > 1000 {
				t.Errorf("%+v beside %v", bad, op)
			}
			return
		}
		text, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		again, _, bad := Decode(text)
		if o, ok := op.(*Open); ok && o.Run != nil {
			return // its text is made compact and its signs escaped when written
		}
		if diff := cmp.Diff(op, again); bad != nil || diff != "" {
			t.Errorf("%s is written %s: %v\n%s", frame, text, bad, diff)
		}
	})
}
