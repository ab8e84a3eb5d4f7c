package stream

import "time"

// maxSessions bounds how many sessions' charges are remembered. One that is forgotten starts anew.
const maxSessions = 10_000

// budget is a token bucket per session: burst runs at once, then one per interval. It is not safe for concurrent use.
type budget struct {
	burst    int
	interval time.Duration
	// spent holds for each session the time at which its bucket is full again.
	spent *lru[string, time.Time]
}

func newBudget(burst int, interval time.Duration) *budget {
	return &budget{burst: burst, interval: interval, spent: newLRU[string, time.Time](maxSessions)}
}

// charge takes one run off the session's bucket, or says how long it takes until there is one.
func (b *budget) charge(session string, now time.Time) (wait time.Duration, ok bool) {
	full, _ := b.spent.get(session)
	if full.Before(now) {
		full = now
	}
	full = full.Add(b.interval)
	if wait := full.Sub(now) - time.Duration(b.burst)*b.interval; wait > 0 {
		return wait, false
	}
	b.spent.put(session, full, 1)
	return 0, true
}
