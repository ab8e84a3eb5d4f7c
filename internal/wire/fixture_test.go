package wire

import "finwait/engine"

const (
	clientISN = 0xfffffffe // the client's numbers wrap within the request
	serverISN = 700_000_000
	delay     = 10 * engine.Millisecond
)

// log builds a run's events by hand, as an engine would emit them.
type log struct {
	events []engine.Event
	ids    int
}

func newLog() *log {
	l := &log{}
	l.add(0, "", &engine.Meta{
		Engine:   1,
		Scenario: engine.ScenarioRef{Name: "close/four-way", SHA256: "00"},
		Seed:     7,
		Hosts: []engine.HostMeta{
			{Name: "client", Addr: "10.0.0.1", Profile: "linux"},
			{Name: "server", Addr: "10.0.0.2", Profile: "linux"},
		},
		Link: engine.LinkMeta{DelayUS: delay},
	})
	return l
}

func (l *log) add(t engine.Micros, rule engine.Rule, b engine.Body) {
	l.events = append(l.events, engine.Event{Seq: len(l.events), T: t, Rule: rule, Cause: -1, Body: b})
}

// send emits a segment at t and gives its id.
func (l *log) send(t engine.Micros, from string, flags engine.Flags, seq, ack int64, payload string, o engine.Options) int {
	l.ids++
	s := &engine.SegmentSent{
		ID: l.ids, From: from, To: "server", Sport: 40001, Dport: 8000, Flags: flags, Seqno: seq, Ackno: ack,
		Len: len(payload), Payload: []byte(payload), Win: 502, WinBytes: 64256, Opts: o, Arrives: t + delay,
	}
	mine, theirs := uint32(clientISN), uint32(serverISN)
	if from == "server" {
		s.To, s.Sport, s.Dport = "client", s.Dport, s.Sport
		mine, theirs = theirs, mine
	}
	s.Abs.Seq = mine + uint32(seq)
	if flags&engine.ACK != 0 {
		s.Abs.Ack = theirs + uint32(ack)
	}
	l.add(t, "rfc9293/sent", s)
	return l.ids
}

func (l *log) deliver(t engine.Micros, id int, host string) {
	l.add(t, "", &engine.Deliver{ID: id, Host: host})
}

func ts(val, ecr uint32) engine.Options {
	return engine.Options{TS: &engine.Timestamps{Val: val, Ecr: ecr}}
}

func syn(val, ecr uint32) engine.Options {
	shift := 7
	o := ts(val, ecr)
	o.MSS, o.SACKOK, o.WScale = 1460, true, &shift
	return o
}

// fourWay is a connection that opens, carries a request and closes; the client's first FIN is lost and its retransmission
// is doubled by the link, so that the two hosts see different things.
func fourWay() []engine.Event {
	const ms = engine.Millisecond
	const S, F, P, A = engine.SYN, engine.FIN, engine.PSH, engine.ACK
	l := newLog()
	step := func(t engine.Micros, from string, f engine.Flags, seq, ack int64, data string, o engine.Options) {
		to := map[string]string{"client": "server", "server": "client"}[from]
		l.deliver(t+delay, l.send(t, from, f, seq, ack, data, o), to)
	}
	step(0, "client", S, 0, 0, "", syn(100, 0))
	step(10*ms, "server", S|A, 0, 1, "", syn(900, 100))
	step(20*ms, "client", A, 1, 1, "", ts(120, 900))
	step(30*ms, "client", P|A, 1, 1, "hello", ts(130, 900))
	step(40*ms, "server", A, 1, 6, "", ts(940, 130))
	lost := l.send(60*ms, "client", F|A, 6, 1, "", ts(160, 940))
	l.add(60*ms, "scenario/drop", &engine.Fate{ID: lost, Fate: engine.Dropped})
	again := l.send(290*ms, "client", F|A, 6, 1, "", ts(390, 940))
	l.add(290*ms, "scenario/duplicate", &engine.Fate{ID: again, Fate: engine.Duplicated, Arrives: 301 * ms})
	l.deliver(300*ms, again, "server")
	ack := l.send(300*ms, "server", A, 1, 7, "", ts(1200, 390))
	l.deliver(301*ms, again, "server")
	dsack := ts(1201, 390)
	dsack.SACK = []engine.SACKBlock{{Left: 6, Right: 7}}
	second := l.send(301*ms, "server", A, 1, 7, "", dsack)
	l.deliver(310*ms, ack, "client")
	l.deliver(311*ms, second, "client")
	step(400*ms, "server", F|A, 1, 7, "", ts(1300, 390))
	step(410*ms, "client", A, 7, 2, "", ts(510, 1300))
	l.add(60_410*ms, "", &engine.End{Reason: engine.EndQuiet})
	return l.events
}
