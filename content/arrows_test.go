package content

import (
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// TestArrows holds that the scenarios go along every arrow of the diagram, and along no other but to CLOSED, where a RST
// (note 3), an abort or a give-up leads from anywhere.
func TestArrows(t *testing.T) {
	c := loaded(t)
	seen := map[engine.Step]string{} // and a run that shows it
	add := func(r scenario.Run) []scenario.Choice {
		log, err := scenario.Execute(c, r, scenario.Limits{})
		if err != nil {
			t.Fatal(r.Scenario, err)
		}
		for _, ev := range log.Events {
			if e, ok := ev.Body.(*engine.StateChange); ok {
				for _, a := range []engine.Step{{From: e.From, To: e.To}, {From: e.From, To: e.To, Rule: ev.Rule}} {
					if seen[a] == "" {
						seen[a] = r.Scenario
					}
				}
			}
		}
		return log.Vary
	}
	for _, name := range c.Scenarios() {
		for _, v := range add(scenario.Run{Scenario: name, Seed: 1}) {
			for _, choice := range v.Choices[1:] {
				add(scenario.Run{Scenario: name, Seed: 1, Vary: map[string]string{v.Name: choice}})
			}
		}
	}
	drawn := map[engine.Step]bool{}
	for _, a := range engine.Arrows {
		if a.Logged.From == "" { // see engine.Arrows
			continue
		}
		run := seen[a.Logged]
		if run == "" {
			t.Errorf("no scenario shows %s", a.ID())
		}
		t.Logf("%s: %s", a.ID(), run)
		drawn[engine.Step{From: a.Logged.From, To: a.Logged.To}] = true
	}
	for a, run := range seen {
		if a.Rule == "" && a.To != engine.Closed && !drawn[a] {
			t.Errorf("%s goes from %s to %s, which is no arrow of the diagram", run, a.From, a.To)
		}
	}
}

// TestEveryRuleHasAnExample holds that each rule's text names a scenario; TestCheck, that the scenario reaches the rule.
func TestEveryRuleHasAnExample(t *testing.T) {
	for _, r := range loaded(t).Rules() {
		if r.Example == "" {
			t.Errorf("%s names no example", r.ID)
		}
	}
}
