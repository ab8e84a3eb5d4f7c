package engine

// timer is one of a socket's, or a sleeping call's, alarms.
type timer struct {
	at      Micros
	rule    Rule
	sock    *socket  // nil for a call's time-out
	call    *pending // nil for a socket's timer
	armings uint32   // how often it was armed or stopped
	attempt int32
	use     timerUse
	armed   bool
	again   bool // armed anew, which the log shows even where the wheel gives the same time

	// What the log was told last.
	loggedUse     timerUse
	loggedAttempt int32
	loggedAt      Micros
}

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

// set arms t, or moves it if it is armed. Timers of a host that are due at one time fire in the order in which they were
// armed last.
func (h *Host) set(t *timer, at Micros) {
	t.armings++
	t.at, t.armed = at, true
	h.sim.agenda.put(entry{at: at, what: t, turn: h.index, armed: t.armings})
}

// stop disarms t; a timer that is not armed stays so. Its entry in the agenda is void.
func (t *timer) stop() {
	t.armings++
	t.armed = false
}

// is says whether t is armed, and by this arming.
func (t *timer) is(arming uint32) bool { return t.armed && t.armings == arming }

// happen fires t.
func (t *timer) happen(s *Sim) {
	t.stop()
	if t.call != nil {
		t.call.proc.host.wake(s.now, t.call)
	} else {
		t.sock.host.expire(s.now, t)
	}
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
func (sk *socket) arm(t *timer, use timerUse, d ticks, attempt int, rule Rule) {
	t.sock, t.use, t.attempt, t.rule = sk, use, int32(attempt), rule
	sk.host.set(t, sk.host.expiry(d))
	if t == &sk.rtx {
		sk.rackTimer = false
	}
	sk.touch()
}

func (sk *socket) disarm(t *timer) {
	if t.armed {
		t.stop()
		sk.touch()
	}
}

// logTimer tells the log the net effect of what happened to a timer in this step.
func (sk *socket) logTimer(t *timer) {
	if t.loggedAt != 0 && (!t.armed || t.loggedUse != t.use) {
		sk.logTimerChange(RuleTimerNotNeeded, t.loggedUse, TimerStop, 0, t.loggedAttempt)
		t.loggedAt = 0
	}
	if t.armed && (t.loggedAt != t.at || t.loggedAttempt != t.attempt || t.again) {
		sk.logTimerChange(t.rule, t.use, TimerSet, t.at, t.attempt)
		t.loggedUse, t.loggedAt, t.loggedAttempt, t.again = t.use, t.at, t.attempt, false
	}
}

func (sk *socket) logTimerChange(rule Rule, use timerUse, action TimerAction, at Micros, attempt int32) int {
	b := &sk.host.sim.bodies.timer
	*b = TimerChange{sk.host.name, sk.id, timerNames[use], action, at, int(attempt)}
	return sk.host.emit(rule, b)
}
