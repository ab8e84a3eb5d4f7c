package engine

import "math/bits"

// happening is something that will happen: the arrival of a segment, a program's next step, a timer, an input.
type happening interface{ happen(*Sim) }

// agenda holds what is to come, ordered by time. At one time what was scheduled comes first, then timers, host by host,
// then inputs; within each of these, what was put there first.
//
// It is a radix heap, which needs no comparisons because time never goes back. Times are numbers of 64-valued digits; an
// entry lies at the level of the highest digit in which its time differs from the present, in the slot of that digit.
// When nothing is due, time goes on to the earliest entry of the first slot, whose entries are dealt out to lower levels;
// all others still lie where they belong. Entries of one time keep their order on the way.
type agenda struct {
	now    Micros
	due    fifo[happening] // of the present time
	timers []dueTimers
	late   fifo[happening] // inputs
	levels [maxLevels]*level
	filled uint64 // bit i says that level i holds something
	spare  *block
}

const (
	digitBits = 6
	maxLevels = 8
	lastTime  = 1<<(digitBits*maxLevels) - 1 // nine years; runs end before
)

// level has a slot for each value of a digit.
type level struct {
	filled uint64 // bit i says that slot i holds something
	slots  [1 << digitBits]slot
}

// slot is a list of blocks.
type slot struct{ first, last *block }

// block has room for some entries.
type block struct {
	next    *block
	n       int
	entries [15]entry
}

// entry is a happening at a time.
type entry struct {
	at   Micros
	what happening
	turn turn
}

// turn is an entry's place among those of the same time: that of a host's timers is the host's index.
type turn int32

const (
	turnDue  turn = -1
	turnLate turn = -2
)

func (a *agenda) put(e entry) {
	if e.at <= a.now {
		a.fallDue(&e)
		return
	}
	e.at = min(e.at, lastTime)
	i := (bits.Len64(uint64(e.at^a.now)) - 1) / digitBits
	l := a.levels[i]
	if l == nil {
		l = new(level)
		a.levels[i] = l
	}
	digit := uint64(e.at) >> (i * digitBits) & (1<<digitBits - 1)
	a.filled |= 1 << i
	l.filled |= 1 << digit
	s := &l.slots[digit]
	if s.last == nil || s.last.n == len(s.last.entries) {
		a.extend(s)
	}
	s.last.entries[s.last.n] = e
	s.last.n++
}

func (a *agenda) fallDue(e *entry) {
	switch e.turn {
	case turnDue:
		a.due.push(e.what)
	case turnLate:
		a.late.push(e.what)
	default:
		a.timerDue(e.turn, e.what.(*timer), e.at)
	}
}

// next says whether something is left to happen; time is then that of the next.
func (a *agenda) next() bool {
	for a.due.len() == 0 && !a.timersDue() && a.late.len() == 0 {
		if a.filled == 0 {
			return false
		}
		a.advance()
	}
	return true
}

// take gives what is next.
func (a *agenda) take() happening {
	if a.due.len() > 0 {
		return a.due.pop()
	}
	for i := range a.timers {
		if q := &a.timers[i]; q.any() {
			return q.pop().timer
		}
	}
	return a.late.pop()
}

// advance lets time go on to the earliest entry, live or void.
func (a *agenda) advance() {
	i := bits.TrailingZeros64(a.filled)
	l := a.levels[i]
	digit := bits.TrailingZeros64(l.filled)
	if l.filled &^= 1 << digit; l.filled == 0 {
		a.filled &^= 1 << i
	}
	first := l.slots[digit].first
	l.slots[digit] = slot{}
	a.now = first.entries[0].at
	for b := first; b != nil; b = b.next {
		for k := range b.entries[:b.n] {
			a.now = min(a.now, b.entries[k].at)
		}
	}
	for b := first; b != nil; {
		for k := range b.entries[:b.n] {
			a.put(b.entries[k])
		}
		next := b.next
		b.next, a.spare = a.spare, b
		b = next
	}
}

// extend puts an empty block behind a slot's others.
func (a *agenda) extend(s *slot) {
	b := a.spare
	if b == nil {
		b = new(block)
	} else {
		a.spare = b.next
		b.next, b.n = nil, 0
	}
	if s.last == nil {
		s.first = b
	} else {
		s.last.next = b
	}
	s.last = b
}

// each visits everything that is to come; timers can be void.
func (a *agenda) each(visit func(what happening, of turn)) {
	for _, what := range a.due.waiting() {
		visit(what, turnDue)
	}
	for i := range a.timers {
		for _, d := range a.timers[i].waiting() {
			visit(d.timer, turn(i))
		}
	}
	for _, what := range a.late.waiting() {
		visit(what, turnLate)
	}
	for _, l := range a.levels {
		if l == nil {
			continue
		}
		for _, s := range l.slots {
			for b := s.first; b != nil; b = b.next {
				for _, e := range b.entries[:b.n] {
					visit(e.what, e.turn)
				}
			}
		}
	}
}
