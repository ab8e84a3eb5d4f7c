//go:build journeys

package journeys

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"finwait/journeys/server"
	"finwait/scenario"
)

// codePane is what a reader sees of a host's program.
type codePane struct {
	Tab     string   // the chosen one
	Lines   []string // with their numbers in front
	Current string   // the marked line
	Result  string   // and what stands beside it
	Missing string   // what is said of a line without C
	Wavy    []string // the lines so marked
}

func (s Stage) code() []codePane {
	s.t.Helper()
	return Eval[[]codePane](s.Tab, `[...document.querySelectorAll("tcp-code")].map((pane) => {
		const text = (el) => el ? el.querySelector(".no").textContent + " " + el.querySelector(".tx").textContent : "";
		const current = pane.querySelector("[aria-current=step]");
		const missing = pane.querySelector(".noctext");
		return {
			tab: pane.querySelector("[role=tab][aria-selected=true]").textContent,
			lines: [...pane.querySelectorAll("li")].map(text),
			current: text(current), result: current?.querySelector(".rv").textContent ?? "",
			missing: missing.hidden ? "" : missing.textContent,
			wavy: [...pane.querySelectorAll("li.noc")].map(text),
		};
	})`)
}

// TestCodeFollowsThePlayhead steps through the lesson's run with the programs in C: the marked line is always the one with
// the call that the host made last, and says what it gave.
func TestCodeFollowsThePlayhead(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("Home")
		seen := map[string]bool{}
		for !stage.atEnd() {
			before := stage.Events()
			stage.Press("ArrowRight")
			stage.until("a step", func() bool { return stage.Events() != before })
			for i, pane := range stage.code() {
				if pane.Tab != "C" {
					t.Fatalf("the tab is %q", pane.Tab)
				}
				if pane.Current != "" {
					seen[fmt.Sprint(i, pane.Current, " ", pane.Result)] = true
				}
			}
		}
		for _, want := range []string{
			`^0\d+ +if \(connect\(s, \(struct sockaddr \*\)&server, sizeof server\) == -1\) ` + regexp.QuoteMeta(l.template(t, "code.blocked.tag")),
			`^0\d+ +if \(write\(s, "question", 8\) == -1\) =8`, `^0\d+ +close\(s\); =0`,
			`^1\d+ +int c = accept\(s, NULL, NULL\); ` + regexp.QuoteMeta(l.template(t, "code.blocked.tag")),
			`^1\d+ +int c = accept\(s, NULL, NULL\); =4`, `^1\d+ +if \(read\(c, buf, sizeof buf\) == -1\) =0`, `^1\d+ +close\(c\); =0`,
		} {
			found := false
			for line := range seen {
				found = found || regexp.MustCompile(want).MatchString(line)
			}
			if !found {
				t.Errorf("no line like %s was ever marked; these were:\n%s", want, markedLines(seen))
			}
		}
	})
}

func markedLines(m map[string]bool) string {
	var b strings.Builder
	for k := range m {
		b.WriteString(k + "\n")
	}
	return b.String()
}

// TestCodeByKeyboard changes to Starlark and back with the keyboard alone, finds the choice kept after a reload, and goes to
// a call by Enter on its line.
func TestCodeByKeyboard(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		tab := p.All("tab", "^C$")[0]
		tab.Focus()
		at := stage.Events()
		p.Press("ArrowRight")
		p.until("both panes in Starlark", func() bool {
			panes := stage.code()
			return panes[0].Tab == "Starlark" && panes[1].Tab == "Starlark" && strings.Contains(panes[0].Lines[0], "def client(os):")
		})
		if stage.Events() != at {
			t.Error("the arrow moved the playhead as well as the tab")
		}
		stage = p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		if panes := stage.code(); panes[0].Tab != "Starlark" {
			t.Errorf("after a reload the tab is %q", panes[0].Tab)
		}
		p.All("tab", "^Starlark$")[0].Focus()
		p.Press("ArrowLeft")
		p.until("both panes in C", func() bool { return stage.code()[1].Tab == "C" })

		stage.Enter()
		stage.Jump("End")
		var name string
		for _, text := range stage.code()[0].Lines {
			if strings.Contains(text, `write(s, "question"`) {
				no, _, _ := strings.Cut(text, " ")
				name = strings.ReplaceAll(regexp.QuoteMeta(l.template(t, "code.goto")), regexp.QuoteMeta("{line}"), no)
			}
		}
		if name == "" {
			t.Fatal("no line writes the question")
		}
		p.Find("button", "^"+name+"$").Focus()
		p.Press("Enter")
		p.until("the write to be the current line", func() bool {
			pane := stage.code()[0]
			return strings.Contains(pane.Current, `write(s, "question"`) && pane.Result == "=8"
		})
		if ms, _, _, _ := stage.Where(); ms != 20 {
			t.Errorf("the write is at %d ms", ms)
		}
		p.Press("ArrowUp", "Enter")
		p.until("the connect to be the current line", func() bool { return strings.Contains(stage.code()[0].Current, "connect(s, ") })
		p.axe("the code panes")
	})
}

// TestCodeNamesWhatHasNoC opens a visitor's own scenario: one program has C, the other names the line that has none. Of two
// processes of a host, the reader picks one.
func TestCodeNamesWhatHasNoC(t *testing.T) {
	t.Parallel()
	run := scenario.Run{Seed: 1, Source: `scenario(title = "Own")

def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.getsockname(s)
    os.close(s)

def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 8)
    c = os.accept(s)
    os.read(c, 10)

def second(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.write(s, "two")

host("client", client)
host("server", server)
process("client", "second", second, at = "50ms")
`}
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?run="+run.Token())
		panes := stage.code()
		if c := panes[0]; c.Tab != "C" || l.read(t, "code.missing", c.Missing)["line"] != "6" || len(c.Wavy) != 1 || !strings.Contains(c.Wavy[0], "os.getsockname(s)") {
			t.Errorf("the client's pane: %+v", c)
		}
		if srv := panes[1]; srv.Missing != "" || !strings.Contains(strings.Join(srv.Lines, "\n"), "int main(void)") {
			t.Errorf("the server's pane: %+v", srv)
		}
		p.axe("a program without C")

		stage.Enter()
		stage.Jump("End")
		shows := func(text string) func() bool {
			return func() bool { return strings.Contains(strings.Join(stage.code()[0].Lines, "\n"), text) }
		}
		p.until("the process that called last", shows(`write(s, "two"`))
		p.Find("combobox", l.exactly(t, "code.process")).Focus()
		p.Press("ArrowDown")
		p.until("the process that was picked", shows("os.getsockname(s)"))
		p.Press("ArrowDown")
		p.until("the other one", shows(`write(s, "two"`))
	})
}
