package content

import (
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// TestIndex holds that every arrow and every rule can be found, and that what is said to be there is.
func TestIndex(t *testing.T) {
	c := loaded(t)
	index, err := c.Index()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range engine.Arrows {
		p := index.Arrows[a.ID()]
		shown := false
		for _, ev := range eventsAt(t, c, p) {
			s, ok := ev.Body.(*engine.StateChange)
			shown = shown || ok && s.To == a.Logged.To && (a.Logged.From == "" || s.From == a.Logged.From) ||
				ok && a.Logged.To != s.To && a.Logged.From == "" && s.To == a.To
		}
		if !shown {
			t.Errorf("%s is not at %s of %s", a.ID(), Clock(p.At), p.Token)
		}
	}
	for _, r := range c.Rules() {
		p, acts := index.Rules[r.ID], false
		for _, ev := range eventsAt(t, c, p) {
			acts = acts || ev.Rule == r.ID
		}
		if !acts {
			t.Errorf("%s does not act at %s of %q", r.ID, Clock(p.At), p.Token)
		}
	}
	for _, name := range []engine.TimerName{engine.TimerRetransmit, engine.TimerProbe, engine.TimerDelack, engine.TimerPersist,
		engine.TimerKeepalive, engine.TimerFinWait2, engine.TimerTimeWait, engine.TimerSynAck} {
		if timer := index.Timers[name]; timer.Place.Token == "" || timer.Least < 0 || timer.Most < timer.Least {
			t.Errorf("timer %s: %+v", name, timer)
		}
	}
	if tw := index.Timers[engine.TimerTimeWait]; tw.Least < 60*engine.Second || tw.Most > 62050*engine.Millisecond {
		t.Errorf("TIME-WAIT lasts from %s to %s", Clock(tw.Least), Clock(tw.Most))
	}
	found := map[string]bool{}
	for _, f := range index.Failures {
		found[f.Call+" "+string(f.Errno)] = true
	}
	for _, want := range []string{"connect ECONNREFUSED", "connect ETIMEDOUT", "read ECONNRESET", "read ETIMEDOUT"} {
		if !found[want] {
			t.Errorf("no run shows %s among %v", want, found)
		}
	}
}

// eventsAt are the events of a place.
func eventsAt(t *testing.T, c *Content, p Place) []engine.Event {
	t.Helper()
	run, err := scenario.ParseToken(p.Token)
	if err != nil {
		t.Errorf("%q: %v", p.Token, err)
		return nil
	}
	log, err := scenario.Execute(c, run, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var at []engine.Event
	for _, ev := range log.Events {
		if ev.T == p.At {
			at = append(at, ev)
		}
	}
	return at
}
