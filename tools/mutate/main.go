package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tested are the packages whose tests hold the engine's behaviour.
var tested = []string{"./engine", "./internal/verify", "./content"}

func main() {
	only := flag.String("rules", "", "comma-separated names of rules, like RuleSendFin; none is all")
	file := flag.String("results", "", "a file that keeps each rule's result: a run that was stopped goes on where it was")
	flag.Parse()
	sites, err := findRules("engine")
	if err == nil {
		err = mutateAll(sites, strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }), *file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// findRules gives the file in which each rule stands, by the rule's name.
func findRules(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	sites := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.Contains([]string{"rules.go", "arrows.go"}, filepath.Base(file)) {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return nil, err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "Rule") && id.Name != "Rule" {
				sites[id.Name] = file
			}
			return true
		})
	}
	return sites, nil
}

func mutateAll(sites map[string]string, only []string, file string) error {
	names := make([]string, 0, len(sites))
	for name := range sites {
		if len(only) == 0 || slices.Contains(only, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	checks, err := newProofs()
	if err != nil {
		return err
	}
	done, err := openResults(file)
	if err != nil {
		return err
	}
	defer done.close()
	var unnoticed []string
	for _, name := range names {
		r, known := done.of(name)
		if !known {
			if r, err = try(name, sites[name]); err != nil {
				return err
			}
			if err := done.keep(r); err != nil {
				return err
			}
		}
		checks.note(r.Failed)
		if r.Verdict != isNoticed {
			unnoticed = append(unnoticed, name)
		}
		fmt.Printf("%-12s %-32s %s; %d checks fail\n", r.Verdict, name, r.What, len(r.Failed))
	}
	fmt.Printf("%d of %d rules' branches can be inverted and no test notices\n", len(unnoticed), len(names))
	if len(unnoticed) > 0 {
		err = fmt.Errorf("not noticed: %s", strings.Join(unnoticed, " "))
	}
	if len(only) > 0 {
		return err // not all rules were tried: nothing can be said of the checks
	}
	return errors.Join(err, checks.report())
}

// mutated is a file's source with the branch to a rule inverted, and what was done to it.
func mutated(file, rule string) (source []byte, what string, err error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		return nil, "", err
	}
	path := pathTo(tree, rule)
	what = invert(path)
	if what == "" {
		if what = omit(path); what == "" {
			return nil, "", fmt.Errorf("%s: no branch and no statement holds %s", file, rule)
		}
	}
	var b bytes.Buffer
	if err := format.Node(&b, fset, tree); err != nil {
		return nil, "", err
	}
	return b.Bytes(), what, nil
}

// pathTo lists the nodes from the file down to the rule's name.
func pathTo(tree *ast.File, rule string) (path []ast.Node) {
	var stack []ast.Node
	ast.Inspect(tree, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if id, ok := n.(*ast.Ident); ok && id.Name == rule && path == nil {
			path = slices.Clone(stack)
		}
		return true
	})
	return path
}

// invert negates the innermost condition on the path: of an if, or of a case that is one.
func invert(path []ast.Node) string {
	for i := len(path) - 2; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return ""
		case *ast.IfStmt:
			if path[i+1] == n.Cond {
				continue
			}
			n.Cond = not(n.Cond)
			return "the if is inverted"
		case *ast.CaseClause:
			if len(n.List) == 0 || !conditions(path[:i]) {
				continue
			}
			either := n.List[0]
			for _, e := range n.List[1:] {
				either = &ast.BinaryExpr{X: either, Op: token.LOR, Y: e}
			}
			n.List = []ast.Expr{not(either)}
			return "the case is inverted"
		}
	}
	return ""
}

// conditions says whether the switch that a path ends in has conditions for cases.
func conditions(path []ast.Node) bool {
	for i := len(path) - 1; i >= 0; i-- {
		if s, ok := path[i].(*ast.SwitchStmt); ok {
			return s.Tag == nil
		}
	}
	return false
}

func not(e ast.Expr) ast.Expr { return &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: e}} }

// omit leaves out the call that holds the rule; its arguments are still made, so that nothing is without use. Where the rule
// is only returned, none is.
func omit(path []ast.Node) string {
	for i := len(path) - 1; i > 0; i-- {
		if back, ok := path[i].(*ast.ReturnStmt); ok && len(back.Results) == 1 && back.Results[0] == path[len(path)-1] {
			back.Results[0] = &ast.BasicLit{Kind: token.STRING, Value: `""`}
			return "the rule is left out"
		}
		if assign, ok := path[i].(*ast.AssignStmt); ok { // f(rule).field = value
			assign.Lhs = []ast.Expr{ast.NewIdent("_")}
			return "the call is left out"
		}
		statement, ok := path[i].(*ast.ExprStmt)
		if !ok {
			continue
		}
		call, ok := statement.X.(*ast.CallExpr)
		if !ok {
			return ""
		}
		statement.X = &ast.CallExpr{
			Fun:  &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{List: []*ast.Field{{Type: &ast.Ellipsis{Elt: ast.NewIdent("any")}}}}}, Body: &ast.BlockStmt{}},
			Args: call.Args,
		}
		return "the call is left out"
	}
	return ""
}
