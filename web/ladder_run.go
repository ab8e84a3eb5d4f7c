package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
)

// ladderRun is what a ladder shows of a run: its hosts, the segments between them, and what happened on each.
type ladderRun struct {
	title    engine.Text
	hosts    []engine.HostMeta // in the order of the screen; one without a name stands for addresses that no host has
	segments []*ladderSegment
	marks    [][]ladderMark // by host, in order of time
	waits    []ladderWait
	lanes    *lanes
	end      engine.Micros
}

// ladderSegment is one trip of a segment; a duplicated one makes two.
type ladderSegment struct {
	id            int
	from, to      int // hosts
	number        int // of its connection; 0 where it has none
	sent, ends    engine.Micros
	arrived, lost bool
	fraction      float64 // of the way, where lost
	startRow      int     // at its start, among what its sender does at that instant: 0, 1, …
	endRow        int     // likewise at its end
	syn, data     bool
	fin, rst      bool
	again         bool // a retransmission
	flags         string
	seqno, ackno  int64
	length        int
}

// ladderMark is something that happened on a host: a state that begins, a call that returned, or a TIME-WAIT that starts
// anew.
type ladderMark struct {
	t       engine.Micros
	state   engine.State
	lane    int    // of the state's connection
	begins  int    // the number of the connection that begins with it, or
	text    string // "close()=0"
	failed  bool
	restart bool
}

// ladderWait is a stay in TIME-WAIT since it was last begun anew; set is what its timer was last set to.
type ladderWait struct {
	host, sock    int
	lane          int
	from, to, set engine.Micros
}

// shownCalls are the calls that touch the connection; the others would only fill the figure.
var shownCalls = map[string]bool{
	"connect": true, "accept": true, "read": true, "recv": true, "write": true, "send": true, "close": true, "shutdown": true,
}

// runReader collects a ladderRun from the events.
type runReader struct {
	ladderRun
	at        map[string]int // the hosts by name
	connected []bool         // whether a host has had a connection, so that its listener is left out
	byID      map[int]*ladderSegment
	rows      map[instant]*rows

	timeWait map[[2]int]engine.Micros // what the TIME-WAIT timer of a host's socket was last set to
}

// instant is a moment on one lifeline.
type instant struct {
	host int
	t    engine.Micros
}

// rows spreads what happens at one instant downwards: segments that leave together, or arrive together, lie one below the
// other; what is sent because of an arrival leaves from where that came in.
type rows struct {
	row     int
	arrival bool // whether the last one was
	any     bool
}

func (r *runReader) row(host int, t engine.Micros, arrival bool) int {
	at := instant{host, t}
	if r.rows[at] == nil {
		r.rows[at] = &rows{}
	}
	here := r.rows[at]
	if here.any && here.arrival == arrival {
		here.row++
	}
	here.any, here.arrival = true, arrival
	return here.row
}

func readRun(events []engine.Event) ladderRun {
	r := runReader{at: map[string]int{}, byID: map[int]*ladderSegment{}, rows: map[instant]*rows{}, timeWait: map[[2]int]engine.Micros{}}
	for _, ev := range events {
		r.end = ev.T
		switch b := ev.Body.(type) {
		case *engine.Meta:
			r.meta(b, events)
		case *engine.SegmentSent:
			r.sent(ev.T, b)
		case *engine.Fate:
			r.fate(ev.T, b)
		case *engine.Deliver:
			r.deliver(ev.T, b)
		case *engine.StateChange:
			r.state(ev.T, b)
		case *engine.TimerChange:
			r.timer(ev.T, b)
		case *engine.Returned:
			r.returned(ev.T, b)
		}
	}
	r.finish()
	return r.ladderRun
}

// meta takes the hosts in the order of the stage: the client on the left, and on the right the server, or who is called.
func (r *runReader) meta(m *engine.Meta, events []engine.Event) {
	r.title, r.lanes = m.Title, newLanes(m)
	var names []string
	for _, h := range m.Hosts {
		names = append(names, h.Name)
	}
	opener, called, nowhere := opening(events)
	left, right := "client", "server"
	if !slices.Contains(names, left) {
		left = opener
	}
	if !slices.Contains(names, right) || left == right {
		right = called
	}
	place := func(name string) int {
		switch name {
		case left:
			return -1
		case right:
			return 1
		}
		return 0
	}
	r.hosts = slices.Clone(m.Hosts)
	slices.SortStableFunc(r.hosts, func(a, b engine.HostMeta) int { return place(a.Name) - place(b.Name) })
	if nowhere {
		r.hosts = append(r.hosts, engine.HostMeta{})
	}
	for i, h := range r.hosts {
		r.at[h.Name] = i
	}
	r.marks, r.connected = make([][]ladderMark, len(r.hosts)), make([]bool, len(r.hosts))
}

// opening is who sends the first SYN and to whom, and whether any segment goes to an address that no host has.
func opening(events []engine.Event) (opener, called string, nowhere bool) {
	for _, ev := range events {
		s, ok := ev.Body.(*engine.SegmentSent)
		if !ok {
			continue
		}
		if opener == "" && s.Flags&engine.SYN != 0 {
			opener, called = s.From, s.To
		}
		nowhere = nowhere || s.To == ""
	}
	return opener, called, nowhere
}

func (r *runReader) sent(t engine.Micros, b *engine.SegmentSent) {
	s := &ladderSegment{
		id: b.ID, from: r.at[b.From], to: r.at[b.To], sent: t, ends: b.Arrives, fraction: lostFraction,
		syn: b.Flags&engine.SYN != 0, fin: b.Flags&engine.FIN != 0, rst: b.Flags&engine.RST != 0, data: b.Len > 0,
		again: b.Retransmission, flags: flagNames(b.Flags), seqno: b.Seqno, ackno: b.Ackno, length: b.Len,
	}
	s.number = r.lanes.numbers[pair(fmt.Sprintf("%s:%d", b.From, b.Sport), fmt.Sprintf("%s:%d", b.To, b.Dport))]
	s.startRow = r.row(s.from, t, false)
	s.endRow = s.startRow
	r.segments = append(r.segments, s)
	r.byID[b.ID] = s
}

func (r *runReader) fate(t engine.Micros, b *engine.Fate) {
	s := r.byID[b.ID]
	if s == nil {
		return
	}
	switch b.Fate {
	case engine.Dropped:
		s.lost = true
		if t > s.sent && s.ends > s.sent {
			s.fraction = float64(t-s.sent) / float64(s.ends-s.sent)
		}
	case engine.Delayed:
		s.ends = b.Arrives
	}
}

func (r *runReader) deliver(t engine.Micros, b *engine.Deliver) {
	s := r.byID[b.ID]
	if s == nil {
		return
	}
	if s.arrived {
		second := *s
		s = &second
		r.segments = append(r.segments, s)
	}
	s.arrived, s.ends, s.endRow = true, t, r.row(s.to, t, true)
}

// state follows the connections of each host, and its listener until there is one.
func (r *runReader) state(t engine.Micros, b *engine.StateChange) {
	host, ok := r.at[b.Host]
	if listener := b.Remote == "*"; !ok || b.From == b.To || listener && r.connected[host] {
		return
	} else if listener {
		r.marks[host] = append(r.marks[host], ladderMark{t: t, state: b.To})
		return
	}
	r.connected[host] = true
	lane, begins := r.lanes.follow(b)
	r.marks[host] = append(r.marks[host], ladderMark{t: t, state: b.To, lane: lane, begins: begins})
	if b.To == engine.TimeWait {
		r.waits = append(r.waits, ladderWait{host: host, sock: b.Sock, lane: lane, from: t, to: -1})
	} else if w := r.open(host, b.Sock); w != nil {
		w.to = t
	}
}

// open is the stay in TIME-WAIT that a socket is in; nil where it is in none.
func (r *runReader) open(host, sock int) *ladderWait {
	for i := range r.waits {
		if w := &r.waits[i]; w.host == host && w.sock == sock && w.to < 0 {
			return w
		}
	}
	return nil
}

// timer takes the length of a wait from its timer, which may be set just before the state changes.
func (r *runReader) timer(t engine.Micros, b *engine.TimerChange) {
	host, ok := r.at[b.Host]
	if !ok || b.Timer != engine.TimerTimeWait || b.Action != engine.TimerSet {
		return
	}
	r.timeWait[[2]int{host, b.Sock}] = b.At - t
	if w := r.open(host, b.Sock); w != nil && t > w.from {
		w.from = t
		r.marks[host] = append(r.marks[host], ladderMark{t: t, text: "2MSL ↺", restart: true})
	}
}

func (r *runReader) returned(t engine.Micros, b *engine.Returned) {
	host, ok := r.at[b.Host]
	if !ok || !shownCalls[b.Call] {
		return
	}
	m := ladderMark{t: t, text: b.Call + "()=" + strconv.FormatInt(b.Ret, 10), failed: b.Ret < 0}
	if b.Errno != "" {
		m.text = b.Call + "() " + string(b.Errno)
	}
	r.marks[host] = append(r.marks[host], m)
}

func (r *runReader) finish() {
	for i := range r.waits {
		w := &r.waits[i]
		if w.to < 0 {
			w.to = r.end
		}
		if w.set = r.timeWait[[2]int{w.host, w.sock}]; w.set == 0 {
			w.set = w.to - w.from
		}
	}
	for host := range r.marks {
		slices.SortStableFunc(r.marks[host], byTime)
	}
}

// class names the kind by which a segment is coloured, and what became of it.
func (s *ladderSegment) class() string {
	kind := "ack"
	switch {
	case s.rst:
		kind = "rst"
	case s.syn:
		kind = "syn"
	case s.fin:
		kind = "fin"
	case s.data:
		kind = "data"
	}
	c := "seg seg-" + kind
	if s.again {
		c += " re"
	}
	if s.lost {
		c += " lost"
	}
	return c
}

// numbers are the segment's figures; a narrow ladder leaves out the acknowledgment of a data segment.
func (s *ladderSegment) numbers(wide bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seq=%d", s.seqno)
	if strings.Contains(s.flags, "ACK") && (wide || s.length == 0) {
		fmt.Fprintf(&b, " ack=%d", s.ackno)
	}
	if s.length > 0 {
		fmt.Fprintf(&b, " len=%d", s.length)
	}
	return b.String()
}

// flagNames writes flags as they are spoken: "FIN,ACK".
func flagNames(f engine.Flags) string {
	var names []string
	for _, n := range []struct {
		flag engine.Flags
		name string
	}{{engine.SYN, "SYN"}, {engine.FIN, "FIN"}, {engine.RST, "RST"}, {engine.PSH, "PSH"}, {engine.ACK, "ACK"}} {
		if f&n.flag != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// axisTime is a time in ms with thin groups of thousands, as the axis has it: "60 330".
func axisTime(t engine.Micros) string {
	s := strconv.FormatFloat(float64(t)/float64(engine.Millisecond), 'f', -1, 64)
	whole, fraction, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if found {
		return whole + "." + fraction[:1]
	}
	return whole
}
