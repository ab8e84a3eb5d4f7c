package engine

// conversation is a pair of endpoints, whatever connections come and go between them. A segment brings it along, so that
// its socket is found without a search; and the log counts sequence numbers from the latest SYN of each direction, wherever
// the segment comes from.
type conversation struct {
	ends  [2]endpoint
	isn   [2]uint32     // of the latest SYN that each end sent
	socks [2]*socket    // the connection at each end; nil is none
	waits [2]*timewait  // likewise what is left of one
	next  *conversation // that is kept at the same port
}

// talks has the conversations. They stay, for their numbers do.
type talks struct {
	blocks []*[arenaBlock]conversation
	n      int
}

// begin gives a new one.
func (t *talks) begin() *conversation {
	if t.n == len(t.blocks)*arenaBlock {
		t.blocks = append(t.blocks, new([arenaBlock]conversation))
	}
	t.n++
	return t.at(t.n - 1)
}

func (t *talks) at(place int) *conversation { return &t.blocks[place/arenaBlock][place%arenaBlock] }

// kept is where the conversations are listed that two endpoints, one of them from's, may have: at the higher port, which
// mostly is an ephemeral one and so in few of them. Every host has loopback addresses, so there it is the host's own.
func (s *Sim) kept(from *Host, a, b endpoint) **conversation {
	if a.port < b.port || a.port == b.port && a.addr < b.addr {
		a, b = b, a
	}
	h := from
	if !loopback(a.addr) && !loopback(b.addr) {
		if h = s.byAddr(from, a.addr); h == nil {
			a, h = b, from
		}
	}
	return &h.ports.at(a.port).talks
}

// search finds a conversation in such a list.
func (t *conversation) search(a, b endpoint) *conversation {
	for ; t != nil; t = t.next {
		if t.ends == [2]endpoint{a, b} || t.ends == [2]endpoint{b, a} {
			return t
		}
	}
	return nil
}

// between finds the conversation of two endpoints, or begins it.
func (s *Sim) between(from *Host, a, b endpoint) *conversation {
	first := s.kept(from, a, b)
	talk := (*first).search(a, b)
	if talk == nil {
		talk = s.link.talks.begin()
		talk.ends, talk.next = [2]endpoint{a, b}, *first
		*first = talk
	}
	return talk
}

// connection finds the connection of a host between two endpoints, the first its own, or what is left of it; nil where
// none stands.
func (s *Sim) connection(h *Host, local, remote endpoint) (*socket, *timewait) {
	talk := (*s.kept(h, local, remote)).search(local, remote)
	if talk == nil {
		return nil, nil
	}
	side := talk.side(local)
	return talk.socks[side], talk.waits[side]
}

// side is the place of an end.
func (t *conversation) side(end endpoint) int {
	if t.ends[0] == end {
		return 0
	}
	return 1
}

// text shows an endpoint. That of a host's own address it keeps with the port.
func (s *Sim) text(e endpoint) string {
	for _, h := range s.hosts {
		if h.addr != e.addr {
			continue
		}
		text := &h.ports.at(e.port).text
		if *text == "" {
			*text = endpointText(h.addrText, e.port)
		}
		return *text
	}
	return s.texts.of(e)
}

// endpointTexts remembers the last few texts of other endpoints: a listener's is shown again and again.
type endpointTexts [4]struct {
	end  endpoint
	text string
}

func (t *endpointTexts) of(e endpoint) string {
	known := &t[e.port%uint16(len(t))]
	if known.end != e || known.text == "" {
		known.end, known.text = e, e.String()
	}
	return known.text
}

// describe makes the log's view of a segment, with numbers relative to the latest SYNs.
func (s *Sim) describe(fl *flight) *SegmentSent {
	seg, talk := &fl.seg, fl.seg.talk
	out, back := talk.side(seg.src()), talk.side(seg.dst()) // the same where a socket talks to itself
	if seg.has(SYN) {
		talk.isn[out] = seg.Seq
	}
	sent := &s.bodies.sent
	sent.ID, sent.From, sent.To, sent.Sport, sent.Dport, sent.Flags = fl.id, fl.from.name, "", seg.Sport, seg.Dport, seg.Flags
	if fl.to != nil {
		sent.To = fl.to.name
	}
	sent.Seqno, sent.Ackno, sent.Abs = int64(int32(seg.Seq-talk.isn[out])), 0, SeqAck{seg.Seq, seg.Ack}
	if seg.has(ACK) {
		sent.Ackno = int64(int32(seg.Ack - talk.isn[back]))
	}
	sent.Len, sent.Payload, sent.Retransmission = len(seg.Payload), seg.Payload, seg.retransmit
	sent.Win, sent.WinBytes = seg.Win, seg.winBytes
	o := &sent.Opts
	*o = Options{MSS: int(seg.MSS), SACKOK: seg.SACKOK}
	if seg.HasTS {
		sent.ts = Timestamps{seg.TSVal, seg.TSEcr}
		o.TS = &sent.ts
	}
	if seg.WScale >= 0 {
		sent.wscale = int(seg.WScale)
		o.WScale = &sent.wscale
	}
	for _, b := range seg.SACK {
		o.SACK = append(o.SACK, SACKBlock{int64(int32(b[0] - talk.isn[back])), int64(int32(b[1] - talk.isn[back]))})
	}
	return sent
}
