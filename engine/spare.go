package engine

// Sockets and threads whose life is over are used again: a long run needs no more of them than live at once.

// takeSocket gives a socket in CLOSED.
func (h *Host) takeSocket() *socket {
	sk, used := h.sockets.take()
	if used {
		sk.reset()
		return sk
	}
	sk.host, sk.state, sk.opts = h, Closed, &defaultOptions
	sk.out, sk.waiters, sk.buf.parts = sk.room.out[:0], sk.room.waiters[:0], sk.room.parts[:0]
	return sk
}

// giveSocket takes a socket back that nothing refers to any more. One that was a listener is left to the garbage collector,
// for its children may.
func (h *Host) giveSocket(sk *socket) {
	if sk.gone() && sk.fdGone && !sk.bound && len(sk.waiters) == 0 && sk.listener == nil && sk.listening == nil {
		h.sockets.give(sk)
	}
}

// reset makes a socket new. It keeps the room of its queues, and what the agenda has of its timers.
func (sk *socket) reset() {
	clear(sk.out[:cap(sk.out)])
	host, out, waiters, parts, entries := sk.host, sk.out[:0], sk.waiters[:0], sk.buf.parts[:0], [numTimers]Micros{}
	for i := range sk.timers {
		entries[i] = sk.timers[i].entryAt
	}
	*sk = socket{}
	sk.host, sk.state, sk.opts, sk.out, sk.waiters, sk.buf.parts = host, Closed, &defaultOptions, out, waiters, parts
	for i := range sk.timers {
		sk.timers[i].entryAt = entries[i]
	}
}

// takeThread gives a thread that has not begun.
func (h *Host) takeThread() *thread {
	t, _ := h.threads.take()
	entry := t.call.timeout.entryAt
	*t = thread{}
	t.call.timeout.entryAt = entry
	return t
}

// takeTimewait gives an entry that has not begun. It keeps what the agenda has of its timer.
func (h *Host) takeTimewait() *timewait {
	w, _ := h.waits.take()
	entry := w.timer.entryAt
	*w = timewait{host: h}
	w.timer.entryAt = entry
	return w
}
