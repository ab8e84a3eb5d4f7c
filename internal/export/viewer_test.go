package export

import (
	"testing"

	"finwait/engine"
)

func TestViewer(t *testing.T) {
	hosts := func(names ...string) engine.Event {
		m := &engine.Meta{}
		for _, name := range names {
			m.Hosts = append(m.Hosts, engine.HostMeta{Name: name})
		}
		return engine.Event{Body: m}
	}
	syn := engine.Event{Body: &engine.SegmentSent{From: "b", Flags: engine.SYN}}
	for want, events := range map[string][]engine.Event{
		"client": {hosts("a", "client", "b"), syn},
		"b":      {hosts("a", "b"), syn},
		"a":      {hosts("a", "b")},
	} {
		if got := Viewer(events); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
