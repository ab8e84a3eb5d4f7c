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
	timers dueTimers
	late   fifo[happening] // inputs
	levels [maxLevels]*level
	filled uint64 // bit i says that level i holds something
	spare  *block
}

const (
	digitBits    = 6
	slotsOfLevel = 1 << digitBits
	maxLevels    = 8
	lastTime     = 1<<(digitBits*maxLevels) - 1 // nine years; runs end before
)

// level has a slot for each value of a digit.
type level struct {
	filled uint64 // bit i says that slot i holds something
	slots  [slotsOfLevel]slot
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

func (a *agenda) put(at Micros, turn turn, what happening) {
	if at <= a.now {
		a.fallDue(at, turn, what)
		return
	}
	at = min(at, lastTime)
	i := uint(bits.Len64(uint64(at^a.now))-1) / digitBits
	l := a.levels[i]
	if l == nil {
		l = new(level)
		a.levels[i] = l
	}
	digit := uint64(at) >> (i * digitBits) % slotsOfLevel
	a.filled |= 1 << i
	l.filled |= 1 << digit
	s := &l.slots[digit]
	b := s.last
	if b == nil || b.n == len(b.entries) {
		b = a.extend(s)
	}
	e := &b.entries[b.n]
	e.at, e.what, e.turn = at, what, turn
	b.n++
}

func (a *agenda) fallDue(at Micros, turn turn, what happening) {
	switch turn {
	case turnDue:
		a.due.push(what)
	case turnLate:
		a.late.push(what)
	default:
		a.timerDue(turn, what.(*timer), at)
	}
}

// next says whether something is left to happen; time is then that of the next.
func (a *agenda) next() bool { return a.due.len() > 0 || a.moveOn() }

// moveOn lets time go on until something is due, if nothing is that was scheduled for the present.
func (a *agenda) moveOn() bool {
	for a.due.len() == 0 && !a.timers.any() && a.late.len() == 0 {
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
	if a.timers.any() {
		return a.timers.pop()
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
			e := &b.entries[k]
			a.put(e.at, e.turn, e.what)
		}
		next := b.next
		b.next, a.spare = a.spare, b
		b = next
	}
}

// extend puts an empty block behind a slot's others.
func (a *agenda) extend(s *slot) *block {
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
	return b
}

// each visits everything that is to come; timers can be void.
func (a *agenda) each(visit func(what happening, of turn)) {
	for _, what := range a.due.waiting() {
		visit(what, turnDue)
	}
	for i := range a.timers.hosts {
		for _, d := range a.timers.hosts[i].waiting() {
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
