package content

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	sectionCited = regexp.MustCompile(`RFC (\d+)(?: §|,? sections? )(\d+(?:\.\d+)*)`)
	figureCited  = regexp.MustCompile(`RFC (\d+) §[\d.]+(?:, figure | 的图 )(\d+)`)
	ruleCites    = regexp.MustCompile(`rfc\((\d+), "([\d.]+)"`)
	// A call of a program has no underscore in its name.
	functionCited  = regexp.MustCompile("`([a-z0-9_]*[a-z0-9]_[a-z0-9_]+)\\(\\)`")
	ruleCitesLinux = regexp.MustCompile(`linux\("([^"]+)"`)
	traceCited     = regexp.MustCompile("`([a-z0-9]+(?:_[a-z0-9]+)+)`")
)

// citing calls f for each text that names sources: what learners read, and the documents.
func citing(t *testing.T, f func(path, text string)) {
	t.Helper()
	for _, root := range []string{"lessons", "quizzes", "rules", "scenarios", "phrases", "../docs", "../engine"} {
		eachText(t, root, f)
	}
}

// eachText calls f for each file of texts below a folder.
func eachText(t *testing.T, root string, f func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".md", ".star", ".json", ".go"}, filepath.Ext(path)) {
			return err
		}
		b, err := os.ReadFile(path)
		f(path, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each section and figure of an RFC that is cited has been looked up: testdata/rfc-sections.txt has its title, and no others.
func TestSectionsAreKnown(t *testing.T) {
	titles := map[string]string{}
	eachListed(t, "testdata/rfc-sections.txt", func(line string) {
		if f := strings.SplitN(line, " ", 3); len(f) == 3 {
			titles[f[0]+" "+f[1]] = f[2]
		}
	})
	unused := maps.Clone(titles)
	cited := func(path, rfc, section string) {
		delete(unused, rfc+" "+section)
		if titles[rfc+" "+section] == "" {
			t.Errorf("%s cites RFC %s, section %s: look it up, and add its title to testdata/rfc-sections.txt", path, rfc, section)
		}
	}
	citing(t, func(path, text string) {
		for _, form := range []*regexp.Regexp{sectionCited, ruleCites} {
			for _, m := range form.FindAllStringSubmatch(text, -1) {
				cited(path, m[1], m[2])
			}
		}
		for _, m := range figureCited.FindAllStringSubmatch(text, -1) {
			cited(path, m[1], "figure-"+m[2])
		}
	})
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("nothing cites RFC %s, %s", name, unused[name])
	}
}

// Each function of the kernel that learners are sent to has been looked up: testdata/kernel-functions.txt says where it is.
func TestKernelFunctionsAreKnown(t *testing.T) {
	places := map[string]string{}
	eachListed(t, "testdata/kernel-functions.txt", func(line string) {
		name, place, _ := strings.Cut(line, " ")
		places[name] = place
	})
	unused := maps.Clone(places)
	for _, root := range []string{"lessons", "rules", "glossary", "interview"} {
		eachText(t, root, func(path, text string) {
			for _, form := range []*regexp.Regexp{functionCited, ruleCitesLinux} {
				for _, m := range form.FindAllStringSubmatch(text, -1) {
					delete(unused, m[1])
					if places[m[1]] == "" {
						t.Errorf("%s cites %s(): look it up, and add its file to testdata/kernel-functions.txt", path, m[1])
					}
				}
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("nothing cites %s", name)
	}
}

// eachListed calls f for each line of a list that is no remark.
func eachListed(t *testing.T, path string, f func(line string)) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			f(line)
		}
	}
}

// A trace that a lesson says was recorded is there.
func TestTracesAreThere(t *testing.T) {
	found := 0
	citing(t, func(path, text string) {
		if !strings.HasPrefix(path, "lessons") {
			return
		}
		for line := range strings.Lines(text) {
			if !strings.Contains(line, "ecorded on Linux") && !strings.Contains(line, "在 Linux 6.18 上录过") {
				continue
			}
			for _, m := range traceCited.FindAllStringSubmatch(line, -1) {
				found++
				if _, err := os.Stat("../internal/verify/traces/" + m[1] + ".jsonl"); err != nil {
					t.Errorf("%s: no trace %s was recorded", path, m[1])
				}
			}
		}
	})
	if found < 2*20 {
		t.Errorf("only %d traces are cited", found)
	}
}
