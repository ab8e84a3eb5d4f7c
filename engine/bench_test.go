package engine

import "testing"

// lifecycleProgram is one side of a complete connection, as a state machine without any cost of its own.
type lifecycleProgram struct {
	calls []Call
	next  int
	fds   [2]int
}

func (p *lifecycleProgram) Stop() {}

func (p *lifecycleProgram) Resume(r Result) (Call, int, bool) {
	if p.next > 0 {
		switch prev := p.calls[p.next-1].Name; prev {
		case "socket":
			p.fds[0] = int(r.Ret)
		case "accept":
			p.fds[1] = int(r.Ret)
		}
	}
	if p.next == len(p.calls) {
		return Call{}, 0, false
	}
	c := p.calls[p.next]
	p.next++
	if c.FD >= 0 {
		c.FD = p.fds[c.FD]
	}
	return c, 0, true
}

var (
	lifecycleClient = []Call{{Name: "socket", FD: -1}, {Name: "connect", Args: []Arg{Str("server"), Num(80)}}, {Name: "write", Data: make([]byte, 100)},
		{Name: "read", Args: []Arg{Num(4096)}}, {Name: "close"}}
	lifecycleServer = []Call{{Name: "socket", FD: -1}, {Name: "bind", Args: []Arg{Num(80)}}, {Name: "listen", Args: []Arg{Num(128)}}, {Name: "accept"},
		{Name: "read", FD: 1, Args: []Arg{Num(4096)}}, {Name: "write", FD: 1, Data: make([]byte, 1000)}, {Name: "read", FD: 1, Args: []Arg{Num(4096)}},
		{Name: "sleep", FD: -1, Args: []Arg{Num(50000)}}, {Name: "close", FD: 1}, {Name: "close"}}
)

// lifecycle runs handshake, request, response, four-way close and TIME-WAIT to its end, once.
func lifecycle(b *testing.B, sink func(Event)) int {
	events := 0
	s := NewSim(Config{Delay: 10 * Millisecond, Sink: func(e Event) { events++; sink(e) }})
	for i, h := range []string{"client", "server"} {
		if err := s.AddHost(HostConfig{Name: h, Addr: Addr(10<<24 + i + 1).String()}); err != nil {
			b.Fatal(err)
		}
	}
	s.Spawn(0, "server", "server", &lifecycleProgram{calls: lifecycleServer})
	s.Spawn(0, "client", "client", &lifecycleProgram{calls: lifecycleClient})
	if _, err := s.Run(); err != nil {
		b.Fatal(err)
	}
	return events
}

func BenchmarkLifecycleStructs(b *testing.B) {
	b.ReportAllocs()
	events := 0
	for b.Loop() {
		events = lifecycle(b, func(Event) {})
	}
	b.ReportMetric(float64(events), "events/op")
}

func BenchmarkLifecycleLines(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		e := NewEncoder()
		lifecycle(b, e.Append)
	}
}
