package content

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"finwait/engine"
)

// whatNamesRules are the folders whose texts and checks may name rules of the engine. The catalogue has its own look at its ids.
var whatNamesRules = []string{"lessons", "quizzes", "scenarios", glossaryDir, interviewDir}

// ruleName finds what is written like a rule: one of the engine's families, a slash, a name.
var ruleName = func() *regexp.Regexp {
	var families []string
	for _, id := range engine.Rules {
		family, _, _ := strings.Cut(string(id), "/")
		families = append(families, regexp.QuoteMeta(family))
	}
	slices.Sort(families)
	return regexp.MustCompile("(?:^|[`\"'\\s])((?:" + strings.Join(slices.Compact(families), "|") + ")/[a-z0-9-]+)")
}()

// checkRuleNames refuses names of rules that the engine has not: a check that compares with one could never hold, or never fail.
func checkRuleNames(fsys fs.FS, ps *Problems) {
	for _, root := range whatNamesRules {
		err := fs.WalkDir(fsys, root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(file) != ".star" && path.Ext(file) != ".md" {
				return err
			}
			src, err := fs.ReadFile(fsys, file)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(src), "\n") {
				for _, m := range ruleName.FindAllStringSubmatch(line, -1) {
					if !slices.Contains(engine.Rules, engine.Rule(m[1])) && !ps.has(file, i+1) {
						ps.addf(file, i+1, "the engine has no rule %q", m[1])
					}
				}
			}
			return nil
		})
		ps.add(root, 0, err)
	}
}
