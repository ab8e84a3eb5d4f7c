package engine

// Sockets and threads whose life is over are used again: a long run needs no more of them than live at once.

// takeSocket gives a socket in CLOSED.
func (h *Host) takeSocket() *socket {
	sk, used := h.sockets.take()
	if used {
		sk.reset()
		return sk
	}
	sk.host, sk.state = h, Closed
	sk.out, sk.waiters, sk.buf.parts = sk.room.out[:0], sk.room.waiters[:0], sk.room.parts[:0]
	return sk
}

// giveSocket takes a socket back that nothing refers to any more. One that was a listener is left to the garbage collector,
// for its children may.
func (h *Host) giveSocket(sk *socket) {
	if sk.state == Closed && sk.fdGone && !sk.bound && len(sk.waiters) == 0 && sk.listener == nil && sk.listening == nil {
		h.sockets.give(sk)
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
	t, _ := h.threads.take()
	*t = thread{call: pending{timeout: t.call.timeout.renewed()}}
	return t
}
