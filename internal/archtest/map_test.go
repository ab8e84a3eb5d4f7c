package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheMapIsTrue: the table of rooms in docs/ARCHITECTURE.md says what doors says. It has bench too, a module of its own,
// and not this package, which nothing imports and which imports nothing.
func TestTheMapIsTrue(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\|.*\\| ([^|]+) \\|$").FindAllStringSubmatch(string(doc), -1) {
		told[row[1]] = roomsIn(row[2])
	}
	delete(told, "bench")
	want := map[string][]string{}
	for room, list := range doors {
		if room == "cmd" {
			room = "cmd/finwait" // its one command
		}
		want[room] = slices.Sorted(slices.Values(list))
	}
	delete(want, "internal/archtest")
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("rooms and what they may import (-doors +docs):\n%s", diff)
	}
}

// roomsIn reads the column that says what a room may import; a room of internal goes by its last name.
func roomsIn(column string) []string {
	switch {
	case strings.HasPrefix(column, "nothing of ours"):
		return nil
	case column == "all":
		return anyBut()
	case strings.HasPrefix(column, "all but "):
		return anyBut(strings.TrimPrefix(column, "all but "))
	}
	var rooms []string
	for _, name := range strings.Split(column, ", ") {
		if _, ok := doors["internal/"+name]; ok {
			name = "internal/" + name
		}
		rooms = append(rooms, name)
	}
	slices.Sort(rooms)
	return rooms
}
