package engine

// conversation is a pair of endpoints, whatever connections come and go between them. A segment brings it along, so that
// its socket is found without a search; and the log counts sequence numbers from the latest SYN of each direction, wherever
// the segment comes from.
type conversation struct {
	ends  [2]endpoint
	isn   [2]uint32    // of the latest SYN that each end sent
	socks [2]*socket   // the connection at each end; nil is none
	waits [2]*timewait // likewise what is left of one
	texts [2]string    // the ends, made when first shown
}

// talkKey names a conversation, the lower end first. Every host has loopback addresses, so there it is the host's own.
type talkKey struct {
	low, high uint64
	host      turn // counted from 1; 0 is any
}

// talks finds conversations, and makes those that are new. They stay, for their numbers do, so there are many: the garbage
// collector has nothing to look for in the map.
type talks struct {
	places map[talkKey]int32
	blocks []*[arenaBlock]conversation
}

// key names the conversation of two endpoints, one of which is from's.
func (talks) key(from *Host, a, b endpoint) talkKey {
	key := talkKey{low: min(a.word(), b.word()), high: max(a.word(), b.word())}
	if loopback(a.addr) || loopback(b.addr) {
		key.host = from.index + 1
	}
	return key
}

// between finds the conversation of two endpoints, or begins it.
func (t *talks) between(from *Host, a, b endpoint) *conversation {
	key := t.key(from, a, b)
	place, known := t.places[key]
	if !known {
		place = int32(len(t.places))
		t.places[key] = place
		if int(place) == len(t.blocks)*arenaBlock {
			t.blocks = append(t.blocks, new([arenaBlock]conversation))
		}
		t.at(place).ends = [2]endpoint{a, b}
	}
	return t.at(place)
}

func (t *talks) at(place int32) *conversation { return &t.blocks[place/arenaBlock][place%arenaBlock] }

// connection finds the connection of a host between two endpoints, the first its own, or what is left of it; nil where
// none stands.
func (t *talks) connection(h *Host, local, remote endpoint) (*socket, *timewait) {
	place, known := t.places[t.key(h, local, remote)]
	if !known {
		return nil, nil
	}
	talk := t.at(place)
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

// text shows an end.
func (s *Sim) text(t *conversation, end endpoint) string {
	text := &t.texts[t.side(end)]
	if *text == "" {
		*text = s.texts.of(end)
	}
	return *text
}

// endpointTexts remembers the last few texts of endpoints: that of a server is in many conversations.
type endpointTexts [16]struct {
	end        endpoint
	text, addr string
}

func (t *endpointTexts) of(e endpoint) string {
	known := &t[(uint32(e.addr)+uint32(e.port))%uint32(len(t))]
	if known.end != e || known.text == "" {
		if known.end.addr != e.addr || known.text == "" {
			known.addr = e.addr.String()
		}
		known.end, known.text = e, endpointText(known.addr, e.port)
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
