package engine

import (
	"math/bits"
)

// timer is one of a socket's, or a sleeping call's, alarms.
//
// The agenda has one live entry of it at most. A timer that is moved to later leaves its entry where it is: when that falls
// due, it is put anew. So the timers that TCP sets with each segment, and that hardly ever fire, cost the agenda next to
// nothing.
type timer struct {
	at            Micros // when it fires; 0 is not armed
	arming        uint64 // among all of the host's: at one time, what was armed first fires first
	entryAt       Micros // of its live entry; 0 is none
	owner         alarmed
	rule          Rule
	loggedAt      Micros // what the log was told last, as the next two
	loggedAttempt uint16
	attempt       uint16
	loggedUse     timerUse
	use           timerUse
	again         bool // armed anew, which the log shows even where the wheel gives the same time
}

// alarmed is whom a timer wakes: a socket, what is left of one, or a waiting call.
type alarmed interface {
	alarm(now Micros, t *timer)
}

// The timers of a socket.
const (
	rtx    = iota // retransmit, probe, persist
	delack        // of an acknowledgment
	gather        // of SACKs that go out together
	slow          // syn-ack, keepalive, fin-wait-2, time-wait
	numTimers
)

// timerUse is what a socket's timer is for.
type timerUse uint8

const (
	forRetransmit timerUse = iota
	forProbe
	forDelack
	forPersist
	forKeepalive
	forFinWait2
	forTimeWait
	forSynAck
)

// timerNames are the uses by their names in the log.
var timerNames = [...]TimerName{
	forRetransmit: TimerRetransmit,
	forProbe:      TimerProbe,
	forDelack:     TimerDelack,
	forPersist:    TimerPersist,
	forKeepalive:  TimerKeepalive,
	forFinWait2:   TimerFinWait2,
	forTimeWait:   TimerTimeWait,
	forSynAck:     TimerSynAck,
}

func (t *timer) armed() bool { return t.at != 0 }

// set arms t, or moves it if it is armed.
func (h *Host) set(t *timer, at Micros) {
	h.armings++
	t.at, t.arming = at, h.armings
	if t.entryAt == 0 || t.entryAt > at {
		t.entryAt = at
		h.sim.agenda.put(at, h.index, t)
	}
}

// stop disarms t; a timer that is not armed stays so.
func (t *timer) stop() { t.at = 0 }

// happen fires t.
func (t *timer) happen(s *Sim) {
	t.stop()
	t.owner.alarm(s.now, t)
}

// dueTimers are the timers of the present time, host by host, each host's in the order of their arming.
type dueTimers struct {
	hosts []fifo[dueTimer]
	n     int // in all, void ones too
}

type dueTimer struct {
	*timer
	byArming uint64
}

// void says that the timer was moved or stopped since.
func (d dueTimer) void() bool { return d.at == 0 || d.arming != d.byArming }

// timerDue takes an entry of a timer that falls due.
func (a *agenda) timerDue(host turn, t *timer, at Micros) {
	if t.entryAt != at {
		return // another entry took its place
	}
	t.entryAt = 0
	switch {
	case !t.armed():
	case t.at > at:
		t.entryAt = t.at
		a.put(t.at, host, t)
	default:
		a.timers.add(host, t)
	}
}

// add puts a timer among those that are due.
func (d *dueTimers) add(host turn, t *timer) {
	for len(d.hosts) <= int(host) {
		d.hosts = append(d.hosts, fifo[dueTimer]{})
	}
	d.n++
	q := &d.hosts[host]
	q.push(dueTimer{t, t.arming})
	list := q.waiting()
	for i := len(list) - 1; i > 0 && list[i-1].byArming > list[i].byArming; i-- {
		list[i-1], list[i] = list[i], list[i-1]
	}
}

// any drops what is void at the front, and says whether something is left.
func (d *dueTimers) any() bool { return d.n > 0 && d.first() != nil }

// first is the queue of which a timer is next; nil is none.
func (d *dueTimers) first() *fifo[dueTimer] {
	for i := range d.hosts {
		for q := &d.hosts[i]; q.len() > 0; d.n-- {
			if !q.waiting()[0].void() {
				return q
			}
			q.pop()
		}
	}
	return nil
}

// pop takes the next, which there must be.
func (d *dueTimers) pop() *timer {
	d.n--
	return d.first().pop().timer
}

// ticks is a span on the host's clock: jiffies of 1/HZ s on Linux.
type ticks int64

// Linux's timer wheel (kernel/time/timer.c) has levels of 64 slots; each level is 8 times as coarse as the one below. A
// timer never fires early, so its expiry is rounded up to the next slot of its level.
const (
	wheelSlotBits  = 6
	wheelLevelBits = 3
	wheelLevels    = 9
)

// wheelExpiry gives the tick at which a timer armed at now for expires fires.
func wheelExpiry(now, expires ticks) ticks {
	delta := max(expires-now, 0)
	level := 0
	for level < wheelLevels-1 && delta >= (1<<wheelSlotBits-1)<<(level*wheelLevelBits) {
		level++
	}
	shift := level * wheelLevelBits
	return (expires>>shift + 1) << shift
}

// inTicks converts µs to ticks, rounded up.
func (h *Host) inTicks(d Micros) ticks {
	return ticks((d + h.tick - 1) / h.tick)
}

func (h *Host) micros(d ticks) Micros { return Micros(d) * h.tick }

// nowTicks is the host's clock: the last tick that has passed.
func (h *Host) nowTicks() ticks { return ticks((h.now + h.phase) / h.tick) }

// expiry is the moment at which a timer of d ticks, armed now, fires.
func (h *Host) expiry(d ticks) Micros {
	if !h.linux {
		return h.now + h.micros(d)
	}
	return h.micros(wheelExpiry(h.nowTicks(), h.nowTicks()+d)) - h.phase
}

// arm sets a socket's timer to fire d ticks from now.
func (sk *socket) arm(i int, use timerUse, d ticks, attempt int, rule Rule) {
	sk.armAt(i, use, sk.host.expiry(d), attempt, rule)
	if i == rtx {
		sk.rackTimer = false
	}
}

func (sk *socket) armAt(i int, use timerUse, at Micros, attempt int, rule Rule) {
	t := &sk.timers[i]
	t.owner, t.use, t.attempt, t.rule = sk, use, uint16(attempt), rule
	sk.host.set(t, at)
	sk.timersChanged |= 1 << i
	sk.timersSet |= 1 << i
	sk.touch()
}

func (sk *socket) disarm(i int) {
	if sk.timersSet&(1<<i) == 0 {
		return
	}
	sk.timersSet &^= 1 << i
	if t := &sk.timers[i]; t.armed() {
		t.stop()
		sk.timersChanged |= 1 << i
		sk.touch()
	}
}

// logTimers tells the log the net effect of what happened to the timers in this step.
func (sk *socket) logTimers() {
	for changed := sk.timersChanged; changed != 0; changed &= changed - 1 {
		sk.host.logTimer(sk.id, &sk.timers[bits.TrailingZeros8(changed)])
	}
	sk.timersChanged = 0
}

// logTimer tells the log what happened to a timer of a socket, by its number, since the last time.
func (h *Host) logTimer(sock int, t *timer) {
	if t.loggedAt != 0 && (!t.armed() || t.loggedUse != t.use) {
		h.logTimerChange(sock, RuleTimerNotNeeded, t.loggedUse, TimerStop, 0, t.loggedAttempt)
		t.loggedAt = 0
	}
	if t.armed() && (t.loggedAt != t.at || t.loggedAttempt != t.attempt || t.again) {
		h.logTimerChange(sock, t.rule, t.use, TimerSet, t.at, t.attempt)
		t.loggedUse, t.loggedAt, t.loggedAttempt, t.again = t.use, t.at, t.attempt, false
	}
}

func (h *Host) logTimerChange(sock int, rule Rule, use timerUse, action TimerAction, at Micros, attempt uint16) int {
	b := &h.sim.bodies.timer
	b.Host, b.Sock, b.Timer, b.Action, b.At, b.Attempt = h.name, sock, timerNames[use], action, at, int(attempt)
	return h.emit(rule, b)
}
