package cprogram_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"finwait/engine"
)

// packet is a TCP segment as the kernel sends it.
type packet struct {
	raw      []byte
	src, dst netip.AddrPort
	flags    string // in the log's order
	seq, ack uint32
	length   int
}

func parsePacket(b []byte) (packet, bool) {
	if len(b) < 40 || b[0]>>4 != 4 || b[9] != unix.IPPROTO_TCP {
		return packet{}, false
	}
	raw := append([]byte(nil), b...)
	tcp := raw[int(raw[0]&15)*4:]
	p := packet{
		raw: raw, seq: binary.BigEndian.Uint32(tcp[4:]), ack: binary.BigEndian.Uint32(tcp[8:]), length: len(tcp) - int(tcp[12]>>4)*4,
		src: netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[12:])), binary.BigEndian.Uint16(tcp)),
		dst: netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[16:])), binary.BigEndian.Uint16(tcp[2:])),
	}
	for _, f := range []struct {
		bit    byte
		letter string
	}{{2, "S"}, {1, "F"}, {4, "R"}, {8, "P"}, {16, "A"}} {
		if tcp[13]&f.bit != 0 {
			p.flags += f.letter
		}
	}
	return p, true
}

// way is from where to where.
type way struct{ src, dst netip.AddrPort }

func (w way) back() way { return way{w.dst, w.src} }

// numbering holds, for each direction, the first numbers of its SYNs: the kernel's and the engine's.
type numbering map[way][][2]uint32

// compare holds a packet of the kernel's against the segment that the engine sends. Numbers are the same when they are so
// far from one of the direction's SYNs on both, or, as in a refusal, are the very same.
func (n numbering) compare(p packet, b *engine.SegmentSent) error {
	w := way{p.src, p.dst}
	if first := [2]uint32{p.seq, b.Abs.Seq}; strings.HasPrefix(p.flags, "S") && b.Flags.String() == p.flags && !slices.Contains(n[w], first) {
		n[w] = append(n[w], first)
	}
	hasAck := strings.HasSuffix(p.flags, "A")
	if p.flags == b.Flags.String() && p.length == b.Len && n.same(w, p.seq, b.Abs.Seq) && (!hasAck || n.same(w.back(), p.ack, b.Abs.Ack)) {
		return nil
	}
	seq, ack := n.relative(w, p.seq), int64(0)
	if hasAck {
		ack = n.relative(w.back(), p.ack)
	}
	return fmt.Errorf("%s sends\n  %s on the kernel and\n  %s in the engine", b.From, showSegment(p.flags, seq, ack, p.length), showSegment(b.Flags.String(), b.Seqno, b.Ackno, b.Len))
}

func (n numbering) same(w way, kernel, engine uint32) bool {
	return kernel == engine || slices.ContainsFunc(n[w], func(first [2]uint32) bool { return kernel-first[0] == engine-first[1] })
}

func (n numbering) relative(w way, number uint32) int64 {
	if len(n[w]) == 0 {
		return int64(number)
	}
	return int64(int32(number - n[w][len(n[w])-1][0]))
}

func showSegment(flags string, seq, ack int64, length int) string {
	return fmt.Sprintf("%s seq %d ack %d len %d", flags, seq, ack, length)
}
