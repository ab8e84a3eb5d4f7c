package verify

import (
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// Difference is one place where the engine's log and the trace part.
type Difference struct {
	What string `json:"what"` // "segment", "order", "time", "state", "call", "return" or "accept queue"
	Line int    `json:"line"` // of the trace, counted from 0; -1 where only the engine has the event
	Seq  int    `json:"seq"`  // of the engine's event; -1 where only the trace has it
	Want string `json:"kernel"`
	Got  string `json:"engine"`
}

// comparison holds both logs and what was found to be the same event in both.
type comparison struct {
	trace  *Trace
	events []engine.Event
	end    engine.Micros

	fates    map[int]string // of the engine's segments, by segment id
	lineOf   map[int]int    // trace line by the engine event's seq
	lineOfID map[int]int    // trace line by segment id
	pairs    []pair         // matched segments in trace order
	found    []Difference
}

type pair struct {
	line, seq int
	flow      string
	conn      string
}

// Compare says where the engine's log differs from the trace, by the rules of the traces' README, first difference first.
func Compare(t *Trace, events []engine.Event) []Difference {
	c := align(t, events)
	c.order()
	c.calls()
	c.returns()
	c.states()
	c.acceptQueues()
	c.times()
	slices.SortStableFunc(c.found, func(a, b Difference) int { return int(c.timeOf(a) - c.timeOf(b)) })
	return c.found
}

// align pairs the segments of both logs.
func align(t *Trace, events []engine.Event) *comparison {
	c := &comparison{
		trace: t, events: events, end: t.Records[len(t.Records)-1].T,
		fates: map[int]string{}, lineOf: map[int]int{}, lineOfID: map[int]int{},
	}
	for _, e := range events {
		switch b := e.Body.(type) {
		case *engine.SegmentSent:
			c.fates[b.ID] = "delivered"
		case *engine.Fate:
			c.fates[b.ID] = string(b.Fate)
		}
	}
	c.segments()
	return c
}

func (c *comparison) timeOf(d Difference) engine.Micros {
	if d.Line >= 0 {
		return c.trace.Records[d.Line].T
	}
	return c.events[d.Seq].T
}

func (c *comparison) differ(what string, line, seq int, want, got string) {
	c.found = append(c.found, Difference{what, line, seq, want, got})
}

// beyond says that the trace may have ended before the engine's event: its timers can be late by a turn of the wheel.
func (c *comparison) beyond(t engine.Micros) bool { return t > c.end-tolerance(c.end) }

// segments compares each direction's sequence of (flags, seq, ack, len, fate).
func (c *comparison) segments() {
	want, got := map[string][]int{}, map[string][]int{}
	var flows []string
	add := func(m map[string][]int, flow string, i int) {
		if want[flow] == nil && got[flow] == nil {
			flows = append(flows, flow)
		}
		m[flow] = append(m[flow], i)
	}
	for line, r := range c.trace.Records {
		if r.Kind == "segment" {
			add(want, fmt.Sprintf("%s:%d>%s:%d", r.From, r.Sport, r.To, r.Dport), line)
		}
	}
	for seq, e := range c.events {
		if s, ok := e.Body.(*engine.SegmentSent); ok {
			add(got, fmt.Sprintf("%s:%d>%s:%d", s.From, s.Sport, s.To, s.Dport), seq)
		}
	}
	for _, flow := range flows {
		c.oneFlow(flow, want[flow], got[flow])
	}
	slices.SortFunc(c.pairs, func(a, b pair) int { return a.line - b.line })
}

func (c *comparison) oneFlow(flow string, lines, seqs []int) {
	from, to, _ := strings.Cut(flow, ">")
	conn := strings.Join(slices.Sorted(slices.Values([]string{from, to})), " ")
	for i, line := range lines {
		want := c.tracedSegment(line)
		if i >= len(seqs) {
			c.differ("segment", line, -1, want, "nothing more in this direction")
			return
		}
		if got := c.engineSegment(seqs[i]); got != want {
			c.differ("segment", line, seqs[i], want, got)
			return
		}
		c.lineOf[seqs[i]] = line
		c.lineOfID[c.events[seqs[i]].Body.(*engine.SegmentSent).ID] = line
		c.pairs = append(c.pairs, pair{line, seqs[i], flow, conn})
	}
	if len(seqs) > len(lines) {
		if extra := seqs[len(lines)]; !c.beyond(c.events[extra].T) {
			c.differ("segment", -1, extra, "nothing more in this direction", c.engineSegment(extra))
		}
	}
}

func (c *comparison) tracedSegment(line int) string {
	r := c.trace.Records[line]
	return segmentText(r.From, r.Flags, r.Seq, r.Ack, r.Len, r.Fate)
}

func (c *comparison) engineSegment(seq int) string {
	s := c.events[seq].Body.(*engine.SegmentSent)
	return segmentText(s.From, s.Flags.String(), s.Seqno, s.Ackno, s.Len, c.fates[s.ID])
}

func segmentText(from, flags string, seq, ack int64, n int, fate string) string {
	return fmt.Sprintf("%s %s seq %d ack %d len %d %s", from, flags, seq, ack, n, fate)
}

// order compares across directions, where the trace's times are more than 1 ms apart.
func (c *comparison) order() {
	for i, a := range c.pairs {
		for _, b := range c.pairs[i+1:] {
			apart := c.trace.Records[b.line].T - c.trace.Records[a.line].T
			if a.conn == b.conn && a.flow != b.flow && apart > engine.Millisecond && a.seq > b.seq {
				c.differ("order", b.line, b.seq, c.tracedSegment(a.line)+" before "+c.tracedSegment(b.line), "the other way round")
				return
			}
		}
	}
}

// calls holds that the engine was given every call: one whose awaited event never came would not be noticed by a return
// that the trace does not have either.
func (c *comparison) calls() {
	made := map[string]bool{}
	for _, e := range c.events {
		if b, ok := e.Body.(*engine.CallMade); ok {
			made[callKey(b.Host, b.Proc, b.ID)] = true
		}
	}
	for line, r := range c.trace.Records {
		if r.Kind == "call" && r.Call != "kill" && !made[callKey(r.Host, r.Proc, r.ID)] {
			c.differ("call", line, -1, fmt.Sprintf("%s: %s %d", r.Proc, r.Call, r.ID), "never made: what it waited for did not happen")
		}
	}
}

// returns compares ret and errno call by call; descriptors may have any number.
func (c *comparison) returns() {
	got := map[string]int{}
	for seq, e := range c.events {
		if r, ok := e.Body.(*engine.Returned); ok {
			got[callKey(r.Host, r.Proc, r.ID)] = seq // of recv_eof_close the last counts
		}
	}
	for line, r := range c.trace.Records {
		if r.Kind != "return" || r.ID < 0 {
			continue
		}
		key := callKey(r.Host, r.Proc, r.ID)
		seq, ok := got[key]
		if !ok {
			c.differ("return", line, -1, returnText(r), "no return")
			continue
		}
		delete(got, key)
		b := c.events[seq].Body.(*engine.Returned)
		if !sameReturn(r, b) {
			c.differ("return", line, seq, returnText(r), fmt.Sprintf("%s: %s %d = %d %s%s", b.Proc, b.Call, b.ID, b.Ret, b.Errno, b.Out))
			continue
		}
		c.lineOf[seq] = line
	}
	for line, r := range c.trace.Records {
		if r.Kind != "call" {
			continue
		}
		if seq, ok := got[callKey(r.Host, r.Proc, r.ID)]; ok && !c.beyond(c.events[seq].T) {
			b := c.events[seq].Body.(*engine.Returned)
			c.differ("return", line, seq, "no return", fmt.Sprintf("%s: %s %d = %d %s%s", b.Proc, b.Call, b.ID, b.Ret, b.Errno, b.Out))
		}
	}
}

func returnText(r Record) string {
	return fmt.Sprintf("%s: %s %d = %v %s", r.Proc, r.Call, r.ID, r.Ret, r.Errno)
}

func sameReturn(r Record, b *engine.Returned) bool {
	if r.Errno != string(b.Errno) {
		return false
	}
	switch ret := r.Ret.(type) {
	case float64:
		if r.Call == "getsockopt" && b.Errno == "" {
			return b.Out == fmt.Sprint(ret) || ret != 0 && errnoNumbers[b.Out] == ret
		}
		return int64(ret) == b.Ret
	case string:
		if r.Call == "socket" || r.Call == "accept" {
			return b.Ret >= 0
		}
		return b.Out == ret || ret == "" && b.Out == "0" // a poll() that found nothing
	}
	return r.Ret == nil && b.Ret == -1
}

// errnoNumbers are Linux's numbers of the errors that a socket can have pending.
var errnoNumbers = map[string]float64{
	"EPIPE": 32, "ECONNABORTED": 103, "ECONNRESET": 104, "ETIMEDOUT": 110, "ECONNREFUSED": 111, "EHOSTUNREACH": 113,
}

// brief is how long a state may have lasted that the sampled trace does not show.
const brief = 5 * engine.Millisecond

// entry is a state or a queue length of one socket, with the time it began.
type entry struct {
	value string
	at    engine.Micros
	index int // line or seq
}

// states compares each socket's states in order.
func (c *comparison) states() {
	want, got := map[string][]entry{}, map[string][]entry{}
	for line, r := range c.trace.Records {
		if r.Kind == "state" {
			key := r.Host + " " + r.Local + " " + r.Remote
			want[key] = append(want[key], entry{r.To, r.T, line})
		}
	}
	for seq, e := range c.events {
		if s, ok := e.Body.(*engine.StateChange); ok {
			key := s.Host + " " + s.Local + " " + s.Remote
			got[key] = append(got[key], entry{stateName(s.To), e.T, seq})
		}
	}
	c.walk("state", want, got)
}

// acceptQueues compares the lengths of each listener's accept queue in order.
func (c *comparison) acceptQueues() {
	want, got := map[string][]entry{}, map[string][]entry{}
	add := func(m map[string][]entry, key string, n int, at engine.Micros, index int) {
		v := fmt.Sprint(n)
		if list := m[key]; len(list) == 0 || list[len(list)-1].value != v {
			m[key] = append(list, entry{v, at, index})
		}
	}
	for line, r := range c.trace.Records {
		if r.Kind == "queue" {
			add(want, r.Host+" "+r.Local, r.AcceptQueue, r.T, line)
		}
	}
	for seq, e := range c.events {
		if q, ok := e.Body.(*engine.ListenQueue); ok {
			add(got, q.Host+" "+q.Local, q.Accept, e.T, seq)
		}
	}
	c.walk("accept queue", want, got)
}

// walk aligns two sequences of each socket: what only the engine shows must have been brief.
func (c *comparison) walk(what string, want, got map[string][]entry) {
	keys := map[string]bool{}
	for k := range want {
		keys[k] = true
	}
	for k := range got {
		keys[k] = true
	}
	names := make([]string, 0, len(keys))
	for k := range keys {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, key := range names {
		c.walkOne(what, key, want[key], got[key])
	}
}

// walkOne looks for a way to lay the trace's values along the engine's. Of the engine's may be passed over what was brief,
// what repeats the value matched before it, and what the trace ended too early to show.
func (c *comparison) walkOne(what, key string, want, got []entry) {
	a := alignment{c: c, want: want, got: got, dead: map[[2]int]bool{}, chosen: make([]int, len(want))}
	if a.match(0, 0) {
		for i, j := range a.chosen {
			c.lineOf[got[j].index] = want[i].index
		}
		return
	}
	d := Difference{What: what, Line: -1, Seq: -1, Want: key + ": nothing more", Got: key + ": nothing more"}
	if a.farWant < len(want) {
		d.Line, d.Want = want[a.farWant].index, key+": "+want[a.farWant].value
	}
	if a.farGot < len(got) {
		d.Seq, d.Got = got[a.farGot].index, key+": "+got[a.farGot].value
	}
	c.found = append(c.found, d)
}

// alignment is a search for a common reading of two sequences; the farthest place reached is where they part.
type alignment struct {
	c               *comparison
	want, got       []entry
	dead            map[[2]int]bool
	chosen          []int
	farWant, farGot int
}

func (a *alignment) match(i, j int) bool {
	if i > a.farWant || i == a.farWant && j > a.farGot {
		a.farWant, a.farGot = i, j
	}
	if j == len(a.got) {
		return i == len(a.want)
	}
	if a.dead[[2]int{i, j}] {
		return false
	}
	if i < len(a.want) && a.want[i].value == a.got[j].value {
		a.chosen[i] = j
		if a.match(i+1, j+1) {
			return true
		}
	}
	if a.passes(i, j) && a.match(i, j+1) {
		return true
	}
	a.dead[[2]int{i, j}] = true
	return false
}

// passes says whether the engine's entry j may go without one in the trace, when i of the trace's are matched.
func (a *alignment) passes(i, j int) bool {
	if a.c.beyond(a.got[j].at) || i > 0 && a.want[i-1].value == a.got[j].value {
		return true
	}
	return j+1 < len(a.got) && a.got[j+1].at-a.got[j].at < brief
}
