package verify

import (
	"fmt"
	"net/netip"

	"finwait/engine"
)

// replay gives the engine what a recording decided by chance: ephemeral ports, initial sequence numbers, travel times.
type replay struct {
	ports  map[string][]uint16        // by host and remote end ("*" for a listener's), in the order of use
	isns   map[string][]uint32        // by local and remote end
	travel map[string][]engine.Micros // by what identifies a segment
}

func newReplay(t *Trace) *replay {
	r := &replay{ports: map[string][]uint16{}, isns: map[string][]uint32{}, travel: map[string][]engine.Micros{}}
	bound := boundPorts(t)
	last := map[string]uint32{}
	for _, rec := range t.Records {
		if rec.Kind == "state" && rec.To == "LISTEN" {
			r.listens(rec, bound)
		}
		if rec.Kind != "segment" {
			continue
		}
		local, remote := t.ends(rec)
		if hasFlag(rec.Flags, 'S') {
			key := local + " " + remote
			if n, ok := last[key]; !ok || n != rec.ISN {
				last[key] = rec.ISN
				r.isns[key] = append(r.isns[key], rec.ISN)
				if rec.Flags == "S" && !bound[rec.Sport] {
					r.ports[rec.From+" "+remote] = append(r.ports[rec.From+" "+remote], rec.Sport)
				}
			}
		}
		if len(rec.Arrive) > 0 && rec.Fate != "delayed" {
			key := segmentKey(rec.From, rec.Sport, rec.Dport, rec.Flags, rec.Seq, rec.Ack, rec.Len)
			r.travel[key] = append(r.travel[key], rec.Arrive[0]-rec.T)
		}
	}
	return r
}

// listens notes the port of a listener that did not choose it: listen() without bind().
func (r *replay) listens(rec Record, bound map[uint16]bool) {
	if end, err := netip.ParseAddrPort(rec.Local); err == nil && !bound[end.Port()] {
		r.ports[rec.Host+" *"] = append(r.ports[rec.Host+" *"], end.Port())
	}
}

// boundPorts are the ports that programs chose themselves.
func boundPorts(t *Trace) map[uint16]bool {
	bound := map[uint16]bool{}
	for _, rec := range t.Records {
		if rec.Kind == "call" && rec.Call == "bind" && len(rec.Args) == 2 {
			var port uint16
			if _, err := fmt.Sscan(string(rec.Args[1]), &port); err == nil {
				bound[port] = true
			}
		}
	}
	return bound
}

// ends gives a segment's two ends as the engine prints them.
func (t *Trace) ends(rec Record) (local, remote string) {
	from, to := t.Meta.Addresses[rec.From], t.Meta.Addresses[rec.To]
	if rec.From == rec.To {
		from, to = "127.0.0.1", "127.0.0.1"
	}
	return fmt.Sprintf("%s:%d", from, rec.Sport), fmt.Sprintf("%s:%d", to, rec.Dport)
}

func segmentKey(from string, sport, dport uint16, flags string, seq, ack int64, n int) string {
	return fmt.Sprintf("%s:%d>%d %s %d %d %d", from, sport, dport, flags, seq, ack, n)
}

func hasFlag(flags string, f rune) bool {
	for _, c := range flags {
		if c == f {
			return true
		}
	}
	return false
}

// take removes and returns the first of a list.
func take[T any](m map[string][]T, key string) (v T, ok bool) {
	if list := m[key]; len(list) > 0 {
		m[key] = list[1:]
		return list[0], true
	}
	return v, false
}

func (r *replay) Port(host, remote string) (uint16, bool) { return take(r.ports, host+" "+remote) }

func (r *replay) ISN(local, remote string) (uint32, bool) { return take(r.isns, local+" "+remote) }

func (r *replay) Travel(s *engine.SegmentSent) (engine.Micros, bool) {
	return take(r.travel, segmentKey(s.From, s.Sport, s.Dport, s.Flags.String(), s.Seqno, s.Ackno, s.Len))
}
