package export

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// Packetdrill writes a host's view of a run as a packetdrill script: its calls with their results, what it sends as
// expected packets, what reaches it as injected ones, each at its time after the line before. What a timer sends has a
// range of times, for a kernel rounds timers up to its tick.
//
// packetdrill follows one connection and blocks in one call at a time. Packetdrill fails where a run can't be told so:
// where the host has no connection or several, talks to itself, blocks in two calls that both have to begin at their
// times, or is not a Linux host; and where the run has no such host.
func Packetdrill(w io.Writer, log *scenario.Log, host string) error {
	return packetdrill(w, log, host, anyTicks)
}

// clock says what is known of the clock of the kernel that a script is for.
type clock bool

const (
	anyTicks  clock = false // nothing: what a timer does has a range of times
	sameTicks clock = true  // its ticks fall as the run's do: each time is the run's
)

func packetdrill(w io.Writer, log *scenario.Log, host string, c clock) error {
	meta, err := hostOf(log, host)
	if err != nil {
		return err
	}
	if meta.Profile != "linux" {
		return refuse(CodeNotTold, "%s follows the profile %s: no kernel would pass its script", "%s 采用 %s 配置，没有内核能通过它的脚本", host, meta.Profile)
	}
	s := &script{log: log, meta: meta, clock: c}
	if err := s.findConnection(); err != nil {
		return err
	}
	s.findSockets()
	if s.endless {
		return refuse(CodeNotTold, "a call at %s does not return: packetdrill waits for each", "%s 上有一个调用没有返回，而 packetdrill 会等每个调用返回", host)
	}
	s.collect()
	if s.clock == anyTicks {
		s.unblock()
	}
	if err := s.oneAtATime(); err != nil {
		return err
	}
	s.head()
	for _, e := range s.entries {
		s.write(e)
	}
	s.outlive()
	_, err = w.Write(s.out.Bytes())
	return err
}

// script is one host's script while it is made.
type script struct {
	log  *scenario.Log
	meta engine.HostMeta
	out  bytes.Buffer
	clock

	local    uint16                      // the connection's port here
	firstSyn int                         // seq of the event by which its first SYN was sent or arrived
	opener   int                         // seq of the connect() that sent it, -1 where the peer opens
	sent     map[int]*engine.SegmentSent // by segment id
	mine     *uint32                     // the first timestamp of each direction
	theirs   *uint32

	calls   map[int]*call // by the call's id
	exits   []pdExit
	endless bool // a call that does more than to wait does not return
	entries []*entry
	leftOut int // calls on sockets apart from the connection's

	begun bool
	last  engine.Micros // time of the line before
	woke  bool          // at that time a packet let a call return
	ends  engine.Micros // when the call that blocks longest ends
}

// entry is one line of the script.
type entry struct {
	at      int           // the log's event that it stands at
	t       engine.Micros // its time
	blocks  bool          // it is a call that blocks
	until   engine.Micros // when a call that blocks returns
	timer   *rounded      // what made it happen, where that was a timer
	text    string
	note    string // a comment behind it
	call    *call  // nil for other lines
	packet  bool   // an expected packet: it may have a range of times
	arrives bool   // an injected packet
	comment bool   // nothing but a comment
}

// rounded is a timer from its setting to its firing. A kernel rounds up to a slot of its timer wheel, by an eighth at
// most, and where the slots are depends on its tick.
type rounded struct{ set, fire engine.Micros }

// What was asked for is at least 8/9 of what the run's host waited, and no kernel waits for more than 9/8 of that.
func (r *rounded) earliest() engine.Micros { return r.set + (r.fire-r.set)*8/9 }
func (r *rounded) latest() engine.Micros   { return r.set + (r.fire-r.set)*9/8 }

// segment is what an event shows the host of a segment, nil for nothing, and whether the host sends it.
func (s *script) segment(ev engine.Event) (seg *engine.SegmentSent, mine bool) {
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		s.sent[b.ID] = b
		if b.From == s.meta.Name {
			return b, true
		}
	case *engine.Deliver:
		if b.Host == s.meta.Name {
			return s.sent[b.ID], false
		}
	}
	return nil, false
}

// findConnection checks that the host has one connection, and notes what the script needs of it.
func (s *script) findConnection() error {
	type ends struct {
		peer          string
		local, remote uint16
	}
	s.sent = map[int]*engine.SegmentSent{}
	s.firstSyn, s.opener = -1, -1
	connections, isns := map[ends]bool{}, map[bool]map[uint32]bool{true: {}, false: {}}
	for _, ev := range s.log.Events {
		b, mine := s.segment(ev)
		if b == nil {
			continue
		}
		e := ends{b.From, b.Dport, b.Sport}
		if mine {
			e = ends{b.To, b.Sport, b.Dport}
		}
		if e.peer == s.meta.Name {
			return refuse(CodeNotTold, "%s talks to itself: packetdrill stands between two hosts", "%s 在和自己通信，而 packetdrill 位于两台主机之间", s.meta.Name)
		}
		connections[e], s.local = true, e.local
		if b.Flags&engine.SYN != 0 {
			isns[mine][b.Abs.Seq] = true
			if s.firstSyn < 0 {
				s.firstSyn = ev.Seq
				if mine {
					s.opener = ev.Cause
				}
			}
		}
		s.noteTimestamp(b, mine)
	}
	if len(connections) == 0 {
		return refuse(CodeNotTold, "nothing of the network is seen at %s", "在 %s 上看不到任何网络活动", s.meta.Name)
	}
	if n := max(len(connections), len(isns[true]), len(isns[false])); n > 1 {
		return refuse(CodeNotTold, "%s has %d connections: a packetdrill script follows one", "%s 有 %d 个连接，而 packetdrill 脚本只跟踪一个", s.meta.Name, n)
	}
	return nil
}

// collect makes the lines, in the log's order.
func (s *script) collect() {
	timers := map[string]*rounded{} // by socket and name
	fired := map[int]*rounded{}     // by the seq of the firing
	add := func(ev engine.Event, e entry) {
		e.at, e.t, e.timer = ev.Seq, ev.T, fired[ev.Cause]
		s.entries = append(s.entries, &e)
	}
	for _, ev := range s.log.Events {
		if b, mine := s.segment(ev); b != nil {
			add(ev, entry{text: s.packetText(b, mine), note: packetNote(b, mine, ev.Rule), packet: mine, arrives: !mine})
			continue
		}
		switch b := ev.Body.(type) {
		case *engine.TimerChange:
			key := fmt.Sprint(b.Host, b.Sock, b.Timer)
			switch b.Action {
			case engine.TimerSet:
				timers[key] = &rounded{ev.T, b.At}
			case engine.TimerFire:
				if s.clock == anyTicks {
					fired[ev.Seq] = timers[key]
				}
			}
		case *engine.CallMade:
			if c := s.calls[b.ID]; c != nil && c.made == ev.Seq {
				if c.before != "" {
					add(ev, entry{text: c.before})
				}
				add(ev, entry{text: c.text, call: c, blocks: c.blocks, until: c.until, comment: c.comment})
			}
		case *engine.Returned:
			fired[ev.Seq] = fired[ev.Cause] // what the program does next waits for it too
			if c := s.calls[b.ID]; c != nil && c.returned == ev.Seq {
				c.timer = fired[ev.Cause]
			}
		case *engine.Process:
			for _, e := range s.exits {
				if e.ev.Seq == ev.Seq {
					if e.sock.waits { // not so at a process's end
						add(ev, entry{text: fmt.Sprintf("setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=0, linger=0}, 8) = 0", e.sock.script), call: &call{name: "setsockopt"}})
					}
					add(ev, entry{text: fmt.Sprintf("close(%d) = 0", e.sock.script), note: e.note, call: &call{name: "close"}})
				}
			}
		default:
			if e, ok := s.other(ev); ok {
				add(ev, e)
			}
		}
	}
}

// other makes the line of an event that is neither a packet nor a call.
func (s *script) other(ev engine.Event) (entry, bool) {
	switch b := ev.Body.(type) {
	case *engine.StateChange:
		if b.Host == s.meta.Name && b.Remote != "*" {
			return entry{text: string(b.To), comment: true}, true
		}
	case *engine.InputApplied:
		if d := b.Do.Sysctl; d != nil && d.Host == s.meta.Name {
			return entry{text: "`sysctl -q -w " + sysctlText(d.Name, d.Value, s.meta) + "`"}, true
		}
		if d := b.Do.PowerOff; d != nil && d.Host == s.meta.Name {
			return entry{text: "the power of " + s.meta.Name + " goes off", comment: true}, true
		}
	}
	return entry{}, false
}

// head writes what comes before the first line.
func (s *script) head() {
	meta := s.log.Events[0].Body.(*engine.Meta)
	name := meta.Scenario.Name
	if name == "" {
		name = s.log.File
	}
	for _, v := range s.log.Vary {
		name += fmt.Sprintf(", %s = %s", v.Name, v.Chosen)
	}
	title := strings.Join(strings.Fields(meta.Title.En), " ")
	if title != "" {
		fmt.Fprintf(&s.out, "// %s\n", title)
	}
	fmt.Fprintf(&s.out, "// %s, seed %d: %s as a packetdrill script, computed by engine %d of finwait.\n", name, meta.Seed, s.meta.Name, meta.Engine)
	tolerance := 10 * engine.Millisecond
	if s.clock == sameTicks {
		tolerance = 5 * engine.Millisecond // a call that takes a moment can reach into the next tick
	}
	fmt.Fprintln(&s.out, "// +0.2~+0.25 is a timer's range: where a kernel rounds it up to depends on its tick.")
	if s.leftOut > 0 {
		fmt.Fprintf(&s.out, "// Calls left out, on other sockets or unknown to packetdrill: %d.\n", s.leftOut)
	}
	fmt.Fprintf(&s.out, "--ip_version=ipv4\n--tolerance_usecs=%d\n\n", tolerance)
	lines := []string{
		`net.ipv4.tcp_rmem="4096 131072 6291456"`, // the receive buffer decides on the window scale
		`net.ipv4.tcp_wmem="4096 87040 4194304"`,
		"net.ipv4.tcp_no_metrics_save=1", // an earlier run says nothing about this one's round trip
	}
	for _, known := range engine.Sysctls {
		if v, ok := s.meta.Sysctl[known.Name]; ok {
			lines = append(lines, sysctlText(known.Name, v, s.meta))
		}
	}
	fmt.Fprintf(&s.out, "`sysctl -q -w %s`\n\n", strings.Join(lines, "\n sysctl -q -w "))
}

// sysctlText writes a setting; the two ends of the port range are one for the kernel.
func sysctlText(name string, value int64, meta engine.HostMeta) string {
	const portRange = "net.ipv4.ip_local_port_range"
	if !strings.HasPrefix(name, portRange+".") {
		return fmt.Sprintf("%s=%d", name, value)
	}
	ends := map[string]int64{}
	for _, known := range engine.Sysctls {
		ends[known.Name] = known.Default
		if v, ok := meta.Sysctl[known.Name]; ok {
			ends[known.Name] = v
		}
	}
	ends[name] = value
	return fmt.Sprintf(`%s="%d %d"`, portRange, ends[portRange+".low"], ends[portRange+".high"])
}

// timeColumn and noteColumn are where a line's text and the comment behind it begin.
const (
	timeColumn = 18
	noteColumn = 94
)

// write writes a line. The first has the time 0, each other one the time since the line before.
func (s *script) write(e *entry) {
	if e.comment {
		fmt.Fprintf(&s.out, "%s// %s\n", pad("", timeColumn), e.text)
		return
	}
	t := e.t
	if e.timer != nil && !e.packet {
		t = e.timer.latest() // by then it has happened
	}
	plus := "+"
	if !s.begun {
		s.begun, s.last, plus = true, t, ""
	}
	s.last = min(s.last, t)
	stamp := plus + short(t-s.last)
	if t == s.last && e.arrives && s.woke {
		stamp, s.woke = plus+short(wakeTime), false
	}
	s.woke = t == s.last && s.woke || s.wakes(e)
	switch {
	case e.blocks:
		stamp += "..." + short(e.until-s.last)
		s.ends = max(s.ends, e.until)
	case e.timer != nil && e.packet && plus != "":
		stamp = rangeStamp(e.timer.earliest()-s.last, e.timer.latest()-s.last)
	}
	s.last = t
	line := pad(stamp, timeColumn-1) + " " + e.text
	if e.note != "" {
		line = pad(line, noteColumn-2) + "  // " + e.note
	}
	fmt.Fprintln(&s.out, strings.TrimRight(line, " "))
}

// wakeTime is what a program gets to return from a call before more arrives; in the model it needs none.
const wakeTime = engine.Millisecond

// wakes says that a packet lets a call return which blocks.
func (s *script) wakes(e *entry) bool {
	return e.arrives && slices.ContainsFunc(s.entries, func(o *entry) bool { return o.blocks && s.log.Events[o.call.returned].Cause == e.at })
}

// rangeStamp writes a range of times, widened to whole milliseconds.
func rangeStamp(from, to engine.Micros) string {
	const ms = engine.Millisecond
	return "+" + short(max(from, 0)/ms*ms) + "~+" + short((max(to, 0)+ms-1)/ms*ms)
}

// outlive lets the script end after its last blocking call: packetdrill wants that.
func (s *script) outlive() {
	if s.ends > s.last {
		wait := (s.ends - s.last) * 9 / 8
		fmt.Fprintf(&s.out, "%s `true`  // by now the call above has returned\n", pad("+"+short(wait), timeColumn-1))
	}
}

// short writes a time in seconds with the digits that it needs: "0.02".
func short(t engine.Micros) string {
	text := strings.TrimRight(seconds(t), "0")
	return strings.TrimSuffix(text, ".")
}
