package cprogram_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
)

// kernelStates are the states by their numbers in /proc/net/tcp.
var kernelStates = map[string]engine.State{
	"01": engine.Established, "02": engine.SynSent, "03": engine.SynReceived, "04": engine.FinWait1, "05": engine.FinWait2, "06": engine.TimeWait,
	"08": engine.CloseWait, "09": engine.LastAck, "0A": engine.Listen, "0B": engine.Closing, "0C": engine.SynReceived,
}

// parseSockets reads /proc/net/tcp: each socket's state, ends and queues, as showSocket writes them.
func parseSockets(text string) ([]string, error) {
	var out []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] == "sl" {
			continue
		}
		local, err1 := parseEnd(f[1])
		remote, err2 := parseEnd(f[2])
		state, known := kernelStates[f[3]]
		tx, rx, _ := strings.Cut(f[4], ":")
		sendq, err3 := strconv.ParseInt(tx, 16, 32)
		recvq, err4 := strconv.ParseInt(rx, 16, 32)
		if err1 != nil || err2 != nil || err3 != nil || err4 != nil || !known {
			return nil, fmt.Errorf("/proc/net/tcp has the line %q", line)
		}
		if state == engine.Listen {
			sendq = 0
		}
		out = append(out, showSocket(state, local, remote, int(recvq), int(sendq)))
	}
	slices.Sort(out)
	return out, nil
}

// withoutLeft takes away the requests whose listener is closed: the kernel lists them until their timer finds that out
// (reqsk_timer_handler), and answers nothing for them.
func withoutLeft(sockets []string) []string {
	listening := map[string]bool{}
	for _, s := range sockets {
		if port, ok := strings.CutPrefix(s, "LISTEN port "); ok {
			port, _, _ = strings.Cut(port, ",")
			listening[port] = true
		}
	}
	return slices.DeleteFunc(sockets, func(s string) bool {
		f := strings.Fields(s)
		return engine.State(f[0]) == engine.SynReceived && f[len(f)-1] == "0" && !listening[f[1][strings.LastIndex(f[1], ":")+1:]]
	})
}

func parseEnd(text string) (netip.AddrPort, error) {
	addr, port, _ := strings.Cut(text, ":")
	a, err := hex.DecodeString(addr)
	if err != nil || len(a) != 4 {
		return netip.AddrPort{}, fmt.Errorf("the address %q", text)
	}
	p, err := strconv.ParseUint(port, 16, 16)
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], binary.BigEndian.Uint32(a))
	return netip.AddrPortFrom(netip.AddrFrom4(b), uint16(p)), err
}

func showSocket(state engine.State, local, remote netip.AddrPort, recvq, sendq int) string {
	if state == engine.Listen {
		return fmt.Sprintf("LISTEN port %d, %d to accept", local.Port(), recvq)
	}
	return fmt.Sprintf("%s %s %s recvq %d sendq %d", state, local, remote, recvq, sendq)
}

// engineSockets follows the log: each socket's state and queues.
type engineSockets map[string]map[int]*engineSocket

type engineSocket struct {
	state         engine.State
	local, remote string
	recvq, sendq  int
}

func (s engineSockets) at(host string, sock int) *engineSocket {
	if s[host] == nil {
		s[host] = map[int]*engineSocket{}
	}
	if s[host][sock] == nil {
		s[host][sock] = &engineSocket{}
	}
	return s[host][sock]
}

func (s engineSockets) follow(body engine.Body) {
	switch b := body.(type) {
	case *engine.StateChange:
		e := s.at(b.Host, b.Sock)
		e.state, e.local, e.remote = b.To, b.Local, b.Remote
		if b.To == engine.Closed {
			delete(s[b.Host], b.Sock)
		}
	case *engine.Queue:
		e := s.at(b.Host, b.Sock)
		e.recvq, e.sendq = b.RecvQ, b.SendQ
	case *engine.ListenQueue:
		s.at(b.Host, b.Sock).recvq = b.Accept
	}
}

func (s engineSockets) show(host string) []string {
	var out []string
	for _, e := range s[host] {
		if e.state == "" {
			continue
		}
		local, _ := netip.ParseAddrPort(e.local)
		remote, _ := netip.ParseAddrPort(e.remote)
		recvq, sendq := e.recvq, e.sendq
		if e.state == engine.TimeWait {
			recvq, sendq = 0, 0
		}
		out = append(out, showSocket(e.state, local, remote, recvq, sendq))
	}
	slices.Sort(out)
	return out
}
