package cprogram_test

import (
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"finwait/engine"
	"finwait/scenario"
	"finwait/scenario/cprogram"
)

var hosts = []engine.HostMeta{{Name: "client", Addr: "10.0.0.1"}, {Name: "server", Addr: "10.0.0.2"}}

// TestPrograms writes programs and has the compiler take each of them. The input of "c" is a whole scenario; of "program",
// the body of the client's program, whose C is shown from main on. "lines" shows the map beside. vary=(name,choice,…).
func TestPrograms(t *testing.T) {
	_, missing := exec.LookPath("gcc")
	if missing != nil {
		t.Log("gcc is not installed, so the programs are not compiled here; `make tools` installs it")
	}
	datadriven.Walk(t, "testdata/c", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			src := cprogram.Source{File: "test.star", Text: d.Input, Hosts: hosts, Vary: map[string]string{}}
			if d.Cmd == "program" {
				src.Text = "def client(os):\n    " + strings.ReplaceAll(d.Input, "\n", "\n    ") + "\nhost(\"client\", client)\n"
			}
			var vary []string
			if d.HasArg("vary") {
				for _, arg := range d.CmdArgs {
					vary = append(vary, arg.Vals...)
				}
			}
			for i := 0; i+1 < len(vary); i += 2 {
				src.Vary[vary[i]] = vary[i+1]
			}
			programs, err := cprogram.Generate(src)
			if err != nil {
				return "error: " + err.Error()
			}
			var b strings.Builder
			for _, p := range programs {
				show(&b, p, d)
				if p.Err == nil && missing == nil {
					if _, said := compile(t, p.Text, strict...); said != "" {
						t.Errorf("%s: the compiler says\n%s", d.Pos, said)
					}
				}
			}
			return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n\n", "\n.\n")
		})
	})
}

func show(b *strings.Builder, p cprogram.Program, d *datadriven.TestData) {
	if p.Err != nil {
		fmt.Fprintf(b, "%s: %v\n", p.Host, p.Err)
		return
	}
	text := strings.TrimSuffix(p.Text, "\n")
	if d.Cmd == "program" {
		_, text, _ = strings.Cut(text, "\nint main(void)\n{\n")
		text = strings.TrimSuffix(text, "\n    return 0;\n}")
	} else {
		fmt.Fprintf(b, "-- %s, lines %d to %d --\n", p.Host, p.From, p.To)
	}
	b.WriteString(text + "\n")
	if d.Cmd == "c" {
		for _, at := range slices.Sorted(maps.Keys(p.Lines)) {
			fmt.Fprintf(b, "%d: %d\n", at, p.Lines[at])
		}
	}
}

// TestLinesHaveTheirCalls holds for the whole library that the first line of C for a call is the one with that call.
func TestLinesHaveTheirCalls(t *testing.T) {
	lib := library(t)
	for _, name := range lib.Scenarios() {
		for _, run := range choices(t, lib, name) {
			programs, log := generate(t, lib, run)
			byHost := map[string]cprogram.Program{}
			for _, p := range programs {
				byHost[p.Host] = p
			}
			for _, ev := range log.Events {
				c, ok := ev.Body.(*engine.CallMade)
				if !ok || c.Line == 0 {
					continue
				}
				p, call := byHost[c.Host], c.Call
				if call == "spawn" {
					call = "pthread_create"
				}
				if lines := p.Lines[c.Line]; len(lines) == 0 || !strings.Contains(strings.Split(p.Text, "\n")[lines[0]-1], call+"(") {
					t.Fatalf("%s %v: %s, line %d, %s(): C has it at %d in\n%s", name, run.Vary, c.Host, c.Line, c.Call, lines, p.Text)
				}
			}
		}
	}
}

// FuzzGenerate holds that no text makes it hang, panic or write what the compiler's grammar can't be.
func FuzzGenerate(f *testing.F) {
	lib := library(f)
	for _, name := range lib.Scenarios() {
		text, _ := lib.Source(name)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > scenario.MaxSource {
			t.Skip("a source has at most ", scenario.MaxSource, " bytes")
		}
		programs, err := cprogram.Generate(cprogram.Source{File: "fuzz.star", Text: text, Hosts: hosts})
		if err != nil {
			return
		}
		for _, p := range programs {
			if (p.Err == nil) != strings.HasSuffix(p.Text, "}\n") {
				t.Errorf("%s: neither a program nor an error: %q %v", p.Host, p.Text, p.Err)
			}
		}
	})
}
