package content

import "finwait/engine"

// Durations are how long things last with Linux's defaults, for the texts of the reference: each is taken from a run.
func Durations(rows []*Loss, index *Index) map[string]string {
	timeWait := index.Timers[engine.TimerTimeWait]
	return map[string]string{
		"syn-sent":     Clock(stay(rows, "SYN", true, "", "client", engine.SynSent)),
		"syn-received": Clock(stay(rows, "ACK", true, "", "server", engine.SynReceived)),
		"orphan":       Clock(stay(rows, "first-FIN", true, "close", "client", engine.FinWait1)),
		"held":         Clock(stay(rows, "first-FIN", true, "shutdown", "client", engine.FinWait1)),
		"fin-timeout":  Clock(stay(rows, "second-FIN", true, "close", "client", engine.FinWait2)),
		"last-ack":     Clock(stay(rows, "second-FIN", true, "close", "server", engine.LastAck)),
		"time-wait":    Span(timeWait.Least, timeWait.Most),
	}
}

// Span writes a range of durations: "60 s – 61.8 s", or one where both are the same.
func Span(least, most engine.Micros) string {
	from, to := Clock(least), Clock(most)
	if from == to {
		return from
	}
	return from + " – " + to
}

func lossCell(rows []*Loss, id string, always bool, call string) *LossCell {
	for _, r := range rows {
		for _, c := range r.Cells {
			if r.ID == id && c.Always == always && c.Call == call {
				return c
			}
		}
	}
	return nil
}

// stay is how long the host's connection was in the state, in the cell's run.
func stay(rows []*Loss, id string, always bool, call, host string, state engine.State) engine.Micros {
	from := engine.Micros(-1)
	for _, ev := range lossCell(rows, id, always, call).Log.Events {
		s, ok := ev.Body.(*engine.StateChange)
		switch {
		case !ok || s.Host != host || s.Remote == "*":
		case s.To == state:
			from = ev.T
		case s.From == state && from >= 0:
			return ev.T - from
		}
	}
	return 0
}
