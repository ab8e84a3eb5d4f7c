package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tested are the packages whose tests hold the engine's behaviour.
var tested = []string{"./engine", "./internal/verify", "./content"}

func main() {
	only := flag.String("rules", "", "comma-separated names of rules, like RuleSendFin; none is all")
	flag.Parse()
	sites, err := findRules("engine")
	if err == nil {
		err = mutateAll(sites, strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }))
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

func mutateAll(sites map[string]string, only []string) error {
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
	var unnoticed []string
	for _, name := range names {
		source, what, err := mutated(sites[name], name)
		if err != nil {
			return err
		}
		verdict := "noticed"
		switch seen, err := noticed(sites[name], source, checks); {
		case errors.Is(err, errNotCompiled):
			verdict = "NOT TRIED"
			unnoticed = append(unnoticed, name)
			what += ", but that does not compile"
		case err != nil:
			return err
		case !seen:
			verdict = "NOT NOTICED"
			unnoticed = append(unnoticed, name)
		}
		fmt.Printf("%-12s %-32s %s\n", verdict, name, what)
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

// omit leaves out the call that holds the rule; its arguments are still made, so that nothing is without use.
func omit(path []ast.Node) string {
	for i := len(path) - 1; i > 0; i-- {
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

// errNotCompiled is a change that leaves a variable without use: it says nothing about the tests.
var errNotCompiled = errors.New("does not compile")

// noticed runs the tests with the source laid over the file, and the checks of the lessons.
func noticed(file string, source []byte, checks *proofs) (bool, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	abs, err := filepath.Abs(file)
	if err != nil {
		return false, err
	}
	laid, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {abs: laid}})
	if err != nil {
		return false, err
	}
	if err := os.WriteFile(laid, source, 0o600); err != nil {
		return false, err
	}
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		return false, err
	}
	if err := exec.Command("go", "build", "-overlay", overlay, "./engine").Run(); err != nil {
		return false, errNotCompiled
	}
	if err := checks.note(overlay); err != nil {
		return false, err
	}
	args := append([]string{"test", "-overlay", overlay, "-timeout", "60s"}, tested...)
	err = exec.Command("go", args...).Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return false, err
	}
	return failed != nil, nil
}
