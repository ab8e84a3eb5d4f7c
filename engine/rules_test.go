package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestRulesStandOnce holds that each rule is emitted at exactly one place, so that "why?" has one answer.
func TestRulesStandOnce(t *testing.T) {
	uses := map[string]int{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	lists := []string{"rules.go", "arrows.go"}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || slices.Contains(lists, f.Name()) {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "Rule") && id.Name != "Rule" {
				uses[id.Name]++
			}
			return true
		})
	}
	declared := declaredRules(t)
	if len(declared) != len(Rules) {
		t.Errorf("%d rules are declared, Rules lists %d", len(declared), len(Rules))
	}
	for _, name := range declared {
		if uses[name] != 1 {
			t.Errorf("%s is used at %d places", name, uses[name])
		}
	}
	seen := map[Rule]bool{}
	for _, r := range Rules {
		if seen[r] {
			t.Errorf("%s is listed twice", r)
		}
		seen[r] = true
	}
}

func declaredRules(t *testing.T) (names []string) {
	tree, err := parser.ParseFile(token.NewFileSet(), "rules.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Rule") || v.Names[0].Name == "Rules" {
			return true
		}
		names = append(names, v.Names[0].Name)
		if v.Comment == nil {
			t.Errorf("%s names no source", v.Names[0].Name)
		}
		return true
	})
	return names
}
