package engine

import (
	"fmt"
	"testing"
)

// The work of one connection's life: handshake, request, response, four-way close, TIME-WAIT. The programs are state
// machines that cost next to nothing.
var (
	benchRequest  = make([]byte, 100)
	benchResponse = make([]byte, 1000)
	benchConnect  = []Arg{Str("server"), Num(80)}
	benchRead     = []Arg{Num(4096)}
	benchWork     = []Arg{Num(int64(50 * Millisecond))} // between end of file and close(), so that ACK and FIN are two segments
)

// benchClient makes connections one after the other.
type benchClient struct{ step, left, fd int }

func (c *benchClient) Stop() {}

func (c *benchClient) Resume(r Result) (Call, int, bool) {
	c.step++
	switch c.step {
	case 2:
		c.fd = int(r.Ret)
		return Call{Name: "connect", FD: c.fd, Args: benchConnect}, 0, true
	case 3:
		return Call{Name: "write", FD: c.fd, Data: benchRequest}, 0, true
	case 4:
		return Call{Name: "read", FD: c.fd, Args: benchRead}, 0, true
	case 5:
		return Call{Name: "close", FD: c.fd}, 0, true
	case 6:
		c.step = 1
		c.left--
	}
	return Call{Name: "socket", FD: -1}, 0, c.left > 0
}

// benchServer accepts for ever and gives each connection a thread.
type benchServer struct {
	step, fd int
	free     *benchHandler
}

func (s *benchServer) Stop() {}

func (s *benchServer) Resume(r Result) (Call, int, bool) {
	s.step++
	switch s.step {
	case 1:
		return Call{Name: "socket", FD: -1}, 0, true
	case 2:
		s.fd = int(r.Ret)
		return Call{Name: "bind", FD: s.fd, Args: []Arg{Num(80)}}, 0, true
	case 3:
		return Call{Name: "listen", FD: s.fd, Args: []Arg{Num(4096)}}, 0, true
	case 4:
		return Call{Name: "accept", FD: s.fd}, 0, true
	}
	s.step = 3
	h := s.free
	if h == nil {
		h = &benchHandler{server: s}
	} else {
		s.free = h.next
	}
	h.step, h.fd = 0, int(r.Ret)
	return Call{Name: "spawn", FD: -1, Thread: h}, 0, true
}

// benchHandler reads the request, answers, waits for the end of file, works and closes.
type benchHandler struct {
	server   *benchServer
	next     *benchHandler
	step, fd int
}

func (h *benchHandler) Stop() { h.next, h.server.free = h.server.free, h }

func (h *benchHandler) Resume(Result) (Call, int, bool) {
	h.step++
	switch h.step {
	case 1, 3:
		return Call{Name: "read", FD: h.fd, Args: benchRead}, 0, true
	case 2:
		return Call{Name: "write", FD: h.fd, Data: benchResponse}, 0, true
	case 4:
		return Call{Name: "sleep", FD: -1, Args: benchWork}, 0, true
	case 5:
		return Call{Name: "close", FD: h.fd}, 0, true
	}
	return Call{}, 0, false
}

// benchWorld has a number of clients that make each as many connections.
func benchWorld(tb testing.TB, clients, each int, sink func(*Event)) *Sim {
	s := NewSim(Config{Delay: 10 * Millisecond, Budget: 1 << 40, Sink: sink})
	for i, h := range []string{"client", "server"} {
		ports := map[string]int64{"net.ipv4.ip_local_port_range.low": 1024, "net.ipv4.ip_local_port_range.high": 65535}
		if err := s.AddHost(HostConfig{Name: h, Addr: Addr(10<<24 + i + 1).String(), Sysctl: ports}); err != nil {
			tb.Fatal(err)
		}
	}
	spawn := func(at Micros, host, proc string, p Program) {
		if err := s.Spawn(at, host, proc, p); err != nil {
			tb.Fatal(err)
		}
	}
	spawn(0, "server", "server", &benchServer{})
	for i := range clients {
		spawn(Micros(1000+i*7), "client", fmt.Sprint("client", i), &benchClient{left: each})
	}
	return s
}

// benchLifecycles computes b.N lifecycles at least, of a number of connections at once, in runs of no more than most.
func benchLifecycles(b *testing.B, clients, most int, sink func() func(*Event)) {
	events, lifecycles := 0, 0
	for lifecycles < b.N {
		each := max(min(b.N-lifecycles, most)/clients, 1)
		s := benchWorld(b, clients, each, sink())
		if _, err := s.Run(); err != nil {
			b.Fatal(err)
		}
		events += s.seq
		lifecycles += clients * each
	}
	ns := b.Elapsed().Seconds() * 1e9
	b.ReportMetric(ns/float64(lifecycles), "ns/op")
	b.ReportMetric(ns/float64(events), "ns/event")
	b.ReportMetric(float64(events)/float64(lifecycles), "events/op")
}

func ignore() func(*Event) { return func(*Event) {} }

func keep() func(*Event) { return new(Recorder).Append }

func encode() func(*Event) {
	e, n := NewEncoder(), 0
	return func(ev *Event) {
		if n++; n%4096 == 0 { // so that this measures encoding, not memory
			e.Reset()
		}
		e.Append(ev)
	}
}

// One op is one connection's life; so many connections live at once.
func BenchmarkLifecycles(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchLifecycles(b, n, max(4000, 2*n), ignore) })
	}
}

func BenchmarkLifecyclesKept(b *testing.B) { benchLifecycles(b, 1, 4000, keep) }

func BenchmarkLifecyclesAsLines(b *testing.B) { benchLifecycles(b, 1, 4000, encode) }

// BenchmarkLesson is a world with one connection, from nothing to its log: what a lesson's run costs without Starlark.
func BenchmarkLesson(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		e := NewEncoder()
		s := benchWorld(b, 1, 1, e.Append)
		reason, err := s.Run()
		if err != nil {
			b.Fatal(err)
		}
		s.Finish(reason)
	}
}
