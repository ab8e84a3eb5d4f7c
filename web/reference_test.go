package web

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
)

// TestTheReferenceHasWordsForEverything holds that each state, setting, timer, error and term has its text in both
// languages, and that no text of the pages is unused.
func TestTheReferenceHasWordsForEverything(t *testing.T) {
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	index, err := c.Index()
	if err != nil {
		t.Fatal(err)
	}
	need := map[string]bool{}
	for _, s := range states {
		for _, part := range []string{"", ".waits", ".lasts"} {
			need["state."+string(s)+part] = true
		}
	}
	for _, s := range engine.Sysctls {
		need["sysctl."+s.Name] = true
		need["unit."+s.Unit] = s.Unit != "" && s.Unit != "port"
	}
	for _, timer := range timers {
		need["timer."+string(timer)] = true
	}
	for name := range index.Timers {
		if !slices.Contains(timers, name) {
			t.Errorf("the timer %s is not listed", name)
		}
	}
	for _, f := range index.Failures {
		need["errno."+string(f.Errno)] = true
	}
	for _, l := range content.Langs {
		for key, is := range need {
			if is && c.PagePhrases(l)[key] == "" {
				t.Errorf("%s: no text for %s", l, key)
			}
		}
	}
	used := keysInSources(t)
	for key := range c.PagePhrases(content.En) {
		if !need[key] && !used(key) {
			t.Errorf("nothing uses %q", key)
		}
	}
}

// keysInSources tells whether a source names the key, or the beginning that a key is put together from.
func keysInSources(t *testing.T) func(key string) bool {
	files, err := filepath.Glob("*.templ")
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"*.go", "../handlers/*.go", "../content/*.go"} {
		found, err := filepath.Glob(more)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var all strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_templ.go") || strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	exact := map[string]bool{}
	var prefixes []string
	for _, m := range regexp.MustCompile(`"([a-zA-Z0-9.-]+)"`).FindAllStringSubmatch(all.String(), -1) {
		exact[m[1]] = true
		if strings.HasSuffix(m[1], ".") && strings.Count(m[1], ".") <= 2 {
			prefixes = append(prefixes, m[1])
		}
	}
	return func(key string) bool {
		if exact[key] {
			return true
		}
		if stem, ok := strings.CutSuffix(key, ".title"); ok && exact[stem] {
			return true
		}
		if stem, ok := strings.CutSuffix(key, ".call"); ok && exact[stem] {
			return true
		}
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
	}
}

// TestTheReferenceHasEveryRuleOnce holds that the groups leave no rule out.
func TestTheReferenceHasEveryRuleOnce(t *testing.T) {
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	r := Reference{Rules: c.Rules()}
	seen := map[engine.Rule]int{}
	for _, name := range ruleGroups {
		for _, rule := range r.group(name) {
			seen[rule.ID]++
		}
	}
	for _, id := range engine.Rules {
		if seen[id] != 1 {
			t.Errorf("%s stands %d times", id, seen[id])
		}
	}
}

// TestTheDiagramHasEveryArrow holds that each arrow of the engine is drawn, and each state.
func TestTheDiagramHasEveryArrow(t *testing.T) {
	drawn := map[engine.State]bool{}
	for _, n := range diagramNodes {
		drawn[n.State] = true
	}
	for _, a := range engine.Arrows {
		if diagramArrows[a.ID()].D == "" {
			t.Errorf("%s is not drawn", a.ID())
		}
		if !drawn[a.From] || !drawn[a.To] || !slices.Contains(states, a.From) {
			t.Errorf("a state of %s is not drawn", a.ID())
		}
	}
	if len(diagramArrows) != len(engine.Arrows) || len(drawn) != len(states) {
		t.Errorf("%d arrows and %d states are drawn", len(diagramArrows), len(drawn))
	}
}

// TestGrouped writes large numbers as they are read.
func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 4096: "4096", 65536: "65\u202f536", 1<<31 - 1: "2\u202f147\u202f483\u202f647"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}
