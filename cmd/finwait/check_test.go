package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckHoldsWhatWeShip(t *testing.T) {
	out := works(t, "check")
	for _, want := range []string{"all hold", "each with its one right answer", "each in 2 languages"} {
		if !strings.Contains(out, want) {
			t.Errorf("check does not say %q:\n%s", want, out)
		}
	}
}

// An author's folder: a claim that does not hold, and a lesson without its Chinese, each with its place.
func TestCheckNamesMistakes(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("scenarios/mine/one.star", `scenario(title = "Mine")
host("client")
expect("a segment is sent", lambda log: log.segments() != [])
`)
	status, stdout, stderr := finwait(t, "check", dir)
	if status != 1 || stdout != "" || !strings.Contains(stderr, "scenarios/mine/one.star:3: as written: does not hold: a segment is sent") {
		t.Errorf("exit code %d, %q, %q", status, stdout, stderr)
	}
	put("scenarios/mine/one.star", "scenario(title = \"Mine\")\nhost(\"client\", clinet)\n")
	if status, _, stderr = finwait(t, "check", dir); status != 1 || !strings.Contains(stderr, "scenarios/mine/one.star:2: undefined: clinet") {
		t.Errorf("exit code %d, %q", status, stderr)
	}
	put("lessons/04-mine/lesson.star", `lesson(chapter = {"en": "Mine", "zh": "我的"}, scenario = "close/merged")`)
	put("lessons/04-mine/en.md", "---\ntitle: Mine\nsummary: Mine.\n---\n\nText.\n")
	if status, _, stderr = finwait(t, "check", dir); status != 1 || !strings.Contains(stderr, "lessons/04-mine/zh.md: is missing") {
		t.Errorf("exit code %d, %q", status, stderr)
	}
}
