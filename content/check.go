package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// Report is what a check did.
type Report struct {
	Runs      int // executed
	Claims    int // expectations that hold
	Variants  int // of questions, generated and graded
	Terms     int // of the glossary
	Asked     int // questions of interviews
	Sentences int // of lessons, definitions, answers and hints that say what a check holds
}

// checkedSeeds is how many variants of each question are generated and graded.
const checkedSeeds = 50

// Check goes beyond what Load looks at: it runs each scenario with each of its choices, holds their expectations, looks whether
// each rule's example reaches it, and generates and grades questions. The error is Problems.
func (c *Content) Check() (*Report, error) {
	var ps Problems
	report := &Report{}
	reached := map[engine.Rule]map[string]bool{}
	for _, name := range c.Scenarios() {
		c.checkScenario(name, report, reached, &ps)
	}
	c.checkLosses(report, &ps)
	for _, l := range c.lessons {
		c.syllabus.covers(l, &ps)
		for _, lang := range Langs {
			report.Sentences += l.Texts[lang].Claims
		}
	}
	report.Sentences += c.hinted
	c.checkTerms(&ps)
	report.Terms, report.Asked = countEntries(c.glossary, report), countEntries(c.interview, report)
	for _, r := range c.Rules() {
		if len(reached[r.ID]) == 0 {
			ps.addf(r.File, r.Line, "no scenario reaches the rule %s", r.ID)
		} else if r.Example != "" && !reached[r.ID][r.Example] {
			ps.addf(r.File, r.Line, "the scenario %s does not reach the rule %s", r.Example, r.ID)
		}
	}
	for _, info := range c.Quizzes.List() {
		c.tryQuiz(info.ID, checkedSeeds, &ps)
		report.Variants += checkedSeeds
	}
	return report, ps.err()
}

// countEntries counts entries, and the claims in them.
func countEntries(groups []*Group, report *Report) int {
	n := 0
	for _, g := range groups {
		for _, e := range g.Entries {
			n++
			report.Sentences += e.Texts[En].claims + e.Texts[Zh].claims
		}
	}
	return n
}

// checkScenario runs a scenario once for each of its choices, all others at their first.
func (c *Content) checkScenario(name string, report *Report, reached map[engine.Rule]map[string]bool, ps *Problems) {
	file := "scenarios/" + name + ".star"
	first, err := scenario.Execute(c, scenario.Run{Scenario: name, Seed: 1}, scenario.Limits{})
	if err != nil {
		ps.addScenario(file, err)
		return
	}
	runs := []map[string]string{{}}
	for _, v := range first.Vary {
		for _, choice := range v.Choices[1:] {
			runs = append(runs, map[string]string{v.Name: choice})
		}
	}
	for _, vary := range runs {
		log, err := scenario.Execute(c, scenario.Run{Scenario: name, Seed: 1, Vary: vary}, scenario.Limits{})
		if err != nil {
			ps.addScenario(file, err)
			continue
		}
		for _, ev := range log.Events {
			if ev.Rule != "" {
				if reached[ev.Rule] == nil {
					reached[ev.Rule] = map[string]bool{}
				}
				reached[ev.Rule][name] = true
			}
		}
		c.checkClaims(file, log, report, ps)
	}
}

// checkLosses holds what the scenarios of the loss matrix expect, in every cell of it.
func (c *Content) checkLosses(report *Report, ps *Problems) {
	rows, err := c.Losses()
	if err != nil {
		ps.addScenario("scenarios/matrix", err)
		return
	}
	for _, row := range rows {
		for _, cell := range row.Cells {
			c.checkClaims("scenarios/"+cell.Log.Run.Scenario+".star", cell.Log, report, ps)
		}
	}
}

// checkClaims holds the expectations of a run.
func (c *Content) checkClaims(file string, log *scenario.Log, report *Report, ps *Problems) {
	report.Runs++
	for _, ev := range log.Events {
		e, ok := ev.Body.(*engine.Expect)
		switch {
		case !ok:
		case e.Holds:
			report.Claims++
		default:
			ps.addf(file, lineWith(c.scenarios[log.Run.Scenario], e.Text.En), "%s: does not hold: %s", choices(log.Run.Vary), e.Text.En)
		}
	}
}

// lineWith is the first line of a source that has a text; 0 where none has, as when the text is put together.
func lineWith(source, text string) int {
	before, _, found := strings.Cut(source, text)
	if !found {
		return 0
	}
	return 1 + strings.Count(before, "\n")
}

// choices writes what a run chose.
func choices(vary map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(vary)) {
		list = append(list, fmt.Sprintf("%s = %q", name, vary[name]))
	}
	if list == nil {
		return "as written"
	}
	return strings.Join(list, ", ")
}

// addScenario records an error of a scenario at the line that it names.
func (ps *Problems) addScenario(file string, err error) {
	if e, ok := err.(*scenario.Error); ok {
		ps.addf(file, e.Line, "%s", e.Message.En)
		return
	}
	ps.add(file, 0, err)
}
