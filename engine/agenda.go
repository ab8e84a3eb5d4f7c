package engine

import "math/bits"

// happening is something that will happen: the arrival of a segment, a program's next step, a timer, an input.
type happening interface{ happen(*Sim) }

// agenda holds what is to come, ordered by time. At one time what was scheduled comes first, then timers, host by host,
// then inputs; within each of these, what was put there first.
//
// It is a radix heap, which needs no comparisons because time never goes back: an entry lies in the bucket of the highest
// bit in which its time differs from the present. When time goes on, the lowest bucket is dealt out to those below it;
// the entries of the others still lie where they belong. Entries keep their order on the way.
type agenda struct {
	now     Micros
	due     queue   // of the present time
	timers  []queue // likewise, by host
	late    queue   // likewise
	buckets [64][]entry
	filled  uint64 // bit i says that bucket i holds something
}

// entry is a happening at a time. One of a timer that was set anew or stopped since is void.
type entry struct {
	at    Micros
	what  happening
	turn  turn
	armed uint32 // of a timer: which of its armings this is
}

// turn is an entry's place among those of the same time: that of a host's timers is the host's index.
type turn int32

const (
	turnDue  turn = -1
	turnLate turn = -2
)

func (a *agenda) put(e entry) {
	if e.at <= a.now {
		a.queueOf(e.turn).push(e)
		return
	}
	i := bits.Len64(uint64(e.at^a.now)) - 1
	a.buckets[i] = append(a.buckets[i], e)
	a.filled |= 1 << i
}

func (a *agenda) queueOf(t turn) *queue {
	switch t {
	case turnDue:
		return &a.due
	case turnLate:
		return &a.late
	}
	for len(a.timers) <= int(t) {
		a.timers = append(a.timers, queue{})
	}
	return &a.timers[t]
}

// next finds the queue whose first entry is the next to happen; nil when nothing is left.
func (a *agenda) next() *queue {
	for {
		if !a.due.empty() {
			return &a.due
		}
		for i := range a.timers {
			if q := &a.timers[i]; q.skipVoid() {
				return q
			}
		}
		if !a.late.empty() {
			return &a.late
		}
		if a.filled == 0 {
			return nil
		}
		a.advance()
	}
}

// advance lets time go on to the earliest entry.
func (a *agenda) advance() {
	i := bits.TrailingZeros64(a.filled)
	bucket := a.buckets[i]
	a.buckets[i] = bucket[:0]
	a.filled &^= 1 << i
	a.now = bucket[0].at
	for k := range bucket {
		a.now = min(a.now, bucket[k].at)
	}
	for k := range bucket {
		a.put(bucket[k])
	}
}

// each visits all entries.
func (a *agenda) each(visit func(*entry)) {
	for _, q := range append([]queue{a.due, a.late}, a.timers...) {
		for i := range q.entries[q.head:] {
			visit(&q.entries[q.head+i])
		}
	}
	for _, bucket := range a.buckets {
		for i := range bucket {
			visit(&bucket[i])
		}
	}
}

// queue is first in, first out.
type queue struct {
	entries []entry
	head    int
}

func (q *queue) empty() bool { return q.head == len(q.entries) }

func (q *queue) push(e entry) { q.entries = append(q.entries, e) }

func (q *queue) pop() happening {
	what := q.entries[q.head].what
	if q.head++; q.empty() {
		q.entries, q.head = q.entries[:0], 0
	}
	return what
}

// skipVoid drops what is void at the front of a queue of timers, and says whether something is left.
func (q *queue) skipVoid() bool {
	for !q.empty() {
		e := &q.entries[q.head]
		if !e.void() {
			return true
		}
		q.pop()
	}
	return false
}

func (e *entry) void() bool {
	t, ok := e.what.(*timer)
	return ok && !t.is(e.armed)
}
