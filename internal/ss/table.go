package ss

import (
	"slices"

	"finwait/engine"
)

// Socket is one that ss would list.
type Socket struct {
	ID            int
	State         engine.State
	Local, Remote string
	RecvQ, SendQ  int // of a listener: the accept queue and the backlog
}

// Table is a host's sockets as its log tells of them so far.
type Table struct {
	Host    string
	Sockets []*Socket // in the order of their first states
}

// Take notes an event. It gives the socket whose state changed, which is not in the table any more where it is CLOSED: the
// kernel tells ss of no such socket, even where a program still has it.
func (t *Table) Take(ev engine.Event) *Socket {
	switch b := ev.Body.(type) {
	case *engine.StateChange:
		if b.Host == t.Host {
			return t.state(b)
		}
	case *engine.Queue:
		if s := t.Socket(b.Host, b.Sock); s != nil {
			s.RecvQ, s.SendQ = b.RecvQ, b.SendQ
		}
	case *engine.ListenQueue:
		if s := t.Socket(b.Host, b.Sock); s != nil {
			s.RecvQ, s.SendQ = b.Accept, b.Backlog
		}
	case *engine.InputApplied:
		if b.Do.PowerOff != nil && b.Do.PowerOff.Host == t.Host {
			t.Sockets = nil
		}
	}
	return nil
}

// Socket finds a socket of the host; nil where there is none of that number, or the host is another.
func (t *Table) Socket(host string, id int) *Socket {
	i := slices.IndexFunc(t.Sockets, func(s *Socket) bool { return s.ID == id })
	if host != t.Host || i < 0 {
		return nil
	}
	return t.Sockets[i]
}

func (t *Table) state(b *engine.StateChange) *Socket {
	s := t.Socket(b.Host, b.Sock)
	if s == nil {
		s = &Socket{ID: b.Sock}
		t.Sockets = append(t.Sockets, s)
	}
	s.State, s.Local, s.Remote = b.To, b.Local, b.Remote
	if b.Remote == "*" {
		s.Remote = "0.0.0.0:*"
	}
	if b.To == engine.TimeWait {
		s.RecvQ, s.SendQ = 0, 0
	}
	if b.To == engine.Closed {
		t.Sockets = slices.DeleteFunc(t.Sockets, func(o *Socket) bool { return o == s })
	}
	return s
}

// Listed gives the sockets as ss lists them: listeners first, then connections, each by age.
func (t *Table) Listed() []*Socket {
	listed := slices.Clone(t.Sockets)
	slices.SortStableFunc(listed, func(a, b *Socket) int { return rank(a) - rank(b) })
	return listed
}

func rank(s *Socket) int {
	if s.State == engine.Listen {
		return 0
	}
	return 1
}

// Name is a state as ss names it.
func Name(s engine.State) string {
	switch s {
	case engine.Closed:
		return "UNCONN"
	case engine.SynReceived:
		return "SYN-RECV"
	case engine.Established:
		return "ESTAB"
	}
	return string(s)
}
