package engine

// Host is one machine: its processes, its sockets and its TCP. It asks nobody: time, segments and calls come in; events and
// segments go out to the simulation as they arise.
type Host struct {
	name     string
	addr     Addr
	addrText string
	linux    bool
	tick     Micros // of the clock that timers run on
	phase    Micros // how far the clock was into a tick at time 0
	seed     uint64
	sys      [numSysctls]int64
	names    map[string]Addr // host names, for connect
	off      bool            // powered off
	replay   Replay          // nil but in a replay

	// The link's way out of here.
	cut         bool
	lastArrival Micros // in a replay

	sim     *Sim
	index   turn // among the simulation's hosts
	now     Micros
	armings uint64 // of timers, so far

	socks      int // numbers given so far
	conns      int // connections that segments find
	ports      ports
	listeners  []*socket
	searches   map[uint64]*portSearch // for ephemeral ports, by what they began with
	procs      []*process
	dirty      []*socket   // touched in this step
	dirtyWaits []*timewait // likewise
	orphans    int
	timewaits  int // entries

	sockets pool[socket]
	waits   pool[timewait]
	threads pool[thread]
}

type endpoint struct {
	addr Addr
	port uint16
}

func (e endpoint) String() string { return endpointText(e.addr.String(), e.port) }

func endpointText(addr string, port uint16) string {
	b := append(append(make([]byte, 0, len("255.255.255.255:65535")+mostDigits), addr...), ':')
	return string(decimal(b, int64(port)))
}

type fourTuple struct{ local, remote endpoint }

func newHost(s *Sim, c HostConfig) (*Host, error) {
	addr, err := ParseAddr(c.Addr)
	if err != nil {
		return nil, err
	}
	h := &Host{
		sim: s, name: c.Name, addr: addr, addrText: addr.String(), linux: true, tick: 4 * Millisecond, seed: uint64(s.config.Seed), sys: defaultSysctls(), names: s.names,
		replay: s.config.Replay, phase: s.config.Phase,
		searches: map[uint64]*portSearch{},
	}
	switch c.Profile {
	case "", "linux":
	case "rfc9293":
		h.linux, h.tick = false, Millisecond
	default:
		return nil, &SysctlError{c.Profile, "there is no such profile: use linux or rfc9293"}
	}
	for _, s := range Sysctls { // in a fixed order
		if v, ok := c.Sysctl[s.Name]; ok {
			if err := h.setSysctl(s.Name, v); err != nil {
				return nil, err
			}
		}
	}
	for n, v := range c.Sysctl {
		if err := CheckSysctl(n, v); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *Host) setSysctl(name string, v int64) error {
	i, err := findSysctl(name, v)
	if err == nil {
		h.sys[i] = v
	}
	return err
}

// emit logs an event of the host's. Once the power is off nothing it does can be seen.
func (h *Host) emit(rule Rule, b Body) int {
	if h.off {
		return -1
	}
	return h.sim.emit(rule, b)
}

// alarm fires a timer.
func (sk *socket) alarm(now Micros, t *timer) {
	sk.host.now = now
	sk.touch()
	sk.fire(t)
	sk.host.settle()
}

// alarm tries a call again whose time-out fired.
func (p *pending) alarm(now Micros, _ *timer) {
	h := p.proc.host
	h.now = now
	h.try(p)
	h.settle()
}

// Receive takes a segment that arrived.
func (h *Host) Receive(now Micros, seg *Segment) {
	h.now = now
	if h.off {
		return
	}
	if seg.talk == nil { // it comes from outside of the simulation
		seg.talk = h.sim.between(h, seg.src(), seg.dst())
	}
	h.arrive(seg)
	h.settle()
}

// settle ends a step: calls that can go on do so, and the log learns the net effect on timers and queues.
func (h *Host) settle() {
	if len(h.dirtyWaits) > 0 {
		h.settleWaits()
	}
	for i := 0; i < len(h.dirty); i++ { // trying a call can touch further sockets
		sk := h.dirty[i]
		sk.dirty = false
		if len(sk.waiters) > 0 {
			sk.retryWaiters()
		}
		if !sk.dirty {
			sk.logStep()
			h.giveSocket(sk)
		}
	}
	h.dirty = h.dirty[:0]
}

// touch marks a socket as changed in this step.
func (sk *socket) touch() {
	if !sk.dirty {
		sk.dirty = true
		sk.host.dirty = append(sk.host.dirty, sk)
	}
}

// logStep logs what changed of a socket's timers and queues since the last step.
func (sk *socket) logStep() {
	h := sk.host
	if sk.timersChanged != 0 {
		sk.logTimers()
	}
	if sk.left != nil {
		sk.left.logStep()
	}
	if sk.listening != nil && sk.state == Listen {
		sk.logListen()
		return
	}
	if recvq, sendq := sk.recvQ(), sk.sendQ(); recvq != sk.loggedRecvQ || sendq != sk.loggedSendQ {
		sk.loggedRecvQ, sk.loggedSendQ = recvq, sendq
		q := &h.sim.bodies.queue
		q.Host, q.Sock, q.Local, q.RecvQ, q.SendQ = h.name, sk.id, sk.localString(), recvq, sendq
		h.emit("", q)
	}
}

// logListen logs a listener's queues if they changed. A connection is in the accept queue even when a program waits for it.
func (sk *socket) logListen() {
	q := &sk.logged
	if q.Accept == sk.acceptQ.len() && q.Syn == sk.synQ && q.Backlog == sk.backlog && sk.loggedAt == sk.local && q.Sock != 0 {
		return
	}
	sk.loggedAt = sk.local
	*q = ListenQueue{sk.host.name, sk.id, sk.localString(), sk.acceptQ.len(), sk.synQ, sk.backlog}
	sk.host.emit("", q)
}

// mix is a hash with good avalanche (the finalizer of MurmurHash3), chained over its words.
func mix(words ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range words {
		h ^= w
		h ^= h >> 33
		h *= 0xff51afd7ed558ccd
		h ^= h >> 33
		h *= 0xc4ceb9fe1a85ec53
		h ^= h >> 33
	}
	return h
}

func (e endpoint) word() uint64 { return uint64(e.addr)<<16 | uint64(e.port) }

// isn is the initial sequence number of RFC 6528: a keyed hash of the four-tuple plus a clock that ticks every 64 ns.
func (h *Host) isn(t fourTuple) uint32 {
	if h.replay != nil {
		if n, ok := h.replay.ISN(t.local.String(), t.remote.String()); ok {
			return n
		}
	}
	return uint32(mix(h.seed, 1, t.local.word(), t.remote.word())) + uint32(h.now*1000/64)
}

// tsOffset starts the timestamp clock of a four-tuple at a value of its own (kernel secure_tcp_ts_off).
func (h *Host) tsOffset(t fourTuple) uint32 {
	return uint32(mix(h.seed, 2, t.local.word(), t.remote.word()))
}
