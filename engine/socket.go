package engine

import "slices"

// socket is one TCP socket: a listener, or a connection (the TCB of RFC 9293 section 3.3.1). What nearly every segment
// touches stands together, so that ten thousand of them do not wait for memory.
type socket struct {
	host       *Host
	talk       *conversation // with the remote end, from the first segment on
	listener   *socket       // of a child, until it is accepted
	left       *timewait     // all that TCP keeps of the connection; nil while the connection lives
	*listening               // nil but for those that are, or were, listeners
	opts       *socketOptions
	state      State
	local      endpoint
	remote     endpoint
	id         int

	connectState  connectState
	bound         bool  // holds its local port
	hashed        bool  // reachable by its four-tuple
	orphan        bool  // no program will hear of it
	fdGone        bool  // its descriptor was closed
	countedOrphan bool  // in the host's count
	portGiven     bool  // the program chose the local port
	addrGiven     bool  // and the local address
	lingering     bool  // close() waits for it
	dirty         bool  // touched in this step
	timersChanged uint8 // in this step: bit i is of timer i
	timersSet     uint8 // since they were disarmed: likewise
	finQueued     bool
	sndShut       bool // no more data from the program
	rcvShut       bool
	finSeen       bool
	tsOK, sackOK  bool
	wscaleOK      bool
	sndScale      uint8
	rcvScale      uint8
	hasDsack      bool
	rackTimer     bool // rtx runs for RFC 8985's reordering window
	tlpOut        bool // a loss probe is not answered yet
	tlpAgain      bool // it sent the last segment again

	// Sequence numbers and windows (RFC 9293 figures 3 and 4).
	sndUna, sndNxt         uint32
	sndWnd, sndWl1, maxWnd uint32
	iss                    uint32
	writeSeq               uint32 // the next byte that a program writes gets this number
	pushedSeq              uint32 // up to where PSH was set
	sndSmall               uint32 // end of the last small segment sent
	rcvNxt, rcvWup         uint32 // rcvWup: rcvNxt when the window was last advertised
	rcvWnd                 uint32
	irs                    uint32
	copied                 uint32 // up to where the program has read
	tsRecent, tsOff        uint32
	tlpHigh                uint32 // sndNxt when a loss probe went out

	// Queues.
	mss     int     // payload bytes of a full segment
	fullMSS int     // the same where no SACK block goes along
	pathMSS int     // the same by the options of the SYNs
	unsent  int     // index in out of the first that was never sent
	out     []chunk // sent and unacknowledged, then unsent, in sequence order
	recv    []byte  // in order, not read yet
	ofo     []chunk
	waiters []*pending
	room    queueRoom

	// Acknowledging, timing, losing.
	ackState        ackState
	buf             rcvBuffer
	tuning          rcvTuning
	congestion      congestion
	rtt             rttEstimator
	rack            rack
	minRTT          Micros
	rto             ticks // with back-off
	lastSent        ticks // when data was sent last
	lastHeard       Micros
	lastWrite       Micros // when anything was sent last
	tsRecentAt      Micros
	lastOutOfWindow lastAnswer
	retransStamp    Micros // of the first retransmission on time-out since the last progress; 0 is none
	retransmits     int    // how many they are
	backoff         int
	probesOut       int
	keepProbes      int
	loggedRecvQ     int
	loggedSendQ     int
	delivered       int // segments that the peer is known to have got
	timers          [numTimers]timer

	// Seldom needed.
	resends, duplicates int   // segments sent again, and segments of which D-SACKs told
	outOfOrder          int32 // segments that came beyond a gap
	totalRTO            int32
	probesSince         Micros // when the window was first probed; 0 is not yet
	place               int32  // of a child, among its listener's
	numTimeout          int32  // SYN-ACKs sent again on time-out
	followsISN          uint32 // the ISN to use so that it lies beyond a timewait entry's numbers; 0 is none
	lastOfo             uint32 // start of the out-of-order range that grew last
	dsack               [2]uint32
	errno               Errno  // pending error (SO_ERROR)
	synackSent          Micros // of a child: the first SYN-ACK
	synackLast          Micros // and the last
	hold                hold   // of the local port
}

// queueRoom is room for the queues of a connection that does one thing at a time.
type queueRoom struct {
	out     [1]chunk
	waiters [1]*pending
	parts   [1]packet
}

// listening is what a listener has.
type listening struct {
	backlog  int
	acceptQ  fifo[*socket]
	synQ     int
	children row[socket]          // in SYN-RECEIVED
	cookies  map[endpoint]*socket // answered statelessly, by the client's end
	logged   ListenQueue          // last
	loggedAt endpoint             // its Local
}

// socketOptions are what setsockopt sets. Sockets share them, so they never change: who sets one makes new ones.
type socketOptions struct {
	reuseAddr   bool
	nonblock    bool
	nodelay     bool
	keepalive   bool
	linger      bool
	lingerTime  int64 // s
	linger2     int64 // s; 0 is tcp_fin_timeout
	keepIdle    int64 // s; 0 is the sysctl, likewise the next two
	keepIntvl   int64
	keepCount   int64
	userTimeout Micros
	rcvBuf      int
	sndBuf      int
}

// defaultOptions are those of a new socket.
var defaultOptions socketOptions

// newOptions gives the socket options of its own, to be changed at once.
func (sk *socket) newOptions() *socketOptions {
	o := *sk.opts
	sk.opts = &o
	return &o
}

// chunk is a run of sequence space: data of one or more writes, a SYN or a FIN.
type chunk struct {
	data     []byte
	sentAt   Micros // last transmission
	seq      uint32
	sent     int32 // transmissions
	flags    Flags // SYN, FIN, PSH; ACK with a SYN that answers one
	sacked   bool
	lost     bool // held for lost, and not sent again yet
	resent   bool // sent again, and not known to have arrived
	everRetr bool
}

// join gives both runs of bytes in one. Bytes that were written once never change, so a run alone needs no copy.
func join(a, b []byte) []byte {
	if len(a) == 0 {
		return b[:len(b):len(b)]
	}
	return append(a[:len(a):len(a)], b...)
}

func (c *chunk) length() uint32 {
	n := uint32(len(c.data))
	if c.flags&SYN != 0 {
		n++
	}
	if c.flags&FIN != 0 {
		n++
	}
	return n
}

func (c *chunk) end() uint32 { return c.seq + c.length() }

func (h *Host) newSocket() *socket {
	h.socks++
	sk := h.takeSocket()
	sk.id = h.socks
	return sk
}

func (sk *socket) tuple() fourTuple { return fourTuple{sk.local, sk.remote} }

func (sk *socket) localString() string { return sk.host.sim.text(sk.local) }

func (sk *socket) remoteString() string {
	if sk.remote.port == 0 {
		return "*"
	}
	return sk.host.sim.text(sk.remote)
}

// setState moves the socket and says why.
func (sk *socket) setState(to State, rule Rule) {
	from := sk.state
	sk.state = to
	if from == Listen {
		sk.host.listeners = slices.DeleteFunc(sk.host.listeners, func(l *socket) bool { return l == sk })
	} else if to == Listen {
		sk.host.listeners = append(sk.host.listeners, sk)
	}
	sk.touch()
	b := &sk.host.sim.bodies.state
	b.Sock, b.Local, b.Remote, b.Orphan = sk.id, sk.localString(), sk.remoteString(), sk.orphan
	sk.host.logState(b, from, to, rule)
}

// logState logs a step through the state diagram, of what b names.
func (h *Host) logState(b *StateChange, from, to State, rule Rule) {
	b.Host, b.From, b.To = h.name, from, to
	h.emit(rule, b)
}

// recvQ is Recv-Q as ss shows it: bytes received and not read, an unread FIN counting one (kernel tcp_diag_get_info).
func (sk *socket) recvQ() int {
	switch sk.state {
	case Closed, Listen, SynSent, SynReceived:
		return 0
	}
	if sk.left != nil {
		return 0
	}
	return int(sk.rcvNxt - sk.copied)
}

// sendQ is Send-Q as ss shows it: bytes written and not acknowledged, SYN and FIN counting one each.
func (sk *socket) sendQ() int {
	if sk.gone() || sk.listener != nil && sk.state == SynReceived {
		return 0
	}
	return int(sk.writeSeq - sk.sndUna)
}

// hash makes the socket reachable by its four-tuple.
func (sk *socket) hash() {
	if sk.talk == nil {
		sk.talk = sk.host.sim.between(sk.host, sk.local, sk.remote)
	}
	sk.talk.socks[sk.talk.side(sk.local)] = sk
	sk.host.conns++
	sk.hashed = true
}

func (sk *socket) unhash() {
	if sk.hashed {
		sk.talk.socks[sk.talk.side(sk.local)] = nil
		sk.host.conns--
		sk.hashed = false
	}
}

// done deletes the TCB: timers stop, queues are dropped, the four-tuple is free.
func (sk *socket) done(rule Rule) {
	if sk.state == Closed {
		return
	}
	if sk.listener != nil {
		sk.listener.forget(sk)
	}
	for i := range sk.timers {
		sk.disarm(i)
	}
	sk.setState(Closed, rule)
	sk.unhash()
	sk.uncountOrphan()
	sk.dropQueued()
	sk.sndShut, sk.rcvShut = true, true
	if sk.fdGone {
		sk.recv = nil
	}
	if sk.fdGone || !sk.portGiven {
		sk.release() // a port that the program chose stays with the descriptor (kernel tcp_set_state)
	}
}

// dropQueued lets go of what was to be sent and of what came out of order.
func (sk *socket) dropQueued() { sk.out, sk.unsent, sk.ofo = sk.out[:0], 0, nil }

// fail ends the connection with a pending error for the program.
func (sk *socket) fail(errno Errno, rule Rule) {
	sk.errno = errno
	sk.done(rule)
}

// connectState is where connect() stands, apart from TCP's state: a refused socket can connect again.
type connectState uint8

const (
	unconnected connectState = iota
	connecting
	connected
)
