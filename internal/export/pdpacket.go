package export

import (
	"fmt"
	"strings"

	"finwait/engine"
)

// The scripts' timestamps begin with these, so that they are as short as the sequence numbers.
const (
	firstOut = 100
	firstIn  = 700
)

// noteTimestamp keeps the first timestamp of each direction.
func (s *script) noteTimestamp(b *engine.SegmentSent, mine bool) {
	first := &s.theirs
	if mine {
		first = &s.mine
	}
	if *first == nil && b.Opts.TS != nil {
		v := b.Opts.TS.Val
		*first = &v
	}
}

// packetText writes a packet in the notation of tcpdump: flags, relative numbers, window, options.
func (s *script) packetText(b *engine.SegmentSent, mine bool) string {
	text := "< "
	if mine {
		text = "> "
	}
	for _, f := range []struct {
		flag   engine.Flags
		letter string
	}{{engine.SYN, "S"}, {engine.FIN, "F"}, {engine.RST, "R"}, {engine.PSH, "P"}, {engine.ACK, "."}} {
		if b.Flags&f.flag != 0 {
			text += f.letter
		}
	}
	start := uint32(b.Seqno)
	text += fmt.Sprintf(" %d:%d(%d)", start, uint64(start)+uint64(b.Len), b.Len)
	if b.Flags&engine.ACK != 0 {
		text += fmt.Sprintf(" ack %d", uint32(b.Ackno))
	}
	text += fmt.Sprintf(" win %d", b.Win)
	if options := s.optionsText(b, mine); options != "" {
		text += " <" + options + ">"
	}
	return text
}

// optionsText writes the options in the order and with the padding of Linux (kernel tcp_options_write): packetdrill
// compares them one by one.
func (s *script) optionsText(b *engine.SegmentSent, mine bool) string {
	var list []string
	o := &b.Opts
	if o.MSS != 0 {
		list = append(list, fmt.Sprintf("mss %d", o.MSS))
	}
	if o.SACKOK != (o.TS != nil) {
		list = append(list, "nop", "nop") // the two options are as long as a word together
	}
	if o.SACKOK {
		list = append(list, "sackOK")
	}
	if o.TS != nil {
		list = append(list, s.timestampText(o.TS, mine))
	}
	if o.WScale != nil {
		list = append(list, "nop", fmt.Sprintf("wscale %d", *o.WScale))
	}
	if len(o.SACK) > 0 {
		sack := "sack"
		for _, block := range o.SACK {
			sack += fmt.Sprintf(" %d:%d", uint32(block.Left), uint32(block.Right))
		}
		list = append(list, "nop", "nop", sack)
	}
	return strings.Join(list, ",")
}

// timestampText counts each clock from the first value that it showed. An echo of nothing stays 0.
func (s *script) timestampText(ts *engine.Timestamps, mine bool) string {
	out, in := relative(s.mine, firstOut), relative(s.theirs, firstIn)
	if mine {
		return fmt.Sprintf("TS val %d ecr %d", out(ts.Val), in(ts.Ecr))
	}
	return fmt.Sprintf("TS val %d ecr %d", in(ts.Val), out(ts.Ecr))
}

func relative(first *uint32, to uint32) func(uint32) uint32 {
	return func(v uint32) uint32 {
		if v == 0 || first == nil {
			return 0
		}
		return v - *first + to
	}
}

// packetNote says why the host sends a packet.
func packetNote(b *engine.SegmentSent, mine bool, rule engine.Rule) string {
	if !mine {
		return ""
	}
	return string(rule)
}
