package main

import (
	"strconv"

	"finwait/engine"
)

// minimal is the least that could be called a simulator of the same work: an event heap and two ends that know nine states.
// It has no timers but the wait after the last segment, no loss, no options, no windows, no sockets, calls or rules, and
// trusts every segment. So it is the ceiling of what a simulator in Go can reach here, and no peer.
type minimal struct {
	heap  []entry
	slots []arrival
	free  []int32 // slots that are not in use
	count int32   // of entries put into the heap
	spare []*end
	now   engine.Micros
	left  int // lifecycles to begin
	ports uint16
	sink  func(*logged)
	event logged
}

// logged is an event of the minimal simulator.
type logged struct {
	seq      int
	t        engine.Micros
	what     string // sent, arrived or state
	end      *end
	flags    engine.Flags
	from, to uint32 // numbers of a segment
	len      int
}

// end is one end of a connection.
type end struct {
	host   string
	port   uint16
	peer   *end
	state  engine.State
	sndNxt uint32
	rcvNxt uint32
}

// entry is when something will happen, at one time in the order of putting.
type entry struct {
	at          engine.Micros
	order, slot int32
}

// arrival is a segment that arrives, or with no flags a wait that is over.
type arrival struct {
	to       *end
	flags    engine.Flags
	seq, ack uint32
	len      int
}

func (a entry) before(b entry) bool { return a.at < b.at || a.at == b.at && a.order < b.order }

func (m *minimal) put(at engine.Micros, a arrival) {
	if len(m.free) == 0 {
		m.free, m.slots = append(m.free, int32(len(m.slots))), append(m.slots, arrival{})
	}
	m.count++
	e := entry{at, m.count, m.free[len(m.free)-1]}
	m.free = m.free[:len(m.free)-1]
	m.slots[e.slot] = a
	m.heap = append(m.heap, e)
	i := len(m.heap) - 1
	for i > 0 && e.before(m.heap[(i-1)/2]) {
		m.heap[i] = m.heap[(i-1)/2]
		i = (i - 1) / 2
	}
	m.heap[i] = e
}

func (m *minimal) take() arrival {
	first, n := m.heap[0], len(m.heap)-1
	last := m.heap[n]
	m.heap = m.heap[:n]
	i := 0
	for 2*i+1 < n {
		child := 2*i + 1
		if child+1 < n && m.heap[child+1].before(m.heap[child]) {
			child++
		}
		if last.before(m.heap[child]) {
			break
		}
		m.heap[i] = m.heap[child]
		i = child
	}
	if n > 0 {
		m.heap[i] = last
	}
	m.now = first.at
	m.free = append(m.free, first.slot)
	return m.slots[first.slot]
}

// log hands an event to the sink.
func (m *minimal) log(what string, e *end, a *arrival) {
	ev := &m.event
	ev.seq++
	ev.t, ev.what, ev.end = m.now, what, e
	if a != nil {
		ev.flags, ev.from, ev.to, ev.len = a.flags, a.seq, a.ack, a.len
	}
	m.sink(ev)
}

func (m *minimal) move(e *end, to engine.State) {
	e.state = to
	m.log("state", e, nil)
}

// send sends a segment to the other end.
func (m *minimal) send(e *end, flags engine.Flags, n int) {
	a := arrival{to: e.peer, flags: flags, seq: e.sndNxt, ack: e.rcvNxt, len: n}
	if e.sndNxt += uint32(n); flags&(engine.SYN|engine.FIN) != 0 {
		e.sndNxt++
	}
	m.log("sent", e, &a)
	m.put(m.now+10*engine.Millisecond, a)
}

// connect begins a lifecycle.
func (m *minimal) connect() {
	if m.left--; m.left < 0 {
		return
	}
	m.ports++
	client, server := m.pair()
	*client = end{host: "client", port: m.ports, sndNxt: 7, peer: server}
	*server = end{host: "server", port: 80, sndNxt: 9, peer: client}
	m.move(client, engine.SynSent)
	m.send(client, engine.SYN, 0)
}

// pair gives two ends, used ones if there are some.
func (m *minimal) pair() (client, server *end) {
	if last := len(m.spare) - 1; last >= 0 {
		client = m.spare[last]
		m.spare = m.spare[:last]
		return client, client.peer
	}
	return new(end), new(end)
}

// wait lets an end wait.
func (m *minimal) wait(e *end, d engine.Micros) { m.put(m.now+d, arrival{to: e}) }

// arrive is an end's answer to a segment, or to the end of its wait.
func (m *minimal) arrive(a *arrival) {
	e := a.to
	if a.flags == 0 {
		m.waited(e)
		return
	}
	m.log("arrived", e, a)
	if e.rcvNxt = a.seq + uint32(a.len); a.flags&(engine.SYN|engine.FIN) != 0 {
		e.rcvNxt++
	}
	switch {
	case a.flags&engine.SYN != 0 && e.state == "":
		m.move(e, engine.SynReceived)
		m.send(e, engine.SYN|engine.ACK, 0)
	case a.flags&engine.SYN != 0:
		m.move(e, engine.Established)
		m.send(e, engine.ACK, 0)
		m.send(e, engine.PSH|engine.ACK, requestBytes)
	case e.state == engine.SynReceived:
		m.move(e, engine.Established)
	case a.len == requestBytes:
		m.send(e, engine.ACK, 0)
		m.send(e, engine.PSH|engine.ACK, responseBytes)
	case a.len == responseBytes:
		m.send(e, engine.ACK, 0)
		m.move(e, engine.FinWait1)
		m.send(e, engine.FIN|engine.ACK, 0)
		m.connect()
	case a.flags&engine.FIN != 0 && e.state == engine.Established:
		m.move(e, engine.CloseWait)
		m.send(e, engine.ACK, 0)
		m.wait(e, serverWork)
	case a.flags&engine.FIN != 0:
		m.move(e, engine.TimeWait)
		m.send(e, engine.ACK, 0)
		m.wait(e, 60*engine.Second)
	case e.state == engine.FinWait1:
		m.move(e, engine.FinWait2)
	case e.state == engine.LastAck:
		m.move(e, engine.Closed)
	}
}

// waited goes on after a wait: the server closes, the client's TIME-WAIT is over.
func (m *minimal) waited(e *end) {
	if e.state == engine.TimeWait {
		m.move(e, engine.Closed)
		m.spare = append(m.spare, e)
		return
	}
	m.move(e, engine.LastAck)
	m.send(e, engine.FIN|engine.ACK, 0)
}

// simulateMinimal does n lifecycles, one after the other, and gives how many events they had.
func simulateMinimal(n int, sink func(*logged)) int {
	m := &minimal{left: n, sink: sink}
	m.connect()
	for len(m.heap) > 0 {
		a := m.take()
		m.arrive(&a)
	}
	return m.event.seq
}

// writeMinimal encodes each event as a line of JSON into a buffer that is used again.
func writeMinimal() func(*logged) {
	buf := make([]byte, 0, written+1024)
	return func(ev *logged) {
		if len(buf) >= written {
			buf = buf[:0]
		}
		b := strconv.AppendInt(append(buf, `{"seq":`...), int64(ev.seq), 10)
		b = strconv.AppendInt(append(b, `,"t":`...), int64(ev.t), 10)
		b = append(append(append(b, `,"kind":"`...), ev.what...), `","host":"`...)
		b = strconv.AppendInt(append(append(b, ev.end.host...), `","port":`...), int64(ev.end.port), 10)
		if ev.what == "state" {
			buf = append(append(append(b, `,"to":"`...), ev.end.state...), "\"}\n"...)
			return
		}
		b = strconv.AppendInt(append(b, `,"flags":`...), int64(ev.flags), 10)
		b = strconv.AppendUint(append(b, `,"seqno":`...), uint64(ev.from), 10)
		b = strconv.AppendUint(append(b, `,"ackno":`...), uint64(ev.to), 10)
		b = strconv.AppendInt(append(b, `,"len":`...), int64(ev.len), 10)
		buf = append(b, "}\n"...)
	}
}
