package web

import (
	"cmp"
	"strings"

	"finwait/engine"
)

// lanes keeps the connections of a run apart: those that live on a host at the same time have lanes of their own, and each
// has a number by which both of its ends know it.
type lanes struct {
	hosts   map[string]*hostLanes
	names   map[string]string // of hosts, by address
	numbers map[[2]string]int
}

type hostLanes struct {
	taken []int       // the socket in each lane; 0 for a lane whose connection is gone
	of    map[int]int // the lane of each socket
}

func newLanes(m *engine.Meta) *lanes {
	l := &lanes{hosts: map[string]*hostLanes{}, names: map[string]string{}, numbers: map[[2]string]int{}}
	for _, h := range m.Hosts {
		l.names[h.Addr] = h.Name
	}
	return l
}

// follow takes in a connection's change of state: its lane, and its number where it begins with it.
func (l *lanes) follow(b *engine.StateChange) (lane, begins int) {
	h := l.hosts[b.Host]
	if h == nil {
		h = &hostLanes{of: map[int]int{}}
		l.hosts[b.Host] = h
	}
	lane, known := h.of[b.Sock]
	if !known || h.taken[lane] != b.Sock {
		lane = h.free()
		h.taken[lane], h.of[b.Sock] = b.Sock, lane
		key := pair(l.end(b.Host, b.Local), l.end(b.Host, b.Remote))
		if l.numbers[key] == 0 {
			l.numbers[key] = len(l.numbers) + 1
		}
		begins = l.numbers[key]
	}
	if b.To == engine.Closed {
		h.taken[lane] = 0
	}
	return lane, begins
}

func (h *hostLanes) free() int {
	for lane, sock := range h.taken {
		if sock == 0 {
			return lane
		}
	}
	h.taken = append(h.taken, 0)
	return len(h.taken) - 1
}

// end is an address as a host's name and port: to itself a host has many addresses.
func (l *lanes) end(host, address string) string {
	addr, port, _ := strings.Cut(address, ":")
	if strings.HasPrefix(addr, "127.") {
		return host + ":" + port
	}
	return cmp.Or(l.names[addr], addr) + ":" + port
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// on is how many lanes a host has.
func (l *lanes) on(host string) int {
	if h := l.hosts[host]; h != nil {
		return max(1, len(h.taken))
	}
	return 1
}

// several tells whether a host has had several connections at a time, so that they need numbers.
func (l *lanes) several() bool {
	for _, h := range l.hosts {
		if len(h.taken) > 1 {
			return true
		}
	}
	return false
}
