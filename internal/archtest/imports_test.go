package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// A room is a folder of packages: "journeys" covers journeys/server too, which has no line of its own. doors lists, for each,
// the rooms whose packages it may import. Its own room is always open to it.
var doors = map[string][]string{
	"engine":            {},
	"scenario":          {"engine"},
	"scenario/cprogram": {"engine", "scenario"},
	"scenario/sandbox":  {"engine", "scenario"},
	"internal/wire":     {"engine"},
	"internal/ss":       {"engine"},
	"internal/export":   {"engine", "scenario", "internal/wire", "internal/ss"},
	"internal/verify":   {"engine", "scenario", "internal/wire"},
	"internal/stream":   {"engine", "scenario"},
	"internal/quiz":     {"engine", "scenario", "internal/ss"},
	"internal/netns":    {},
	"internal/store":    {},
	"internal/review":   {},
	"static":            {},
	"content":           {"engine", "scenario", "internal/quiz"},
	"web":               {"engine", "scenario", "internal/quiz", "content", "static"},
	"web/gen":           {"engine", "scenario", "internal/stream", "internal/quiz"},
	"handlers":          anyBut("cmd"),
	"cmd":               anyBut(),
	"internal/archtest": {},
	"journeys":          {"engine"},
	"tools":             {},
}

// closed are the rooms that nothing else may import: commands, generators and tests of the whole.
var closed = []string{"cmd", "web/gen", "internal/archtest", "journeys", "tools"}

// anyBut is every room except the named ones and the closed ones.
func anyBut(rooms ...string) []string { return append([]string{"*"}, rooms...) }

// engineMayNot are the standard packages through which the outside could reach the engine: the clock, randomness, files,
// the network, goroutines that wait for each other.
var engineMayNot = []string{
	"time", "math/rand", "crypto/rand", "os", "io/fs", "io/ioutil", "net", "sync", "context", "log", "syscall", "runtime",
	"unsafe", "plugin", "embed", "database", "testing",
}

// serverOnly are packages of the server; the simulator and what reads its logs must not know them.
var serverOnly = []string{"net/http", "database/sql", "github.com/gorilla/websocket", "github.com/go-chi/chi"}

// simulator are the rooms that serverOnly is about.
var simulator = []string{"engine", "scenario", "scenario/cprogram", "scenario/sandbox", "internal/wire", "internal/ss", "internal/export", "internal/verify", "internal/stream", "internal/quiz"}

func TestImportsGoInOneDirection(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		room := roomOf(s.dir)
		if room == "" {
			t.Errorf("%s: the folder %s has no line in doors; decide what it may import", s.path, s.dir)
			continue
		}
		for _, path := range s.imports() {
			if other, ours := strings.CutPrefix(path, module+"/"); ours && !mayImport(room, roomOf(other)) {
				t.Errorf("%s: %s must not import %s", s.path, room, other)
			}
		}
	}
}

func TestNothingImportsAClosedRoom(t *testing.T) {
	for _, s := range sources(t) {
		for _, path := range s.imports() {
			other, ours := strings.CutPrefix(path, module+"/")
			if to := roomOf(other); ours && to != roomOf(s.dir) && slices.Contains(closed, to) && !(s.test && to == "web/gen") {
				t.Errorf("%s: nothing imports %s", s.path, to)
			}
		}
	}
}

func TestEngineIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || roomOf(s.dir) != "engine" {
			continue
		}
		for _, path := range s.imports() {
			if isAny(path, engineMayNot) {
				t.Errorf("%s: the engine must not import %s", s.path, path)
			}
			if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
				t.Errorf("%s: the engine has no dependency, and %s is one", s.path, path)
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if what := impure(n); what != "" {
				t.Errorf("%s: the engine has no %s", fset.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// impure names what an engine's syntax node must not be; empty where it is fine.
func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "goroutine"
	case *ast.ChanType:
		return "channel"
	case *ast.SelectStmt:
		return "select"
	case *ast.BasicLit:
		if n.Kind == token.FLOAT || n.Kind == token.IMAG {
			return "floating point"
		}
	case *ast.Ident:
		if slices.Contains([]string{"float32", "float64", "complex64", "complex128"}, n.Name) {
			return "floating point"
		}
	}
	return ""
}

func TestSimulatorDoesNotKnowTheServer(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !slices.Contains(simulator, roomOf(s.dir)) {
			continue
		}
		for _, path := range s.imports() {
			if isAny(path, serverOnly) {
				t.Errorf("%s: %s must not import %s", s.path, s.dir, path)
			}
		}
	}
}

// roomOf is the longest line of doors that covers the folder; empty where none does.
func roomOf(dir string) string {
	best := ""
	for room := range doors {
		if isAny(dir, []string{room}) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

// mayImport says whether a package of one room may import one of another.
func mayImport(from, to string) bool {
	list := doors[from]
	if len(list) > 0 && list[0] == "*" {
		return to != "" && !slices.Contains(list[1:], to)
	}
	return from == to || slices.Contains(list, to)
}

// isAny says whether the path is one of the roots or below it.
func isAny(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") })
}
