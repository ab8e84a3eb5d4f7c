//go:build journeys

package journeys

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
)

// fold is a log read so far: what the lenses should show, worked out apart from the page.
type fold struct {
	events   []engine.Event
	n        int
	hosts    []string // the client's side first
	of       map[string]*hostFold
	segments map[int]*segmentFold
	numbers  map[ends]int // of the connections, in the order in which they begin
	crowded  bool         // a host has several of them at a time, so that they are called by number
}

// ends are a connection's two ends as "host:port", the lesser one first.
type ends [2]string

type hostFold struct {
	name     string
	socks    []*sockFold
	shown    *sockFold // whose state the lifeline has
	calls    []*engine.CallMade
	returned map[int]*engine.Returned
	off      bool
}

type sockFold struct {
	id            int
	state         engine.State
	local, remote string
	listens       bool
	queue         [3]int // Recv-Q and Send-Q, or accept queue and backlog; the SYN queue
	timers        map[engine.TimerName]timerFold
	steps         []stepFold
}

type timerFold struct {
	at      engine.Micros
	attempt int
	rule    engine.Rule
}

type stepFold struct {
	t        engine.Micros
	from, to engine.State
	rule     engine.Rule
}

type segmentFold struct {
	sent      *engine.SegmentSent
	copies    int
	delivered int
}

func newFold(events []engine.Event) *fold {
	f := &fold{events: events, of: map[string]*hostFold{}, segments: map[int]*segmentFold{}, numbers: map[ends]int{}}
	for _, h := range events[0].Body.(*engine.Meta).Hosts {
		f.hosts = append(f.hosts, h.Name)
		f.of[h.Name] = &hostFold{name: h.Name, returned: map[int]*engine.Returned{}}
	}
	if i := slices.Index(f.hosts, "client"); i > 0 {
		f.hosts = append([]string{"client"}, slices.Delete(f.hosts, i, i+1)...)
	}
	if i := slices.Index(f.hosts, "server"); i >= 0 {
		f.hosts = append(slices.Delete(f.hosts, i, i+1), "server")
	}
	f.count()
	return f
}

// endsOf are those of a segment's connection.
func endsOf(s *engine.SegmentSent) ends {
	return sorted(fmt.Sprintf("%s:%d", s.From, s.Sport), fmt.Sprintf("%s:%d", s.To, s.Dport))
}

func sorted(a, b string) ends {
	return ends{min(a, b), max(a, b)}
}

// count numbers the connections of the whole log, and finds out whether a host has two at a time.
func (f *fold) count() {
	names := map[string]string{}
	for _, h := range f.events[0].Body.(*engine.Meta).Hosts {
		names[h.Addr] = h.Name
	}
	open := map[string]map[int]bool{}
	for _, ev := range f.events {
		b, ok := ev.Body.(*engine.StateChange)
		if !ok || b.Remote == "*" {
			continue
		}
		end := func(address string) string {
			addr, port, _ := strings.Cut(address, ":")
			if strings.HasPrefix(addr, "127.") {
				return b.Host + ":" + port
			}
			return names[addr] + ":" + port
		}
		if open[b.Host] == nil {
			open[b.Host] = map[int]bool{}
		}
		if c := sorted(end(b.Local), end(b.Remote)); !open[b.Host][b.Sock] && f.numbers[c] == 0 {
			f.numbers[c] = len(f.numbers) + 1
		}
		if open[b.Host][b.Sock] = true; b.To == engine.Closed {
			delete(open[b.Host], b.Sock)
		}
		f.crowded = f.crowded || len(open[b.Host]) > 1
	}
}

// read goes on to the first n events.
func (f *fold) read(n int) {
	for ; f.n < n; f.n++ {
		f.take(f.events[f.n])
	}
}

func (f *fold) take(ev engine.Event) {
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		f.segments[b.ID] = &segmentFold{sent: b, copies: 1}
	case *engine.Fate:
		switch b.Fate {
		case engine.Dropped:
			f.segments[b.ID].copies--
		case engine.Duplicated:
			f.segments[b.ID].copies++
		}
	case *engine.Deliver:
		f.segments[b.ID].delivered++
	case *engine.CallMade:
		h := f.of[b.Host]
		h.calls = append(h.calls, b)
	case *engine.Returned:
		f.of[b.Host].returned[b.ID] = b
	case *engine.StateChange:
		f.of[b.Host].change(ev, b)
	case *engine.TimerChange:
		s := f.of[b.Host].sock(b.Sock)
		delete(s.timers, b.Timer)
		if b.Action == engine.TimerSet {
			s.timers[b.Timer] = timerFold{b.At, b.Attempt, ev.Rule}
		}
	case *engine.Queue:
		f.of[b.Host].sock(b.Sock).queue = [3]int{b.RecvQ, b.SendQ}
	case *engine.ListenQueue:
		f.of[b.Host].sock(b.Sock).queue = [3]int{b.Accept, b.Backlog, b.Syn}
	case *engine.InputApplied:
		if b.Do.PowerOff != nil {
			f.of[b.Do.PowerOff.Host].off = true
		}
	}
}

// status is what has become of a segment.
func (s *segmentFold) status() string {
	switch {
	case s.delivered < s.copies:
		return "in flight"
	case s.copies == 0:
		return "lost"
	}
	return "delivered"
}

func (h *hostFold) sock(id int) *sockFold {
	for _, s := range h.socks {
		if s.id == id {
			return s
		}
	}
	s := &sockFold{id: id, state: engine.Closed, timers: map[engine.TimerName]timerFold{}}
	h.socks = append(h.socks, s)
	return s
}

func (h *hostFold) change(ev engine.Event, b *engine.StateChange) {
	s := h.sock(b.Sock)
	s.state, s.local, s.remote = b.To, b.Local, b.Remote
	s.listens = b.To == engine.Listen || s.listens && b.To == engine.Closed
	if b.From != b.To {
		s.steps = append(s.steps, stepFold{ev.T, b.From, b.To, ev.Rule})
	}
	if b.To == engine.Closed {
		clear(s.timers)
	}
	if b.To == engine.TimeWait {
		s.queue = [3]int{}
	}
	if h.shown == nil || h.shown.listens || !s.listens {
		h.shown = s
	}
}

// state is that of the newest connection, or of a listener while there is none.
func (h *hostFold) state() engine.State {
	if h.shown == nil {
		return engine.Closed
	}
	return h.shown.state
}

// arrows are the ids of those that the shown socket went along, and its listener's first.
func (h *hostFold) arrows() []string {
	out := []string{}
	if h.shown == nil {
		return out
	}
	add := func(id string) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for i, s := range h.shown.steps {
		if i == 0 && s.to == engine.SynReceived && h.listened(h.shown) {
			add("CLOSED>LISTEN")
		}
		for _, a := range engine.Arrows {
			if a.Logged.Matches(s.from, s.to, s.rule) {
				add(a.ID())
			}
		}
		if i > 0 && s.to == engine.TimeWait && h.shown.steps[i-1].from == engine.FinWait1 && h.shown.steps[i-1].t == s.t {
			add("FIN-WAIT-1>TIME-WAIT")
		}
	}
	slices.Sort(out)
	return out
}

// listened tells whether a listener of the connection's port was there.
func (h *hostFold) listened(of *sockFold) bool {
	return slices.ContainsFunc(h.socks, func(s *sockFold) bool {
		return s != of && port(s.local) == port(of.local) && slices.ContainsFunc(s.steps, func(st stepFold) bool { return st.to == engine.Listen })
	})
}

func port(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			return address[i:]
		}
	}
	return address
}

// current is the call that a host's program is in, or made last; where threads wait in several, the latest of those.
func (h *hostFold) current() *engine.CallMade {
	type thread struct {
		proc string
		no   int
	}
	latest := map[thread]*engine.CallMade{}
	var order []thread
	for _, c := range h.calls {
		if c.Line == 0 { // a learner's
			continue
		}
		k := thread{c.Proc, c.Thread}
		if latest[k] == nil {
			order = append(order, k)
		}
		latest[k] = c
	}
	var best *engine.CallMade
	when := func(c *engine.CallMade) int { return slices.Index(h.calls, c) }
	for _, k := range order {
		c := latest[k]
		if best == nil {
			best = c
			continue
		}
		a, b := h.returned[c.ID] == nil, h.returned[best.ID] == nil
		if a && !b || a == b && when(c) > when(best) {
			best = c
		}
	}
	return best
}

// ssNames are the states that ss names otherwise, ssTimers the timers that it shows, the first alone.
var (
	ssNames  = map[engine.State]string{engine.Established: "ESTAB", engine.SynReceived: "SYN-RECV"}
	ssTimers = []struct {
		timer engine.TimerName
		name  string
	}{
		{engine.TimerTimeWait, "timewait"}, {engine.TimerFinWait2, "timewait"}, {engine.TimerSynAck, "on"}, {engine.TimerRetransmit, "on"},
		{engine.TimerProbe, "on"}, {engine.TimerPersist, "persist"}, {engine.TimerKeepalive, "keepalive"},
	}
)

// rows are the lines of ss: listeners, then connections. A timer's time left is in whole ms.
func (h *hostFold) rows(name string, now engine.Micros) [][]string {
	var rows [][]string
	if h.off {
		return nil
	}
	for _, listening := range []bool{true, false} {
		for _, s := range h.socks {
			if s.state == engine.Closed || s.listens != listening {
				continue
			}
			state, peer := string(s.state), s.remote
			if n := ssNames[s.state]; n != "" {
				state = n
			}
			if peer == "*" {
				peer = "0.0.0.0:*"
			}
			rows = append(rows, []string{name, state, strconv.Itoa(s.queue[0]), strconv.Itoa(s.queue[1]), s.local, peer, s.timer(now)})
		}
	}
	return rows
}

func (s *sockFold) timer(now engine.Micros) string {
	if s.listens {
		return fmt.Sprintf("accept queue %d/%dSYN queue %d", s.queue[0], s.queue[1], s.queue[2])
	}
	for _, known := range ssTimers {
		t, armed := s.timers[known.timer]
		if !armed {
			continue
		}
		name := known.name
		if t.rule == engine.RuleFinWait2LongTimer {
			name = "keepalive"
		}
		return fmt.Sprintf("timer:(%s,%d,%d)", name, max(0, t.at-now)/engine.Millisecond, t.attempt)
	}
	if t, armed := s.timers[engine.TimerDelack]; armed {
		return fmt.Sprintf("delayed ACK, %s", wait(max(0, t.at-now)/engine.Millisecond))
	}
	return "–"
}

// wait is a short time as a panel writes it.
func wait(ms engine.Micros) string { return fmt.Sprintf("%d ms", ms) }
