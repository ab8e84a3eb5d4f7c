package engine

// ports knows who holds each local port. The holders of a port are linked through the sockets.
type ports struct{ pages [256]*portPage }

// portPage has the first holders of the ports that share their high byte.
type portPage [256]*socket

// holders gives the first socket that holds a port.
func (p *ports) holders(port uint16) *socket {
	page := p.pages[port>>8]
	if page == nil {
		return nil
	}
	return page[port&255]
}

// hold takes the socket's local port.
func (sk *socket) hold() {
	sk.bound = true
	port := sk.local.port
	page := &sk.host.ports.pages[port>>8]
	if *page == nil {
		*page = new(portPage)
	}
	first := &(*page)[port&255]
	if sk.nextHolder = *first; *first != nil {
		(*first).prevHolder = sk
	}
	*first = sk
}

// release gives the local port back.
func (sk *socket) release() {
	if !sk.bound {
		return
	}
	sk.bound = false
	if sk.prevHolder != nil {
		sk.prevHolder.nextHolder = sk.nextHolder
	} else {
		port := sk.local.port
		sk.host.ports.pages[port>>8][port&255] = sk.nextHolder
	}
	if sk.nextHolder != nil {
		sk.nextHolder.prevHolder = sk.prevHolder
	}
	sk.prevHolder, sk.nextHolder = nil, nil
}

// bindConflict says whether another socket's hold on the port forbids this one to bind or to listen there (kernel
// inet_bind_conflict): SO_REUSEADDR must be set on both, and never beside a listener.
func (h *Host) bindConflict(sk *socket) bool {
	for other := h.ports.holders(sk.local.port); other != nil; other = other.nextHolder {
		if other == sk || sk.local.addr != 0 && other.local.addr != 0 && sk.local.addr != other.local.addr {
			continue
		}
		if !sk.opts.reuseAddr || !other.opts.reuseAddr || other.state == Listen {
			return true
		}
	}
	return false
}

// autobind finds a port for a bind() to port 0, or a listen() without bind().
func (h *Host) autobind(sk *socket) bool {
	return h.eachEphemeral(mix(h.seed, 3, sk.local.word()), func(port uint16) bool {
		sk.local.port = port
		return h.ports.holders(port) == nil
	})
}

// eachEphemeral tries the ports of ip_local_port_range from a start that the hash decides, every other one first, as
// Linux does for connect. Of an odd number of ports it never tries the last. The next search with the same hash goes on
// behind the port that was found (kernel __inet_hash_connect, table_perturb).
func (h *Host) eachEphemeral(hash uint64, try func(port uint16) bool) bool {
	low, high := h.sys[portRangeLow], h.sys[portRangeHigh]
	n := high - low + 1
	if n <= 0 {
		return false
	}
	if n > 1 {
		n &^= 1
	}
	passed := h.portsPassed[hash]
	if passed == nil {
		passed = new(int64)
		h.portsPassed[hash] = passed
	}
	start := (int64(hash%uint64(n)) + *passed) &^ 1
	for _, odd := range [2]int64{0, 1} {
		for i := odd; i < n; i += 2 {
			if try(uint16(low + (start+i)%n)) {
				*passed += i + 2
				return true
			}
		}
	}
	return false
}

// chooseLocal completes the four-tuple of an active open, or says why it can't.
func (h *Host) chooseLocal(sk *socket, remote endpoint) Errno {
	given := sk.local
	sk.remote, sk.talk = remote, nil
	if sk.local.addr == 0 {
		sk.local.addr = h.addr
		if loopback(remote.addr) {
			sk.local.addr = remote.addr
		}
	}
	if sk.bound {
		if old := h.sim.link.talks.connection(h, sk.local, sk.remote); old != nil && !h.reuseTimeWait(old, sk) {
			sk.local, sk.remote = given, endpoint{}
			return "EADDRNOTAVAIL"
		}
		return ""
	}
	try := func(port uint16) bool {
		sk.local.port = port
		for other := h.ports.holders(port); other != nil; other = other.nextHolder {
			if other.portGiven && !other.timeWaiting() {
				return false // a bound port is left to its owner
			}
		}
		old := h.sim.link.talks.connection(h, sk.local, sk.remote)
		return old == nil || h.reuseTimeWait(old, sk)
	}
	found := false
	if h.replay != nil {
		port, ok := h.replay.Port(h.name, remote.String())
		found = ok && try(port)
	}
	if !found && !h.eachEphemeral(mix(h.seed, 4, uint64(sk.local.addr), remote.word()), try) {
		sk.local, sk.remote = endpoint{}, endpoint{}
		return "EADDRNOTAVAIL"
	}
	sk.hold()
	return ""
}

// timeWaiting says that only a timewait entry is left of the socket.
func (sk *socket) timeWaiting() bool { return sk.state == TimeWait || sk.mini }
