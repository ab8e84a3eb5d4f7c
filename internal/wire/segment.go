package wire

import (
	"encoding/binary"
	"fmt"

	"finwait/engine"
)

const (
	ipHeaderLen  = 20
	tcpHeaderLen = 20
	maxOptions   = 40    // the data offset has 4 bits: 60 bytes of header at most
	maxDatagram  = 65535 // the IPv4 total length has 16 bits
	protocolTCP  = 6
	ttl          = 64        // net.ipv4.ip_default_ttl; no router on the link lowers it
	dontFragment = 0x40 << 8 // Linux sets DF where it discovers the path MTU
	versionIHL   = 4<<4 | 5  // IPv4, five words of header
)

// The TCP option kinds that the engine uses (RFC 9293 section 3.1, RFC 7323, RFC 2018).
const (
	optNop    = 1
	optMSS    = 2
	optWScale = 3
	optSACKOK = 4
	optSACK   = 5
	optTS     = 8
)

// Segment gives the IPv4 datagram that carries s from src to dst: 20 bytes of IP header, the TCP header with its options
// in the order in which Linux writes them, and s.Len bytes of payload. Both checksums are right.
//
// The IP identification is the low 16 bits of the segment's id, so that the captures of both hosts can be matched; a
// retransmission has an id of its own, as it does on Linux. Where s.Payload does not hold s.Len bytes, because the event
// was read back from a log, the payload is zeros. It fails where the header or the datagram would be longer than its
// length field can say.
func Segment(s *engine.SegmentSent, src, dst engine.Addr) ([]byte, error) {
	var scratch [maxOptions]byte
	opts := appendOptions(scratch[:0], s)
	if len(opts) > maxOptions {
		return nil, fmt.Errorf("segment %d: %d bytes of TCP options, the header holds %d", s.ID, len(opts), maxOptions)
	}
	headers := ipHeaderLen + tcpHeaderLen + len(opts)
	if s.Len < 0 || headers+s.Len > maxDatagram {
		return nil, fmt.Errorf("segment %d: %d bytes of payload do not fit into an IPv4 datagram", s.ID, s.Len)
	}
	b := make([]byte, headers+s.Len)
	putIPHeader(b, uint16(s.ID), src, dst)
	tcp := b[ipHeaderLen:]
	putTCPHeader(tcp, s, len(opts))
	copy(tcp[tcpHeaderLen:], opts)
	if len(s.Payload) == s.Len {
		copy(b[headers:], s.Payload)
	}
	binary.BigEndian.PutUint16(b[10:], checksum(0, b[:ipHeaderLen]))
	binary.BigEndian.PutUint16(tcp[16:], checksum(pseudoHeader(src, dst, len(tcp)), tcp))
	return b, nil
}

// putIPHeader writes the header of the datagram b (RFC 791 section 3.1), its checksum left zero.
func putIPHeader(b []byte, id uint16, src, dst engine.Addr) {
	b[0] = versionIHL
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], dontFragment)
	b[8] = ttl
	b[9] = protocolTCP
	binary.BigEndian.PutUint32(b[12:], uint32(src))
	binary.BigEndian.PutUint32(b[16:], uint32(dst))
}

// putTCPHeader writes the fixed part of the header (RFC 9293 section 3.1), its checksum left zero.
func putTCPHeader(b []byte, s *engine.SegmentSent, optLen int) {
	binary.BigEndian.PutUint16(b[0:], s.Sport)
	binary.BigEndian.PutUint16(b[2:], s.Dport)
	binary.BigEndian.PutUint32(b[4:], s.Abs.Seq)
	binary.BigEndian.PutUint32(b[8:], s.Abs.Ack)
	b[12] = byte((tcpHeaderLen+optLen)/4) << 4
	b[13] = controlBits(s.Flags)
	binary.BigEndian.PutUint16(b[14:], s.Win)
}

// controlBits puts the flags where the header has them.
func controlBits(f engine.Flags) byte {
	var b byte
	for i, flag := range [...]engine.Flags{engine.FIN, engine.SYN, engine.RST, engine.PSH, engine.ACK} {
		if f&flag != 0 {
			b |= 1 << i
		}
	}
	return b
}

// appendOptions writes the options as Linux lays them out (tcp_options_write): each starts so that its 32-bit fields lie
// on words, and SACK-permitted takes the two bytes before a timestamp that NOPs would fill.
func appendOptions(b []byte, s *engine.SegmentSent) []byte {
	o := &s.Opts
	if o.MSS != 0 {
		b = append(b, optMSS, 4)
		b = binary.BigEndian.AppendUint16(b, uint16(o.MSS))
	}
	if o.SACKOK {
		if o.TS == nil {
			b = append(b, optNop, optNop)
		}
		b = append(b, optSACKOK, 2)
	}
	if o.TS != nil {
		if !o.SACKOK {
			b = append(b, optNop, optNop)
		}
		b = append(b, optTS, 10)
		b = binary.BigEndian.AppendUint32(b, o.TS.Val)
		b = binary.BigEndian.AppendUint32(b, o.TS.Ecr)
	}
	if o.WScale != nil {
		b = append(b, optNop, optWScale, 3, byte(*o.WScale))
	}
	if len(o.SACK) > 0 {
		b = append(b, optNop, optNop, optSACK, byte(2+8*len(o.SACK)))
		isn := peerISN(s)
		for _, block := range o.SACK {
			b = binary.BigEndian.AppendUint32(b, isn+uint32(block.Left))
			b = binary.BigEndian.AppendUint32(b, isn+uint32(block.Right))
		}
	}
	return b
}

// peerISN is the number that the relative ones of the other direction count from. SACK blocks only come on segments with
// an acknowledgment, which holds the same number both ways.
func peerISN(s *engine.SegmentSent) uint32 { return s.Abs.Ack - uint32(s.Ackno) }

// pseudoHeader sums what the TCP checksum covers besides the segment (RFC 9293 section 3.1).
func pseudoHeader(src, dst engine.Addr, tcpLen int) uint32 {
	return uint32(src>>16) + uint32(src&0xffff) + uint32(dst>>16) + uint32(dst&0xffff) + protocolTCP + uint32(tcpLen)
}

// checksum is the Internet checksum (RFC 1071) of b, on top of the sum so far. 64 KiB of words fit into 32 bits.
func checksum(sum uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
