package sandbox

import "slices"

// queue holds what waits, by session. It gives the next one to the session with the fewest running, and among those to
// the one that has waited longest for a turn.
type queue struct {
	sessions []*line // those with someone waiting or running, the longest without a turn first
	waiting  int
}

type line struct {
	session string
	running int
	tickets []*ticket
}

// ticket is one job in the queue.
type ticket struct {
	job  Job
	line *line
	done chan outcome
}

func (q *queue) of(session string) *line {
	for _, l := range q.sessions {
		if l.session == session {
			return l
		}
	}
	l := &line{session: session}
	q.sessions = append(q.sessions, l)
	return l
}

func (q *queue) push(session string, j Job) *ticket {
	l := q.of(session)
	t := &ticket{job: j, line: l, done: make(chan outcome, 1)}
	l.tickets = append(l.tickets, t)
	q.waiting++
	return t
}

// pop takes the next ticket whose session has fewer than most running; nil is none.
func (q *queue) pop(most int) *ticket {
	best := -1
	for i, l := range q.sessions {
		if len(l.tickets) > 0 && l.running < most && (best < 0 || l.running < q.sessions[best].running) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	l := q.sessions[best]
	q.sessions = append(slices.Delete(q.sessions, best, best+1), l)
	t := l.tickets[0]
	l.tickets = l.tickets[1:]
	l.running++
	q.waiting--
	return t
}

// finish gives a session its turn back.
func (q *queue) finish(t *ticket) {
	t.line.running--
	q.tidy(t.line)
}

// leave takes a ticket out that has not had its turn; false says that it has.
func (q *queue) leave(t *ticket) bool {
	i := slices.Index(t.line.tickets, t)
	if i < 0 {
		return false
	}
	t.line.tickets = slices.Delete(t.line.tickets, i, i+1)
	q.waiting--
	q.tidy(t.line)
	return true
}

func (q *queue) tidy(l *line) {
	if l.running == 0 && len(l.tickets) == 0 {
		q.sessions = slices.DeleteFunc(q.sessions, func(o *line) bool { return o == l })
	}
}
