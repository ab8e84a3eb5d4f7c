package verify

import "slices"

// family draws members of a kind of traces: it tells the settings and the faults from the start, and gives what to do.
type family struct {
	name string
	draw func(*script) func()
}

// families are those of the recorded traces, and those that FACTS are measured by.
var families = slices.Concat(openings, listeners, closings, halfCloses, orphans, timeWaits, resets, dataFamilies, timers, mixtures)

// after is a family whose connection is established without a fault.
func after(name string, play func(*script)) family {
	return family{name, func(s *script) func() { return func() { s.connected(); play(s) } }}
}

// fixed is after with the client's port known, so that its states can be waited for.
func fixed(name string, set func(*script), play func(*script)) family {
	return family{name, func(s *script) func() {
		if set != nil {
			set(s)
		}
		return func() { s.listener(8); s.established(clientPort); play(s) }
	}}
}
