package engine

// ports knows what is at each of a host's ports.
type ports struct{ pages [256]*portPage }

// portPage has the ports that share their high byte.
type portPage struct {
	ports [256]port
	freed uint32 // how often somebody gave one of them up
}

// port is what a host knows of one.
type port struct {
	holders *hold         // the first who holds it
	talks   *conversation // the first of those that are kept here
	text    string        // of the host's end here, made when first shown
}

// hold is what a socket, or what is left of one in TIME-WAIT, has of its local port: a place among the port's holders.
type hold struct {
	prev, next *hold
	sock       *socket // nil where what is left of one holds the port, with the next two
	addr       Addr
	reuseAddr  bool
}

// at gives a port.
func (p *ports) at(number uint16) *port {
	return &p.page(number).ports[number&255]
}

func (p *ports) page(number uint16) *portPage {
	page := &p.pages[number>>8]
	if *page == nil {
		*page = new(portPage)
	}
	return *page
}

// add puts a hold before the others of its port.
func (p *ports) add(number uint16, it *hold) {
	first := &p.at(number).holders
	if it.next = *first; it.next != nil {
		it.next.prev = it
	}
	*first = it
}

func (p *ports) remove(number uint16, it *hold) {
	p.page(number).freed++
	if it.prev != nil {
		it.prev.next = it.next
	} else {
		p.at(number).holders = it.next
	}
	if it.next != nil {
		it.next.prev = it.prev
	}
	*it = hold{}
}

// takeHold takes the socket's local port.
func (sk *socket) takeHold() {
	sk.bound = true
	sk.hold.sock = sk
	sk.host.ports.add(sk.local.port, &sk.hold)
}

// release gives the local port back.
func (sk *socket) release() {
	if sk.bound {
		sk.bound = false
		sk.host.ports.remove(sk.local.port, &sk.hold)
	}
}

// takePort takes over a socket's port.
func (w *timewait) takePort(sk *socket) {
	w.hold.addr, w.hold.reuseAddr = sk.local.addr, sk.opts.reuseAddr
	sk.release()
	w.host.ports.add(w.local.port, &w.hold)
}

// givePort gives it back: to the socket where the program chose it and has the descriptor still.
func (w *timewait) givePort() {
	w.host.ports.remove(w.local.port, &w.hold)
	if w.sock != nil && w.sock.portGiven {
		w.sock.takeHold()
	}
}

// bindConflict says whether another hold on the port forbids the socket to bind or to listen there (kernel
// inet_bind_conflict): SO_REUSEADDR must be set on both, and never beside a listener.
func (h *Host) bindConflict(sk *socket) bool {
	for other := h.ports.at(sk.local.port).holders; other != nil; other = other.next {
		if other.sock == sk {
			continue
		}
		addr, reuse := other.addr, other.reuseAddr
		if other.sock != nil {
			addr, reuse = other.sock.local.addr, other.sock.opts.reuseAddr && other.sock.state != Listen
		}
		differ := sk.local.addr != 0 && addr != 0 && sk.local.addr != addr
		if !differ && !(sk.opts.reuseAddr && reuse) {
			return true
		}
	}
	return false
}

// autobind finds a port for a bind() to port 0, or a listen() without bind().
func (h *Host) autobind(sk *socket) bool {
	if h.replay != nil {
		if port, ok := h.replay.Port(h.name, "*"); ok && h.ports.at(port).holders == nil {
			sk.local.port = port
			return true
		}
	}
	found := h.eachEphemeral(mix(h.seed, 3, sk.local.word()), true, func(port uint16) bool {
		sk.local.port = port
		return h.ports.at(port).holders == nil
	})
	if !found {
		sk.local = endpoint{} // kernel __inet_bind
	}
	return found
}

// portSearch is what a host remembers of its searches for an ephemeral port towards one remote end.
type portSearch struct {
	passed int64 // ports that were passed over so far
	// refused has the pages of which all even ports, or all odd ones, were refused, by the first of them, and what the
	// page's freed was then: it need not be searched again until somebody gives up one of its ports.
	refused map[uint16]uint32
}

// portsOfPage is how many even ports, and how many odd ones, a page has.
const portsOfPage = 128

// eachEphemeral tries the ports of ip_local_port_range from a start that the hash decides, every other one first, as
// Linux does for connect. Of an odd number of ports it never tries the last. The next search with the same hash goes on
// behind the port that was found (kernel __inet_hash_connect, table_perturb). lasting says that a port which is refused
// stays so until somebody gives it up.
func (h *Host) eachEphemeral(hash uint64, lasting bool, try func(port uint16) bool) bool {
	low, high := h.sys[portRangeLow], h.sys[portRangeHigh]
	n := high - low + 1
	if n <= 0 {
		return false
	}
	if n > 1 {
		n &^= 1
	}
	search := h.searches[hash]
	if search == nil {
		search = &portSearch{}
		h.searches[hash] = search
	}
	start := (int64(hash%uint64(n)) + search.passed) &^ 1
	for _, odd := range [2]int64{0, 1} {
		count, first := 0, uint16(0) // of those in a row that were refused, in one page
		for i := odd; i < n; i += 2 {
			offset := (start + i) % n
			port := uint16(low + offset)
			if first != port&^254 {
				count, first = 0, port&^254
				if lasting && port == first && offset+2*portsOfPage <= n && search.knows(&h.ports, first) {
					i += 2 * (portsOfPage - 1)
					continue
				}
			}
			if try(port) {
				search.passed += i + 2
				return true
			}
			if count++; lasting && count == portsOfPage {
				search.note(&h.ports, first)
			}
		}
	}
	return false
}

// knows says that a page's ports from the first on, every other one, were refused, and that none was given up since.
func (s *portSearch) knows(p *ports, first uint16) bool {
	freed, known := s.refused[first]
	return known && freed == p.page(first).freed
}

// note remembers that they were refused.
func (s *portSearch) note(p *ports, first uint16) {
	if s.refused == nil {
		s.refused = map[uint16]uint32{}
	}
	s.refused[first] = p.page(first).freed
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
		if !h.freeFor(sk) {
			sk.local, sk.remote = given, endpoint{}
			return "EADDRNOTAVAIL"
		}
		return ""
	}
	try := func(port uint16) bool {
		sk.local.port = port
		for other := h.ports.at(port).holders; other != nil; other = other.next {
			if other.sock != nil && other.sock.portGiven {
				return false // a bound port is left to its owner
			}
		}
		return h.freeFor(sk)
	}
	found := false
	if h.replay != nil {
		port, ok := h.replay.Port(h.name, remote.String())
		found = ok && try(port)
	}
	if !found && !h.eachEphemeral(mix(h.seed, 4, uint64(sk.local.addr), remote.word()), !h.mayReuse(remote), try) {
		sk.local, sk.remote = endpoint{}, endpoint{}
		return "EADDRNOTAVAIL"
	}
	sk.takeHold()
	return ""
}

// freeFor says whether the socket can have its four-tuple: nobody has it, or what is left of a connection gives way.
func (h *Host) freeFor(sk *socket) bool {
	other, old := h.sim.connection(h, sk.local, sk.remote)
	return other == nil && (old == nil || h.reuseTimeWait(old, sk))
}
