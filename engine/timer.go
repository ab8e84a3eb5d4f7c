package engine

// timer is one of a socket's, or a sleeping call's, alarms. The host's heap holds those that are armed.
type timer struct {
	at      Micros
	order   uint64 // breaks ties: armed earlier fires earlier
	index   int    // in the heap, plus one; 0 is not armed
	name    TimerName
	attempt int
	rule    Rule
	sock    *socket  // nil for a call's time-out
	call    *pending // nil for a socket's timer

	// What the log was told last.
	loggedName    TimerName
	loggedAt      Micros
	loggedAttempt int
	again         bool // armed anew, which the log shows even where the wheel gives the same time
}

func (t *timer) armed() bool { return t.index > 0 }

// timerHeap orders timers by (at, order).
type timerHeap struct {
	ts    []*timer
	count uint64
}

func (h *timerHeap) next() *timer {
	if len(h.ts) == 0 {
		return nil
	}
	return h.ts[0]
}

// set arms t, or moves it if it is armed.
func (h *timerHeap) set(t *timer, at Micros) {
	h.count++
	t.at, t.order = at, h.count
	if !t.armed() {
		h.ts = append(h.ts, t)
		t.index = len(h.ts)
		h.up(t.index - 1)
		return
	}
	h.up(t.index - 1)
	h.down(t.index - 1)
}

// stop disarms t; a timer that is not armed stays so.
func (h *timerHeap) stop(t *timer) {
	if !t.armed() {
		return
	}
	i, last := t.index-1, len(h.ts)-1
	h.swap(i, last)
	h.ts[last] = nil
	h.ts = h.ts[:last]
	t.index = 0
	if i < last {
		h.up(i)
		h.down(i)
	}
}

func (h *timerHeap) less(i, j int) bool {
	a, b := h.ts[i], h.ts[j]
	return a.at < b.at || a.at == b.at && a.order < b.order
}

func (h *timerHeap) swap(i, j int) {
	h.ts[i], h.ts[j] = h.ts[j], h.ts[i]
	h.ts[i].index, h.ts[j].index = i+1, j+1
}

func (h *timerHeap) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.less(i, parent) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *timerHeap) down(i int) {
	for {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < len(h.ts) && h.less(c, least) {
				least = c
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
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
func (sk *socket) arm(t *timer, name TimerName, d ticks, attempt int, rule Rule) {
	t.sock, t.name, t.attempt, t.rule = sk, name, attempt, rule
	sk.host.timers.set(t, sk.host.expiry(d))
	if t == &sk.rtx {
		sk.rackTimer = false
	}
	sk.touch()
}

func (sk *socket) disarm(t *timer) {
	if t.armed() {
		sk.host.timers.stop(t)
		sk.touch()
	}
}

// logTimer tells the log the net effect of what happened to a timer in this step.
func (sk *socket) logTimer(t *timer) {
	if t.loggedAt != 0 && (!t.armed() || t.loggedName != t.name) {
		sk.logTimerChange(RuleTimerNotNeeded, t.loggedName, TimerStop, 0, t.loggedAttempt)
		t.loggedAt = 0
	}
	if t.armed() && (t.loggedAt != t.at || t.loggedAttempt != t.attempt || t.again) {
		sk.logTimerChange(t.rule, t.name, TimerSet, t.at, t.attempt)
		t.loggedName, t.loggedAt, t.loggedAttempt, t.again = t.name, t.at, t.attempt, false
	}
}

func (sk *socket) logTimerChange(rule Rule, name TimerName, action TimerAction, at Micros, attempt int) int {
	b := &sk.host.sim.bodies.timer
	*b = TimerChange{sk.host.name, sk.id, name, action, at, attempt}
	return sk.host.emit(rule, b)
}
