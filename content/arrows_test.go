package content

import (
	"maps"
	"slices"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// arrow is a state change that a log holds; rule is "" where any will do.
type arrow struct {
	from, to engine.State
	rule     engine.Rule
}

// arrows are those of RFC 9293 section 3.3.2, figure 5. On Linux, as in the engine, a listener stays as it is and a
// connection of its own begins in CLOSED: SYN-RECEIVED entered from there stands for LISTEN to SYN-RECEIVED, and the end of
// such a connection by a RST for SYN-RECEIVED to LISTEN.
var arrows = map[string]arrow{
	"CLOSED to LISTEN, passive OPEN":           {engine.Closed, engine.Listen, engine.RulePassiveOpen},
	"CLOSED to SYN-SENT, active OPEN":          {engine.Closed, engine.SynSent, engine.RuleActiveOpen},
	"LISTEN to SYN-SENT, SEND":                 {engine.Listen, engine.SynSent, engine.RuleListenActiveOpen},
	"LISTEN to CLOSED, CLOSE":                  {engine.Listen, engine.Closed, engine.RuleListenerClosed},
	"LISTEN to SYN-RECEIVED, SYN":              {engine.Closed, engine.SynReceived, engine.RuleListenSyn},
	"SYN-RECEIVED to LISTEN, RST (note 1)":     {engine.SynReceived, engine.Closed, engine.RuleRequestReset},
	"SYN-SENT to CLOSED, CLOSE":                {engine.SynSent, engine.Closed, engine.RuleCloseInSynSent},
	"SYN-SENT to SYN-RECEIVED, SYN":            {engine.SynSent, engine.SynReceived, ""},
	"SYN-SENT to ESTABLISHED, SYN and ACK":     {engine.SynSent, engine.Established, ""},
	"SYN-RECEIVED to ESTABLISHED, ACK of SYN":  {engine.SynReceived, engine.Established, ""},
	"SYN-RECEIVED to FIN-WAIT-1, CLOSE":        {engine.SynReceived, engine.FinWait1, ""},
	"ESTABLISHED to FIN-WAIT-1, CLOSE":         {engine.Established, engine.FinWait1, ""},
	"ESTABLISHED to CLOSE-WAIT, FIN":           {engine.Established, engine.CloseWait, ""},
	"FIN-WAIT-1 to FIN-WAIT-2, ACK of FIN":     {engine.FinWait1, engine.FinWait2, ""},
	"FIN-WAIT-1 to CLOSING, FIN":               {engine.FinWait1, engine.Closing, ""},
	"FIN-WAIT-2 to TIME-WAIT, FIN":             {engine.FinWait2, engine.TimeWait, ""},
	"CLOSING to TIME-WAIT, ACK of FIN":         {engine.Closing, engine.TimeWait, ""},
	"CLOSE-WAIT to LAST-ACK, CLOSE":            {engine.CloseWait, engine.LastAck, ""},
	"LAST-ACK to CLOSED, ACK of FIN":           {engine.LastAck, engine.Closed, engine.RuleLastAckAcked},
	"TIME-WAIT to CLOSED, time-out of two MSL": {engine.TimeWait, engine.Closed, engine.RuleTimeWaitOver},
}

// LISTEN to SYN-SENT is what connect() on a listening socket does in the profile rfc9293; POSIX has no SEND that names a
// foreign socket for it, and Linux refuses. The way of note 2, FIN-WAIT-1 to TIME-WAIT for a FIN that brings the ACK of
// ours, leads through FIN-WAIT-2 at the same instant here.

// TestArrows holds that the scenarios go along every arrow of the diagram, and along no other but to CLOSED, where a RST
// (note 3), an abort or a give-up leads from anywhere.
func TestArrows(t *testing.T) {
	c := loaded(t)
	seen := map[arrow]string{} // and a run that shows it
	add := func(r scenario.Run) []scenario.Choice {
		log, err := scenario.Execute(c, r, scenario.Limits{})
		if err != nil {
			t.Fatal(r.Scenario, err)
		}
		for _, ev := range log.Events {
			if e, ok := ev.Body.(*engine.StateChange); ok {
				for _, a := range []arrow{{e.From, e.To, ""}, {e.From, e.To, ev.Rule}} {
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
	drawn := map[arrow]bool{{engine.Closed, engine.SynReceived, ""}: true}
	for _, name := range slices.Sorted(maps.Keys(arrows)) {
		a := arrows[name]
		if seen[a] == "" {
			t.Errorf("no scenario goes from %s", name)
		}
		t.Logf("%s: %s", name, seen[a])
		drawn[arrow{a.from, a.to, ""}] = true
	}
	for a, run := range seen {
		if a.rule == "" && a.to != engine.Closed && !drawn[a] {
			t.Errorf("%s goes from %s to %s, which is no arrow of the diagram", run, a.from, a.to)
		}
	}
}

// TestEveryRuleIsReached holds that each rule of the engine is reached by a scenario, and by the one that its text names.
func TestEveryRuleIsReached(t *testing.T) {
	c := loaded(t)
	report, err := c.Check() // it looks whether each example reaches its rule
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range report.Unreached {
		t.Errorf("no scenario reaches %s", id)
	}
	for _, r := range c.Rules() {
		if r.Example == "" {
			t.Errorf("%s names no example", r.ID)
		}
	}
}
