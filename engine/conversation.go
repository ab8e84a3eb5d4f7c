package engine

// conversation is a pair of endpoints, whatever connections come and go between them. The log counts sequence numbers from
// the latest SYN of each direction, wherever the segment comes from.
type conversation struct {
	ends  [2]endpoint
	isn   [2]uint32 // of the latest SYN that each end sent
	texts [2]string // the ends, made when first shown
}

// talkKey names a conversation, the lower end first. Every host has loopback addresses, so there it is the host's own.
type talkKey struct {
	low, high endpoint
	host      *Host
}

// conversation finds that of two endpoints, or begins it.
func (s *Sim) conversation(from *Host, a, b endpoint) *conversation {
	if a.word() > b.word() {
		a, b = b, a
	}
	key := talkKey{low: a, high: b}
	if loopback(a.addr) || loopback(b.addr) {
		key.host = from
	}
	t := s.link.talks[key]
	if t == nil {
		t = s.link.room.keep(&conversation{ends: [2]endpoint{a, b}})
		s.link.talks[key] = t
	}
	return t
}

// sides gives the places of a segment's sender and of its receiver; a socket that talks to itself is both.
func (t *conversation) sides(sender endpoint) (out, back int) {
	if t.ends[0] == t.ends[1] {
		return 0, 0
	}
	if t.ends[0] == sender {
		return 0, 1
	}
	return 1, 0
}

// text shows an end. The last few texts are remembered, because a server's end is that of many conversations.
func (s *Sim) text(t *conversation, end endpoint) string {
	side, _ := t.sides(end)
	if t.texts[side] == "" {
		known := &s.link.texts[end.port%uint16(len(s.link.texts))]
		if known.end != end || known.text == "" {
			known.end, known.text = end, end.String()
		}
		t.texts[side] = known.text
	}
	return t.texts[side]
}

// describe makes the log's view of a segment, with numbers relative to the latest SYNs.
func (s *Sim) describe(fl *flight) *SegmentSent {
	seg, talk := &fl.seg, fl.seg.talk
	out, back := talk.sides(seg.src())
	if seg.has(SYN) {
		talk.isn[out] = seg.Seq
	}
	sent := &s.bodies.sent
	*sent = SegmentSent{
		ID: fl.id, From: fl.from.name, Sport: seg.Sport, Dport: seg.Dport, Flags: seg.Flags,
		Seqno: int64(int32(seg.Seq - talk.isn[out])), Abs: SeqAck{seg.Seq, seg.Ack},
		Len: len(seg.Payload), Win: seg.Win, WinBytes: seg.winBytes, Retransmission: seg.retransmit, Payload: seg.Payload,
	}
	if fl.to != nil {
		sent.To = fl.to.name
	}
	if seg.has(ACK) {
		sent.Ackno = int64(int32(seg.Ack - talk.isn[back]))
	}
	o := &sent.Opts
	o.MSS, o.SACKOK = int(seg.MSS), seg.SACKOK
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
