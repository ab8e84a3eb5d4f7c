package stream

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"

	"github.com/google/go-cmp/cmp"
)

// frames are the protocol's structs by the names of their definitions in the schema.
var frames = map[string]any{
	"open": Open{}, "credit": Credit{}, "close": Close{},
	"opened": Opened{}, "events": Events{}, "end": End{}, "error": Failure{},
}

// TestTheSchemaHasTheTypes: every member of a frame is in the schema, and none besides; so for runs and inputs.
func TestTheSchemaHasTheTypes(t *testing.T) {
	s := readSchema(t)
	for name, frame := range frames {
		all, required := tags(reflect.TypeOf(frame))
		compareDef(t, s, name, all, required)
	}
	for name, part := range map[string]any{"run": scenario.Run{}, "input": engine.Input{}, "do": engine.Do{}} {
		all, _ := tags(reflect.TypeOf(part))
		compareDef(t, s, name, all, nil) // scenario.ParseRun takes a run with members left out
	}
}

func compareDef(t *testing.T, s *schema, name string, all, required []string) {
	t.Helper()
	def := s.def(name)
	got := slices.Sorted(keys(def["properties"].(map[string]any)))
	slices.Sort(all)
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("members of %s (-type +schema):\n%s", name, diff)
	}
	var must []string
	list, _ := def["required"].([]any)
	for _, m := range list {
		must = append(must, m.(string))
	}
	if diff := cmp.Diff(required, must); diff != "" {
		t.Errorf("required of %s (-type +schema):\n%s", name, diff)
	}
}

// TestTheSchemaAndTheServerAgree: of all the frames that the transcripts send, the schema takes those that are decoded and
// whose run is one.
func TestTheSchemaAndTheServerAgree(t *testing.T) {
	s := readSchema(t)
	paths, _ := filepath.Glob("testdata/conn/*.txt")
	taken, refused := 0, 0
	for _, path := range paths {
		for line := range strings.Lines(readText(t, path)) {
			line = strings.TrimSpace(line)
			if !json.Valid([]byte(line)) || strings.HasPrefix(line, "{") && isServerFrame(line) {
				continue
			}
			op, _, bad := Decode([]byte(line))
			wrong := bad != nil
			if o, ok := op.(*Open); ok && o.Run != nil {
				if _, err := scenario.ParseRun(o.Run); err != nil && !isCode(err, scenario.CodeEngineChanged) {
					wrong = true
				}
			}
			err := s.accepts("clientFrame", line)
			if bad != nil && strings.Contains(bad.Message.En, "repeated") {
				continue // a schema is about values; it does not see a repeated member
			}
			if (err != nil) != wrong {
				t.Errorf("%s: the schema says %v, the server %v", line, err, bad)
			}
			if wrong {
				refused++
			} else {
				taken++
			}
		}
	}
	if taken < 20 || refused < 20 {
		t.Errorf("only %d frames taken, %d refused: too few to tell", taken, refused)
	}
}

func isServerFrame(line string) bool {
	var f struct{ Op any }
	_ = json.Unmarshal([]byte(line), &f)
	return f.Op == opOpened || f.Op == opEvents || f.Op == opEnd || f.Op == opError
}

func isCode(err error, code string) bool {
	e, ok := err.(*scenario.Error)
	return ok && e.Code == code
}

func readText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTheExamplesHappen plays the sessions of docs/protocol.md: each of their frames fits the schema, and the server answers
// the client's frames just so. -rewrite writes the answers down.
func TestTheExamplesHappen(t *testing.T) {
	const path = "../../docs/protocol.md"
	doc := readText(t, path)
	sessions := 0
	played := regexp.MustCompile("(?s)```finwait\\.v1\n.*?```").ReplaceAllStringFunc(doc, func(block string) string {
		sessions++
		return play(t, block)
	})
	if sessions < 3 {
		t.Fatalf("%d sessions", sessions)
	}
	if rewrite := flag.Lookup("rewrite"); rewrite != nil && rewrite.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(played), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(doc, played); diff != "" {
		t.Errorf("a session went otherwise (-docs +server):\n%s", diff)
	}
}

// play says the client's lines of a session to a server and gives the session as it went.
func play(t *testing.T, block string) string {
	s := readSchema(t)
	k := &talk{t, realServer().NewConn(t.Context(), "s", "en")}
	defer k.Close()
	var said strings.Builder
	check := func(def, frame string) {
		if err := s.accepts(def, frame); err != nil && !strings.Contains(frame, `"n":0`) { // the one mistake that is shown
			t.Errorf("%s: %v", frame, err)
		}
	}
	for line := range strings.Lines(block) {
		frame, ours := strings.CutPrefix(line, "→ ")
		switch {
		case ours:
			said.WriteString(line)
			check("clientFrame", frame)
			k.send("%s", frame)
			for _, answer := range k.rest() {
				check("serverFrame", answer)
				fmt.Fprintf(&said, "← %s\n", answer)
			}
		case !strings.HasPrefix(line, "← "): // the fence
			said.WriteString(line)
		}
	}
	return said.String()
}

// TestEveryCodeIsExplained: the table of docs/protocol.md has the codes of this package, of scenarios and of refused
// inputs, and no other.
func TestEveryCodeIsExplained(t *testing.T) {
	codes := constants(t, "errors.go", "Code")
	codes = append(codes, constants(t, "../../scenario/errors.go", "Code")...)
	codes = append(codes, constants(t, "../../engine/input.go", "Refused")...)
	doc := readText(t, "../../docs/protocol.md")
	table := doc[strings.Index(doc, "## Errors"):strings.Index(doc, "## Events")]
	var explained []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| .+ \\|$").FindAllStringSubmatch(table, -1) {
		explained = append(explained, m[1])
	}
	slices.Sort(codes)
	slices.Sort(explained)
	if diff := cmp.Diff(codes, explained); diff != "" {
		t.Errorf("codes (-source +docs):\n%s", diff)
	}
}

// constants gives the values of a file's string constants whose names begin so.
func constants(t *testing.T, file, prefix string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, prefix) && len(spec.Values) == 1 {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				v, _ := strconv.Unquote(lit.Value)
				values = append(values, v)
			}
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("%s has no constants %s…", file, prefix)
	}
	return values
}

// TestTheEventsAreListed: the table of events has the members of the engine's types.
func TestTheEventsAreListed(t *testing.T) {
	doc := readText(t, "../../docs/protocol.md")
	table := doc[strings.Index(doc, "## Events"):strings.Index(doc, "## Assessment")]
	bodies := []engine.Body{
		&engine.Meta{}, &engine.SegmentSent{}, &engine.Fate{}, &engine.Deliver{}, &engine.CallMade{}, &engine.Returned{},
		&engine.StateChange{}, &engine.TimerChange{}, &engine.Queue{}, &engine.ListenQueue{}, &engine.Process{},
		&engine.InputApplied{}, &engine.Expect{}, &engine.End{},
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+)`[a-z ]* \\| (.+) \\|$").FindAllStringSubmatch(table, -1)
	if len(rows) != len(bodies) {
		t.Fatalf("%d rows for %d kinds", len(rows), len(bodies))
	}
	for i, body := range bodies {
		all, required := tags(reflect.TypeOf(body).Elem())
		for j, name := range all {
			all[j] = fmt.Sprintf("(`%s`)", name)
			if slices.Contains(required, name) {
				all[j] = fmt.Sprintf("`%s`", name)
			}
		}
		if want := strings.Join(all, " "); rows[i][1] != string(body.Kind()) || rows[i][2] != want {
			t.Errorf("the row of %s is %s: %s\nwant %s", body.Kind(), rows[i][1], rows[i][2], want)
		}
	}
}

// TestTheValuesAreTold: what a member can be stands in the same section.
func TestTheValuesAreTold(t *testing.T) {
	doc := readText(t, "../../docs/protocol.md")
	section := doc[strings.Index(doc, "## Events"):strings.Index(doc, "## Assessment")]
	values := []string{string(engine.Dropped), string(engine.Delayed), string(engine.Duplicated)}
	for _, prefix := range []string{"Timer", "Process", "End"} {
		values = append(values, constants(t, "../../engine/event.go", prefix)...)
	}
	for _, v := range values {
		if !strings.Contains(section, "`"+v+"`") {
			t.Errorf("not told: %s", v)
		}
	}
}

// TestTheBoundsAreTold: the numbers of docs/protocol.md are the code's.
func TestTheBoundsAreTold(t *testing.T) {
	doc := strings.ReplaceAll(readText(t, "../../docs/protocol.md"), ",", "")
	for what, n := range map[string]int{
		"frame from a client": MaxClientFrame, "events frame": MaxEventsFrame, "credit": MaxCredit,
	} {
		if !strings.Contains(doc, strconv.Itoa(n)) {
			t.Errorf("the bound of a %s, %d, is not told", what, n)
		}
	}
	for _, sentence := range []string{
		fmt.Sprintf("at most %d streams", MaxStreams), fmt.Sprintf("1 to %d letters", MaxStreamName),
		fmt.Sprintf("while %d replies", maxReplies), fmt.Sprintf("subprotocol `%s`", Subprotocol),
	} {
		if !strings.Contains(doc, sentence) {
			t.Errorf("not told: %s", sentence)
		}
	}
}
