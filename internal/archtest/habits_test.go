package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines bounds a file of ours and maxFuncLines a function. The habit is 400 and 60; these are the walls behind it.
const (
	maxLines     = 500
	maxFuncLines = 100
)

func TestEachPackageSaysWhatMayEnter(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		documented[s.dir] = documented[s.dir] || filepath.Base(s.path) == "doc.go" && s.ast.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no doc.go with a package comment", dir)
		}
	}
}

func TestFilesAndFunctionsStayReadable(t *testing.T) {
	for _, s := range sources(t) {
		if s.gen {
			continue
		}
		if n := s.lines(); n > maxLines {
			t.Errorf("%s has %d lines; a file is one thought, of %d at most", s.path, n, maxLines)
		}
		for _, decl := range s.ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line; n > maxFuncLines {
				t.Errorf("%s: %s has %d lines, of %d at most", fset.Position(fn.Pos()), fn.Name.Name, n, maxFuncLines)
			}
		}
	}
}

func TestTypeScriptAndCSSHabits(t *testing.T) {
	rules := []struct {
		ending, not, why string
	}{
		{".ts", `(:|<|\bas|,)\s*any\b`, "TypeScript here has no any"},
		{".ts", `\beval\(|\bnew Function\b|\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML`, "text reaches the page as text, never as markup"},
		{".css", `!important`, "a rule that needs !important is in the wrong place"},
	}
	for _, rule := range rules {
		not := regexp.MustCompile(rule.not)
		for _, path := range files(t, rule.ending) {
			if strings.Contains(filepath.ToSlash(path), "/dist/") {
				continue // built from the sources that are held here
			}
			text, err := os.ReadFile(filepath.Join(root, path))
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if code, _, _ := strings.Cut(line, "//"); not.MatchString(code) {
					t.Errorf("%s:%d: %s: %s", path, i+1, rule.why, strings.TrimSpace(line))
				}
			}
		}
	}
}
