package web

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// States is the page of the eleven states.
type States struct {
	Page
	Course    []Chapter
	Say       map[string]string
	Map       ArrowMap
	Durations map[string]string // by the name that a phrase has for it
}

// Reference is the page of settings, timers, errors, rules and words.
type Reference struct {
	Page
	Course    []Chapter
	Say       map[string]string
	Durations map[string]string
	Index     *content.Index
	Rules     []*content.Rule
}

// states are in the order of a connection's life.
var states = []engine.State{
	engine.Closed, engine.Listen, engine.SynSent, engine.SynReceived, engine.Established, engine.FinWait1, engine.FinWait2,
	engine.Closing, engine.TimeWait, engine.CloseWait, engine.LastAck,
}

// timers are in the order in which a connection meets them.
var timers = []engine.TimerName{
	engine.TimerSynAck, engine.TimerRetransmit, engine.TimerProbe, engine.TimerDelack, engine.TimerPersist,
	engine.TimerKeepalive, engine.TimerFinWait2, engine.TimerTimeWait,
}

// ruleGroups are the files of the catalogue, in the order of a connection's life.
var ruleGroups = []string{"opening", "data", "timers", "closing", "timewait", "link"}

// lasting fills the durations into a phrase.
func lasting(phrase string, durations map[string]string) string {
	for name, d := range durations {
		phrase = strings.ReplaceAll(phrase, "{"+name+"}", d)
	}
	return phrase
}

// group lists the rules of one file of the catalogue as they stand there.
func (r Reference) group(name string) []*content.Rule {
	var out []*content.Rule
	for _, rule := range r.Rules {
		if strings.TrimSuffix(path.Base(rule.File), ".star") == name {
			out = append(out, rule)
		}
	}
	slices.SortFunc(out, func(a, b *content.Rule) int { return a.Line - b.Line })
	return out
}

// amount writes a setting's value with its unit.
func (r Reference) amount(n int64, unit string) string {
	s := grouped(n)
	if word := r.Say["unit."+unit]; word != "" {
		s += " " + word
	}
	return s
}

// grouped writes a number with thin spaces between groups of three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	if len(s) <= 4 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// shortSysctl is a setting's name without what nearly all begin with.
func shortSysctl(name string) string { return strings.TrimPrefix(name, "net.ipv4.") }
