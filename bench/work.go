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

// payload is what requests and responses are cut from.
var payload = make([]byte, responseBytes)

// script is a program that makes its calls one after the other; next sees the last result and chooses.
type script struct {
	next func(last engine.Result) (engine.Call, bool)
}

func (s *script) Resume(r engine.Result) (engine.Call, int, bool) {
	c, ok := s.next(r)
	return c, 0, ok
}

func (s *script) Stop() {}

func call(name string, fd int, args ...engine.Arg) engine.Call {
	return engine.Call{Name: name, FD: fd, Args: args}
}

// client makes a number of connections, one after the other; held ones stay open.
func client(connections int, hold bool) engine.Program {
	step, fd := 0, -1
	connectArgs := []engine.Arg{engine.Str("server"), engine.Num(80)}
	readArgs := []engine.Arg{engine.Num(4096)}
	return &script{func(last engine.Result) (engine.Call, bool) {
		step++
		switch step {
		case 1:
			return call("socket", -1), true
		case 2:
			fd = int(last.Ret)
			return call("connect", fd, connectArgs...), true
		case 3:
			return engine.Call{Name: "write", FD: fd, Data: payload[:requestBytes]}, true
		case 4:
			return call("read", fd, readArgs...), true
		}
		if hold {
			return call("sleep", -1, engine.Num(int64(engine.Day))), true
		}
		if step == 5 {
			return call("close", fd), true
		}
		if connections--; connections == 0 {
			return engine.Call{}, false
		}
		step = 1
		return call("socket", -1), true
	}}
}

// server accepts for ever and gives each connection a thread.
func server() engine.Program {
	step, fd := 0, -1
	return &script{func(last engine.Result) (engine.Call, bool) {
		step++
		switch step {
		case 1:
			return call("socket", -1), true
		case 2:
			fd = int(last.Ret)
			return call("bind", fd, engine.Num(80)), true
		case 3:
			return call("listen", fd, engine.Num(4096)), true
		case 4:
			return call("accept", fd), true
		}
		step = 3
		return engine.Call{Name: "spawn", FD: -1, Thread: handler(int(last.Ret))}, true
	}}
}

// handler reads the request, answers, waits for the end of file, works and closes.
func handler(fd int) engine.Program {
	step := 0
	return &script{func(engine.Result) (engine.Call, bool) {
		step++
		switch step {
		case 1, 3:
			return call("read", fd, engine.Num(4096)), true
		case 2:
			return engine.Call{Name: "write", FD: fd, Data: payload[:responseBytes]}, true
		case 4:
			return call("sleep", -1, engine.Num(int64(serverWork))), true
		case 5:
			return call("close", fd), true
		}
		return engine.Call{}, false
	}}
}

// simulate runs clients at once, each making connections one after the other, and gives the number of events.
func simulate(clients, connections int, sink func(engine.Event)) (events int) {
	s := world(clients, connections, false, func(e engine.Event) { events++; sink(e) })
	_, err := s.Run()
	must(err)
	return events
}

// held is a simulation stopped in the middle of n open connections.
func held(n int) *engine.Sim {
	s := world(n, 1, true, func(engine.Event) {})
	for s.Now() < 2*engine.Second {
		if more, _ := s.Step(); !more {
			break // all are open, and nothing more will happen
		}
	}
	return s
}

func world(clients, connections int, hold bool, sink func(engine.Event)) *engine.Sim {
	s := engine.NewSim(engine.Config{Delay: 10 * engine.Millisecond, Budget: 1 << 40, Sink: sink})
	for i, name := range []string{"client", "server"} {
		must(s.AddHost(engine.HostConfig{Name: name, Addr: fmt.Sprintf("10.0.0.%d", i+1), Sysctl: map[string]int64{
			"net.ipv4.ip_local_port_range.low": 1024, "net.ipv4.ip_local_port_range.high": 65535}}))
	}
	must(s.Spawn(0, "server", "server", server()))
	for i := range clients {
		must(s.Spawn(engine.Micros(1000+i*7), "client", fmt.Sprintf("client%d", i), client(connections, hold)))
	}
	return s
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
