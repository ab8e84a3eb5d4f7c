package engine

// Sockets and threads whose life is over are used again: a long run needs no more of them than live at once.

// takeSocket gives a socket in CLOSED.
func (h *Host) takeSocket() *socket {
	last := len(h.spareSockets) - 1
	if last < 0 {
		sk := &socket{host: h, state: Closed}
		sk.out, sk.waiters, sk.buf.parts = sk.room.out[:0], sk.room.waiters[:0], sk.room.parts[:0]
		return sk
	}
	sk := h.spareSockets[last]
	h.spareSockets = h.spareSockets[:last]
	sk.reset()
	return sk
}

// giveSocket takes a socket back that nothing refers to any more. One that was a listener is left to the garbage collector,
// for its children may.
func (h *Host) giveSocket(sk *socket) {
	if sk.state == Closed && sk.fdGone && !sk.bound && len(sk.waiters) == 0 && sk.listener == nil && sk.listening == nil {
		h.spareSockets = append(h.spareSockets, sk)
	}
}

// reset makes a socket new. It keeps the room of its queues, and what the agenda has of its timers.
func (sk *socket) reset() {
	clear(sk.out[:cap(sk.out)])
	timers := sk.timers
	*sk = socket{
		host: sk.host, state: Closed,
		out: sk.out[:0], waiters: sk.waiters[:0], buf: rcvBuffer{parts: sk.buf.parts[:0]},
	}
	for i := range timers {
		sk.timers[i] = timers[i].renewed()
	}
}

// takeThread gives a thread that has not begun.
func (h *Host) takeThread() *thread {
	last := len(h.spareThreads) - 1
	if last < 0 {
		return &thread{}
	}
	t := h.spareThreads[last]
	h.spareThreads = h.spareThreads[:last]
	*t = thread{call: pending{timeout: t.call.timeout.renewed()}}
	return t
}

// giveThread takes a thread back that returned: nothing will resume it.
func (h *Host) giveThread(t *thread) { h.spareThreads = append(h.spareThreads, t) }
