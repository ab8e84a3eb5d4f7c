package verify

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"finwait/engine"
)

//go:embed traces/*.jsonl
var recorded embed.FS

// Recorded is the folder of traces that comes with the program.
func Recorded() fs.FS {
	sub, err := fs.Sub(recorded, "traces")
	if err != nil {
		panic(err) // the pattern above matched
	}
	return sub
}

// Load reads the named traces of a folder, all of them where no name is given, sorted by name.
func Load(dir fs.FS, names []string) ([]*Trace, error) {
	files, err := fs.Glob(dir, "*.jsonl")
	if err != nil {
		return nil, err
	}
	var traces []*Trace
	for _, f := range files {
		name := strings.TrimSuffix(f, ".jsonl")
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		b, err := fs.ReadFile(dir, f)
		if err != nil {
			return nil, err
		}
		t, err := ReadTrace(name, bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
	}
	for _, n := range names {
		if !slices.ContainsFunc(traces, func(t *Trace) bool { return t.Name == n }) {
			return nil, fmt.Errorf("there is no trace %q", n)
		}
	}
	if len(traces) == 0 {
		return nil, fmt.Errorf("there are no traces (*.jsonl) here")
	}
	return traces, nil
}

// Report is the verdict on one trace.
type Report struct {
	Name        string       `json:"name"`
	Title       string       `json:"title"`
	Agrees      bool         `json:"agrees"`
	Differences []Difference `json:"differences"`

	trace  *Trace
	events []engine.Event
}

// Check verifies one trace. With out not empty the engine's log goes to out/NAME.jsonl.
func Check(t *Trace, out string) (Report, error) {
	events, found, err := Verify(t)
	if err != nil {
		return Report{}, err
	}
	if out != "" {
		if err := writeLog(filepath.Join(out, t.Name+".jsonl"), t, events); err != nil {
			return Report{}, err
		}
	}
	return Report{t.Name, t.Meta.Title, len(found) == 0, found, t, events}, nil
}

// writeLog writes the engine's log as it writes any run's, between a meta and an end.
func writeLog(path string, t *Trace, events []engine.Event) error {
	e := engine.NewEncoder()
	meta := &engine.Meta{Engine: engine.Version, Scenario: engine.ScenarioRef{Name: "trace/" + t.Name}, Vary: map[string]string{},
		Inputs: []engine.Input{}, Link: engine.LinkMeta{DelayUS: engine.Micros(t.Meta.DelayMS * 1000)}, Title: engine.Text{En: t.Meta.Title, Zh: t.Meta.Title}}
	for _, name := range slices.Sorted(mapKeys(t.Meta.Addresses)) {
		meta.Hosts = append(meta.Hosts, engine.HostMeta{Name: name, Addr: t.Meta.Addresses[name], Profile: "linux", Sysctl: map[string]int64{}})
	}
	e.Append(&engine.Event{Cause: -1, Body: meta})
	last := engine.Micros(0)
	for _, ev := range events { // one further on, after the meta
		ev.Seq++
		if ev.Cause >= 0 {
			ev.Cause++
		}
		last = ev.T
		e.Append(&ev)
	}
	e.Append(&engine.Event{Seq: len(events) + 1, T: last, Cause: -1, Body: &engine.End{Reason: engine.EndUntil}})
	return os.WriteFile(path, e.Lines.Bytes(), 0o644)
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// WriteJSON writes the reports as one JSON list.
func WriteJSON(w io.Writer, reports []Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(reports)
}

// WriteText writes a line for each trace, and under one that differs its first difference with what stands around it on
// both sides.
func WriteText(w io.Writer, reports []Report) error {
	b, agree := &bytes.Buffer{}, 0
	for _, r := range reports {
		if r.Agrees {
			agree++
			fmt.Fprintf(b, "agrees   %-36s %s\n", r.Name, r.Title)
			continue
		}
		fmt.Fprintf(b, "differs  %-36s %s\n", r.Name, r.Title)
		r.explain(b)
	}
	fmt.Fprintf(b, "%d of %d traces agree with the engine\n", agree, len(reports))
	_, err := b.WriteTo(w)
	return err
}

// around is how many neighbours are shown on each side.
const around = 3

func (r Report) explain(b *bytes.Buffer) {
	d := r.Differences[0]
	fmt.Fprintf(b, "  first of %d: %s\n    kernel: %s\n    engine: %s\n", len(r.Differences), d.What, d.Want, d.Got)
	if d.Seq >= 0 && r.events[d.Seq].Rule != "" {
		fmt.Fprintf(b, "    rule:   %s\n", r.events[d.Seq].Rule)
	}
	if d.Line >= 0 {
		fmt.Fprintf(b, "  kernel, around line %d:\n", d.Line+1)
		for i := max(d.Line-around, 1); i <= min(d.Line+around, len(r.trace.Records)-1); i++ {
			fmt.Fprintf(b, "  %s %s\n", mark(i == d.Line), recordText(r.trace.Records[i]))
		}
	}
	if d.Seq >= 0 {
		fmt.Fprintf(b, "  engine, around event %d:\n", d.Seq)
		for i := max(d.Seq-around, 0); i <= min(d.Seq+around, len(r.events)-1); i++ {
			fmt.Fprintf(b, "  %s %s\n", mark(i == d.Seq), engine.AppendJSON(nil, r.events[i]))
		}
	}
}

func mark(here bool) string {
	if here {
		return ">"
	}
	return " "
}

func recordText(r Record) string {
	at := fmt.Sprintf("%10d", r.T)
	switch r.Kind {
	case "segment":
		return fmt.Sprintf("%s %s:%d > %s:%d %s seq %d ack %d len %d %s", at, r.From, r.Sport, r.To, r.Dport, r.Flags, r.Seq, r.Ack, r.Len, r.Fate)
	case "call":
		return fmt.Sprintf("%s %s %s(%s)", at, r.Proc, r.Call, r.FD)
	case "return":
		return at + " " + returnText(r)
	case "state":
		return fmt.Sprintf("%s %s %s %s %s -> %s", at, r.Host, r.Local, r.Remote, r.From, r.To)
	}
	return at + " " + r.Kind
}
