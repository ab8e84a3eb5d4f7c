package main

import (
	"fmt"

	"finwait/engine"
)

// The work of one connection's life, the same for everyone: handshake, request, response, four-way close, TIME-WAIT.
const (
	requestBytes  = 100
	responseBytes = 1000
	serverWork    = 50 * engine.Millisecond // between end of file and close(), so that ACK and FIN are two segments
)

// payload is what requests and responses are cut from, and the others are the calls' arguments.
var (
	payload     = make([]byte, responseBytes)
	connectArgs = []engine.Arg{engine.Str("server"), engine.Num(80)}
	readArgs    = []engine.Arg{engine.Num(4096)}
	workArgs    = []engine.Arg{engine.Num(int64(serverWork))}
	holdArgs    = []engine.Arg{engine.Num(int64(engine.Day))}
)

// client makes a number of connections, one after the other; held ones stay open. Like the other programs here it is a
// state machine, so that the engine is measured and not its programs.
type client struct {
	step, fd, left int
	hold           bool
}

func (c *client) Stop() {}

func (c *client) Resume(last engine.Result) (engine.Call, int, bool) {
	c.step++
	switch c.step {
	case 2:
		c.fd = int(last.Ret)
		return engine.Call{Name: "connect", FD: c.fd, Args: connectArgs}, 0, true
	case 3:
		return engine.Call{Name: "write", FD: c.fd, Data: payload[:requestBytes]}, 0, true
	case 4:
		return engine.Call{Name: "read", FD: c.fd, Args: readArgs}, 0, true
	case 5:
		if c.hold {
			return engine.Call{Name: "sleep", FD: -1, Args: holdArgs}, 0, true
		}
		return engine.Call{Name: "close", FD: c.fd}, 0, true
	case 6:
		c.step = 1
		c.left--
	}
	return engine.Call{Name: "socket", FD: -1}, 0, c.left > 0
}

// server accepts for ever and gives each connection a thread.
type server struct {
	step, fd int
	spare    *handler
}

func (s *server) Stop() {}

func (s *server) Resume(last engine.Result) (engine.Call, int, bool) {
	s.step++
	switch s.step {
	case 1:
		return engine.Call{Name: "socket", FD: -1}, 0, true
	case 2:
		s.fd = int(last.Ret)
		return engine.Call{Name: "bind", FD: s.fd, Args: []engine.Arg{engine.Num(80)}}, 0, true
	case 3:
		return engine.Call{Name: "listen", FD: s.fd, Args: []engine.Arg{engine.Num(4096)}}, 0, true
	case 4:
		return engine.Call{Name: "accept", FD: s.fd}, 0, true
	}
	s.step = 3
	h := s.spare
	if h == nil {
		h = &handler{server: s}
	} else {
		s.spare = h.next
	}
	h.step, h.fd = 0, int(last.Ret)
	return engine.Call{Name: "spawn", FD: -1, Thread: h}, 0, true
}

// handler reads the request, answers, waits for the end of file, works and closes.
type handler struct {
	server   *server
	next     *handler // of the spare ones
	step, fd int
}

func (h *handler) Stop() { h.next, h.server.spare = h.server.spare, h }

func (h *handler) Resume(engine.Result) (engine.Call, int, bool) {
	h.step++
	switch h.step {
	case 1, 3:
		return engine.Call{Name: "read", FD: h.fd, Args: readArgs}, 0, true
	case 2:
		return engine.Call{Name: "write", FD: h.fd, Data: payload}, 0, true
	case 4:
		return engine.Call{Name: "sleep", FD: -1, Args: workArgs}, 0, true
	case 5:
		return engine.Call{Name: "close", FD: h.fd}, 0, true
	}
	return engine.Call{}, 0, false
}

// simulate runs clients at once, each making connections one after the other.
func simulate(clients, connections int, sink func(*engine.Event)) {
	_, err := world(clients, connections, false, sink).Run()
	must(err)
}

// held is a simulation stopped in the middle of n open connections.
func held(n int) *engine.Sim {
	var now engine.Micros
	s := world(n, 1, true, func(ev *engine.Event) { now = ev.T })
	for now < 2*engine.Second {
		if more, _ := s.Step(); !more {
			break // all are open, and nothing more will happen
		}
	}
	return s
}

func world(clients, connections int, hold bool, sink func(*engine.Event)) *engine.Sim {
	s := engine.NewSim(engine.Config{Delay: 10 * engine.Millisecond, Budget: 1 << 40, Sink: sink})
	for i, name := range []string{"client", "server"} {
		must(s.AddHost(engine.HostConfig{Name: name, Addr: fmt.Sprintf("10.0.0.%d", i+1), Sysctl: map[string]int64{
			"net.ipv4.ip_local_port_range.low": 1024, "net.ipv4.ip_local_port_range.high": 65535}}))
	}
	must(s.Spawn(0, "server", "server", &server{}))
	for i := range clients {
		must(s.Spawn(engine.Micros(1000+i*7), "client", fmt.Sprintf("client%d", i), &client{left: connections, hold: hold}))
	}
	return s
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
