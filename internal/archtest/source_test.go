package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the module's folder, seen from this package.
const root = "../.."

// module is the module path, the prefix of every import of ours.
const module = "finwait"

// A source is one Go file of the module.
type source struct {
	dir  string // of its package, relative to the root, with slashes: "internal/wire"
	path string // relative to the root
	test bool   // _test.go
	gen  bool   // generated
	ast  *ast.File
	text []byte
}

// imports are the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.ast.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// lines is the number of lines of the file.
func (s source) lines() int { return strings.Count(string(s.text), "\n") }

var fset = token.NewFileSet()

// sources parses every Go file of the module; nested modules, node_modules and testdata are not ours to hold.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, path := range files(t, ".go") {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{
			dir: filepath.ToSlash(filepath.Dir(path)), path: path, test: strings.HasSuffix(path, "_test.go"),
			gen: ast.IsGenerated(file), ast: file, text: text,
		})
	}
	if len(all) == 0 {
		t.Fatal("no Go file found: the root is wrong")
	}
	return all
}

// files are the paths, relative to the root, of the files with the given ending.
func files(t *testing.T, ending string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			hidden := strings.HasPrefix(d.Name(), ".")
			if nested == nil || hidden || d.Name() == "node_modules" || d.Name() == "testdata" || path == filepath.Join(root, "out") {
				return fs.SkipDir
			}
		}
		if !d.IsDir() && strings.HasSuffix(path, ending) {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			found = append(found, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
