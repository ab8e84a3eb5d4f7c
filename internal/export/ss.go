package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"finwait/engine"
	"finwait/internal/ss"
	"finwait/scenario"
)

// SS writes what `ss -tanoi` would show on a host: one table at the time at, after all that happens then; where at is nil
// a table after each moment at which a socket of the host changed its state. It fails where the run has no such host, and
// where at lies after the end of a run that was cut short.
func SS(w io.Writer, log *scenario.Log, host string, at *engine.Micros) error {
	meta, err := hostOf(log, host)
	if err != nil {
		return err
	}
	last := log.Events[len(log.Events)-1]
	if at != nil && *at > last.T && log.Reason != engine.EndQuiet {
		return refuse(CodeNotTold, "the run ends at %[1]s s; it says nothing about %[2]s s", "运行在 %[1]s s 结束，没有 %[2]s s 时的情况", seconds(last.T), seconds(*at))
	}
	out := bufio.NewWriter(w)
	h := newSSHost(log, meta)
	events := log.Events
	err = log.Again(func(sim *engine.Sim, next engine.Micros) {
		now, changed := sim.Now(), false
		for ; len(events) > 0 && events[0].T <= now; events = events[1:] {
			changed = h.take(events[0]) || changed
		}
		switch {
		case at == nil && changed:
			h.write(out, now, sim.Info(host, now))
		case at != nil && now <= *at && *at < next:
			h.write(out, *at, sim.Info(host, *at))
		}
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// hostOf finds a host of the run.
func hostOf(log *scenario.Log, name string) (engine.HostMeta, error) {
	for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
		if h.Name == name {
			return h, nil
		}
	}
	return engine.HostMeta{}, refuse(codeNoHost, "the run has no host %q", "这次运行里没有主机 %q", name)
}

// ssHost is what ss tells of a host's sockets, as the log tells of them so far.
type ssHost struct {
	meta   engine.HostMeta
	addrs  map[string]string // of all hosts
	table  ss.Table
	timers map[int]map[engine.TimerName]ssTimer // armed ones, by socket
	sent   map[int]*engine.SegmentSent
	counts map[string]*ssCounts // by connection
	wrote  bool
}

func newSSHost(log *scenario.Log, meta engine.HostMeta) *ssHost {
	h := &ssHost{meta: meta, addrs: map[string]string{}, table: ss.Table{Host: meta.Name}, timers: map[int]map[engine.TimerName]ssTimer{},
		sent: map[int]*engine.SegmentSent{}, counts: map[string]*ssCounts{}}
	for _, other := range log.Events[0].Body.(*engine.Meta).Hosts {
		h.addrs[other.Name] = other.Addr
	}
	return h
}

// ssTimer is an armed timer.
type ssTimer struct {
	at      engine.Micros
	attempt int
	rule    engine.Rule
}

// take notes an event; it says whether a socket of the host changed its state.
func (h *ssHost) take(ev engine.Event) bool {
	changed := h.table.Take(ev)
	switch b := ev.Body.(type) {
	case *engine.StateChange:
		if changed != nil && changed.State == engine.Closed {
			delete(h.counts, connectionOf(changed))
			delete(h.timers, changed.ID)
		}
	case *engine.TimerChange:
		if h.table.Socket(b.Host, b.Sock) != nil {
			h.timer(b, ev.Rule)
		}
	case *engine.SegmentSent:
		h.sent[b.ID] = b
		if b.From == h.meta.Name {
			h.count(b, b.Sport, b.Dport, b.To, true)
		}
	case *engine.Deliver:
		if b.Host == h.meta.Name {
			s := h.sent[b.ID]
			h.count(s, s.Dport, s.Sport, s.From, false)
		}
	case *engine.InputApplied:
		return b.Do.PowerOff != nil && b.Do.PowerOff.Host == h.meta.Name
	}
	return changed != nil
}

func (h *ssHost) timer(b *engine.TimerChange, rule engine.Rule) {
	if h.timers[b.Sock] == nil {
		h.timers[b.Sock] = map[engine.TimerName]ssTimer{}
	}
	delete(h.timers[b.Sock], b.Timer)
	if b.Action == engine.TimerSet {
		h.timers[b.Sock][b.Timer] = ssTimer{b.At, b.Attempt, rule}
	}
}

// count adds a segment to the figures of its connection, which may have no socket yet or any more.
func (h *ssHost) count(s *engine.SegmentSent, local, remote uint16, peer string, out bool) {
	if peer == h.meta.Name {
		return // to itself: both ends' figures would be one
	}
	key := connection(fmt.Sprint(local), fmt.Sprintf("%s:%d", h.addrs[peer], remote))
	if peer == "" { // to an address that no host has; the socket knows it
		for _, k := range h.table.Sockets {
			if strings.HasSuffix(k.Local, fmt.Sprintf(":%d", local)) && strings.HasSuffix(k.Remote, fmt.Sprintf(":%d", remote)) {
				key = connectionOf(k)
			}
		}
	}
	n := h.counts[key]
	if n == nil || n.over(s, out) {
		n = &ssCounts{}
		h.counts[key] = n
	}
	n.count(s, out)
}

func connection(localPort, remote string) string { return localPort + " " + remote }

// write writes the table of a moment: listeners first, then connections, each by age.
func (h *ssHost) write(w io.Writer, now engine.Micros, known map[int]engine.Info) {
	if h.wrote {
		fmt.Fprintln(w)
	}
	h.wrote = true
	fmt.Fprintf(w, "%s %s at %s s\n", h.meta.Name, h.meta.Addr, seconds(now))
	rows := [][]string{{"State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port", ""}}
	details := []string{""}
	for _, s := range h.table.Listed() {
		k := ssSock{s, h.timers[s.ID]}
		rows = append(rows, k.row(now))
		details = append(details, h.details(k, known))
	}
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for i, r := range rows {
		line := pad(r[0], widths[0]) + "  " + pad(r[1], widths[1]) + "  " + pad(r[2], widths[2]) + "  " +
			pad(r[3], -widths[3]) + ":" + pad(r[4], widths[4]) + "  " + pad(r[5], -widths[5]) + ":" + pad(r[6], widths[6]) + "  " + r[7]
		fmt.Fprintln(w, strings.TrimRight(line, " "))
		if details[i] != "" {
			fmt.Fprintln(w, "\t "+details[i])
		}
	}
}

// ssSock is a socket with its armed timers.
type ssSock struct {
	*ss.Socket
	timers map[engine.TimerName]ssTimer
}

func connectionOf(s *ss.Socket) string {
	_, port, _ := strings.Cut(s.Local, ":")
	return connection(port, s.Remote)
}

func (s ssSock) row(now engine.Micros) []string {
	localAddr, localPort, _ := strings.Cut(s.Local, ":")
	peerAddr, peerPort, _ := strings.Cut(s.Remote, ":")
	return []string{
		ss.Name(s.State), fmt.Sprint(s.RecvQ), fmt.Sprint(s.SendQ), localAddr, localPort, peerAddr, peerPort, s.timer(now),
	}
}

// ssTimers are the timers that ss shows, the first that is armed alone (kernel inet_sk_diag_fill). A delayed
// acknowledgment is not among them.
var ssTimers = []struct {
	timer engine.TimerName
	name  string
}{
	{engine.TimerTimeWait, "timewait"},
	{engine.TimerFinWait2, "timewait"},
	{engine.TimerSynAck, "on"},
	{engine.TimerRetransmit, "on"},
	{engine.TimerProbe, "on"},
	{engine.TimerPersist, "persist"},
	{engine.TimerKeepalive, "keepalive"},
}

// timer writes timer:(name, time left, attempts).
func (s ssSock) timer(now engine.Micros) string {
	for _, known := range ssTimers {
		t, armed := s.timers[known.timer]
		if !armed {
			continue
		}
		name := known.name
		if t.rule == engine.RuleFinWait2LongTimer {
			name = "keepalive" // a full socket still
		}
		return fmt.Sprintf("timer:(%s,%s,%d)", name, ssSpan(t.at-now), t.attempt)
	}
	return ""
}

// ssSpan writes a time left as ss does: 119min, 1min59sec, 59sec, 1.500ms, 204ms.
func ssSpan(left engine.Micros) string {
	ms := int64(max(left, 0) / engine.Millisecond)
	minutes, secs, msecs := ms/60_000, ms/1000%60, ms%1000
	text := ""
	if minutes > 0 {
		msecs = 0
		text = fmt.Sprintf("%dmin", minutes)
		if minutes > 9 {
			secs = 0
		}
	}
	if secs > 9 {
		msecs = 0
	}
	switch {
	case secs > 0 && msecs > 0:
		text += fmt.Sprintf("%d.", secs)
	case secs > 0:
		text += fmt.Sprintf("%dsec", secs)
	}
	if msecs > 0 {
		text += fmt.Sprintf("%03dms", msecs)
	}
	return text
}
