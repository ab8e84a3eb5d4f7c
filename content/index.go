package content

import (
	"cmp"
	"maps"
	"slices"

	"finwait/engine"
	"finwait/scenario"
)

// Index says in which runs of the scenarios there is something to see.
type Index struct {
	Arrows   map[string]Place           // by the arrow's id
	Rules    map[engine.Rule]Place      // in the rule's own example
	Timers   map[engine.TimerName]Timer // where each is set
	Failures []Failure                  // by call and errno
}

// Place is an instant of a run.
type Place struct {
	Token string
	Title engine.Text // the scenario's
	At    engine.Micros
}

// Timer is how long a timer is first set for, over all runs of the profile linux.
type Timer struct {
	Least, Most engine.Micros
	Place       Place // where it is first set
}

// Failure is how a call can fail.
type Failure struct {
	Call  string
	Errno engine.Errno
	Place Place
}

// indexer builds an Index from run after run.
type indexer struct {
	content *Content
	index   Index
	size    map[string]int // of the run behind an arrow, in events
	failed  map[[2]string]Failure
	taught  map[string]bool // scenarios that a lesson plays
}

// Index runs every scenario with each of its choices and looks what there is to see. The caller keeps it.
func (c *Content) Index() (*Index, error) {
	x := &indexer{
		content: c, size: map[string]int{}, failed: map[[2]string]Failure{}, taught: map[string]bool{},
		index: Index{Arrows: map[string]Place{}, Rules: map[engine.Rule]Place{}, Timers: map[engine.TimerName]Timer{}},
	}
	for _, l := range c.Lessons() {
		x.taught[l.Run.Scenario] = true
	}
	for _, name := range c.Scenarios() {
		vary, err := x.run(scenario.Run{Scenario: name, Seed: 1})
		if err != nil {
			return nil, err
		}
		for _, v := range vary {
			for _, choice := range v.Choices[1:] {
				if _, err := x.run(scenario.Run{Scenario: name, Seed: 1, Vary: map[string]string{v.Name: choice}}); err != nil {
					return nil, err
				}
			}
		}
	}
	x.index.Failures = slices.SortedFunc(maps.Values(x.failed), func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Call, b.Call), cmp.Compare(a.Errno, b.Errno))
	})
	return &x.index, nil
}

func (x *indexer) run(r scenario.Run) ([]scenario.Choice, error) {
	log, err := scenario.Execute(x.content, r, scenario.Limits{})
	if err != nil {
		return nil, err
	}
	token, size, linux := log.Run.Token(), len(log.Events), map[string]bool{}
	if x.taught[r.Scenario] {
		size = 1
	}
	before := map[sock]change{}
	for _, ev := range log.Events {
		here := Place{Token: token, Title: log.Title, At: ev.T}
		x.rule(r.Scenario, ev.Rule, here)
		switch b := ev.Body.(type) {
		case *engine.Meta:
			for _, h := range b.Hosts {
				linux[h.Name] = h.Profile == "linux"
			}
		case *engine.StateChange:
			x.arrows(b, ev.Rule, before[sock{b.Host, b.Sock}], size, here)
			before[sock{b.Host, b.Sock}] = change{b.From, ev.T}
		case *engine.TimerChange:
			if b.Action == engine.TimerSet && b.Attempt == 0 && linux[b.Host] {
				x.timer(b.Timer, b.At-ev.T, here)
			}
		case *engine.Returned:
			if key := [2]string{b.Call, string(b.Errno)}; b.Errno != "" && x.failed[key].Call == "" {
				x.failed[key] = Failure{b.Call, b.Errno, here}
			}
		}
	}
	return log.Vary, nil
}

type sock struct {
	host string
	sock int
}

// change is where a socket came from, and when.
type change struct {
	from engine.State
	at   engine.Micros
}

// arrows notes what a state change shows: a run that a lesson plays shows it best, else the shortest does. A FIN with the
// ACK of ours leads through FIN-WAIT-2 in no time.
func (x *indexer) arrows(b *engine.StateChange, rule engine.Rule, before change, size int, here Place) {
	for _, a := range engine.Arrows {
		through := a.Logged.From == "" && before == change{a.From, here.At} && b.From == engine.FinWait2 && b.To == a.To
		if !through && !a.Logged.Matches(b.From, b.To, rule) {
			continue
		}
		if n := x.size[a.ID()]; n == 0 || size < n {
			x.index.Arrows[a.ID()], x.size[a.ID()] = here, size
		}
	}
}

func (x *indexer) rule(scenario string, id engine.Rule, here Place) {
	r := x.content.Rule(id)
	if _, known := x.index.Rules[id]; !known && r != nil && r.Example == scenario {
		x.index.Rules[id] = here
	}
}

func (x *indexer) timer(name engine.TimerName, d engine.Micros, here Place) {
	t, known := x.index.Timers[name]
	if !known {
		t = Timer{d, d, here}
	}
	t.Least, t.Most = min(t.Least, d), max(t.Most, d)
	x.index.Timers[name] = t
}
