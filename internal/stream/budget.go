package stream

import "time"

// maxSessions bounds how many sessions' charges are remembered. One that is forgotten starts anew.
const maxSessions = 10_000

// budget is a token bucket per session: burst at once, then one per interval. It is not safe for concurrent use.
type budget struct {
	burst    int
	interval time.Duration
	// spent holds for each session the time at which its bucket is full again.
	spent *lru[string, time.Time]
}

func newBudget(burst int, interval time.Duration) *budget {
	return &budget{burst: burst, interval: interval, spent: newLRU[string, time.Time](maxSessions)}
}

// charge takes the cost of a run, at most all of a bucket, off the session's, or says how long it takes until there is
// enough.
func (b *budget) charge(session string, cost int, now time.Time) (wait time.Duration, ok bool) {
	full, _ := b.spent.get(session)
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(min(cost, b.burst)) * b.interval)
	if wait := full.Sub(now) - time.Duration(b.burst)*b.interval; wait > 0 {
		return wait, false
	}
	b.spent.put(session, full, 1)
	return 0, true
}
