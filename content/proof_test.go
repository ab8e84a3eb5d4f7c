package content

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"finwait/scenario"
)

// TestProofs asks each check of each lesson by itself, without the rest of the content: when a rule of the engine is
// inverted (make mutate), this tells which checks notice.
func TestProofs(t *testing.T) {
	c := &Content{scenarios: map[string]string{}}
	var ps Problems
	if c.loadScenarios(embedded, &ps); ps != nil {
		t.Fatal(ps)
	}
	dirs, err := fs.ReadDir(embedded, "lessons")
	if err != nil {
		t.Fatal(err)
	}
	shared := loadShared(embedded, &ps)
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		l := &Lesson{dir: path.Join("lessons", d.Name())}
		src, err := fs.ReadFile(embedded, path.Join(l.dir, "lesson.star"))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.parse("lesson.star", string(src), shared); err != nil {
			t.Fatal(err)
		}
		logs := map[string]*scenario.Log{}
		for name, r := range l.runs {
			log, err := scenario.Execute(c, r, scenario.Limits{})
			if err != nil {
				t.Logf("%s: the run %q: %v", d.Name(), name, err)
				continue
			}
			logs[name] = log
		}
		for _, name := range slices.Sorted(maps.Keys(l.proofs)) {
			t.Run(d.Name()+"/"+name, func(t *testing.T) {
				if source := l.proofs[name].source; source != "" {
					t.Skip("no run decides this, a document does: ", source)
				}
				if err := l.prove(l.proofs[name], logs); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"One. Two? Three!":                         {"One. ", "Two? ", "Three!"},
		"It waits 1.5 s. Then it ends.":            {"It waits 1.5 s. ", "Then it ends."},
		"a socket, e.g. this one. “Quoted.” Next.": {"a socket, e.g. this one. ", "“Quoted.” ", "Next."},
		"先确认。再关闭！真的？":                              {"先确认。", "再关闭！", "真的？"},
		"Held.\uE000eof\uE001 Next.":               {"Held.\uE000eof\uE001 ", "Next."},
		"确认了。\uE000a\uE001\uE000b\uE001下一句。":       {"确认了。\uE000a\uE001\uE000b\uE001", "下一句。"},
		"no end": {"no end"},
	} {
		if got := sentences(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestClaimsAreFound(t *testing.T) {
	for text, want := range map[string]struct{ says, typed bool }{
		"The server works.":                                      {false, false},
		"The socket is in FIN-WAIT-1.":                           {true, false},
		"It calls " + codeOpen + "close()" + codeClose + ".":     {true, false},
		"It fails with ECONNRESET.":                              {true, false},
		"Raise tcp_retries2.":                                    {true, false},
		"It takes 60 s.":                                         {true, true},
		"It takes \uE00260\u00a0s\uE003.":                        {true, false},
		"RFC 9293 §3.6 says so.":                                 {false, false},
		"2MSL is a name, as IPv4 and Linux 6.18 are.":            {false, false},
		"Run " + codeOpen + "ss -tan 10.0.0.1" + codeClose + ".": {true, false},
		"程序读到 \uE0020\uE003，返回 EOF。":                             {true, false},
		"等 60 秒。":                                                {true, true},
	} {
		c := read(text)
		if c.says != want.says || (len(c.typed) > 0) != want.typed {
			t.Errorf("%q: says %v, typed %v", text, c.says, c.typed)
		}
	}
	if got := claims("Does it wait in TIME-WAIT? 它会停在 CLOSE-WAIT 吗？"); len(got) != 0 {
		t.Errorf("a question claims %v", got)
	}
}

// A text that says what no check holds is refused, with its line: in a paragraph, in a heading and in the summary.
func TestUnheldClaimsAreRefused(t *testing.T) {
	for _, mistake := range []struct{ file, from, to, want string }{
		{"lessons/03-four-way/en.md", "{{= eof}}", "", "no check holds this claim"},
		{"lessons/03-four-way/en.md", "{{= eof}}", "{{= nothing}}", `no check "nothing"`},
		{"lessons/03-four-way/en.md", "{{= server-may-wait}}", "", "a myth is refuted by a check"},
		{"lessons/03-four-way/en.md", "## The first FIN ", "## FIN-WAIT-1 begins ", "no check holds this claim"},
		{"lessons/12-backlog/en.md", "two queues.{{= syn-queue}}", "two queues.", "en.md:3: no check holds this claim"},
		{"lessons/03-four-way/en.md", "after its FIN left.", "20 ms after it.", "the figure 20 is typed"},
		{"lessons/03-four-way/en.md", "a fixed 60 s", "a fixed 70 s", "the figure 70 is typed"},
		{"lessons/07-lost-fin/zh.md", "[设成 3](run:", "[设成 4](run:", "the figure 4 is typed"},
	} {
		text, err := fs.ReadFile(embedded, mistake.file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.MkdirAll(path.Join(dir, path.Dir(mistake.file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path.Join(dir, mistake.file), []byte(strings.ReplaceAll(string(text), mistake.from, mistake.to)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := laid(t, dir); err == nil || !strings.Contains(err.Error(), mistake.want) || !strings.Contains(err.Error(), mistake.file+":") {
			t.Errorf("%s in place of %s: want %q, got %v", mistake.to, mistake.from, mistake.want, err)
		}
	}
}
