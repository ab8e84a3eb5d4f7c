package export_test

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// kernelWire translates between a script's packets and those on the wire: the kernel chooses its port, its first sequence
// number and its clock, the script all of the other end's.
type kernelWire struct {
	local, remote uint16
	isn           uint32
	knowsISN      bool
	clock         map[uint32]uint32 // the kernel's time stamps by the script's
}

const tcpFlagLetters = "FSRP." // from the lowest bit

// build makes an injected packet.
func (w *kernelWire) build(p *kernelPacket) ([]byte, error) {
	options, err := w.buildOptions(p)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 20, 20+len(options)+p.length)
	binary.BigEndian.PutUint16(b, w.remote)
	binary.BigEndian.PutUint16(b[2:], w.local)
	binary.BigEndian.PutUint32(b[4:], p.seq)
	if p.hasAck {
		binary.BigEndian.PutUint32(b[8:], p.ack+w.isn)
	}
	b[12] = byte(20+len(options)) / 4 << 4
	for _, c := range p.flags {
		b[13] |= 1 << strings.IndexRune(tcpFlagLetters, c)
	}
	binary.BigEndian.PutUint16(b[14:], p.win)
	b = append(b, options...)
	return append(b, make([]byte, p.length)...), nil
}

func (w *kernelWire) buildOptions(p *kernelPacket) ([]byte, error) {
	var b []byte
	for _, o := range p.options {
		f := strings.FieldsFunc(o, func(r rune) bool { return r == ' ' || r == ':' })
		n := func(i int) uint32 {
			v, _ := strconv.ParseUint(f[i], 10, 32) // digits, as checkScript has seen
			return uint32(v)
		}
		switch f[0] {
		case "nop":
			b = append(b, 1)
		case "mss":
			b = binary.BigEndian.AppendUint16(append(b, 2, 4), uint16(n(1)))
		case "wscale":
			b = append(b, 3, 3, byte(n(1)))
		case "sackOK":
			b = append(b, 4, 2)
		case "sack":
			b = append(b, 5, byte(2+4*(len(f)-1)))
			for i := 1; i < len(f); i++ {
				b = binary.BigEndian.AppendUint32(b, n(i)+w.isn)
			}
		case "TS":
			ecr, known := w.clock[n(4)]
			if !known && p.hasAck {
				return nil, fmt.Errorf("the kernel has not sent a time stamp that stands for %d", n(4))
			}
			b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(append(b, 8, 10), n(2)), ecr)
		default:
			return nil, fmt.Errorf("the option %q", o)
		}
	}
	return b, nil
}

// compare holds a packet of the kernel's against the expected one, and learns its numbers from the first.
func (w *kernelWire) compare(want *kernelPacket, ip []byte) error {
	tcp := ip[int(ip[0]&15)*4:]
	if len(tcp) < 20 {
		return fmt.Errorf("a packet of %d bytes", len(ip))
	}
	seq := binary.BigEndian.Uint32(tcp[4:])
	local := binary.BigEndian.Uint16(tcp)
	if !w.knowsISN && tcp[13]&2 != 0 {
		w.isn, w.knowsISN, w.local = seq, true, local
		if w.remote == 0 {
			w.remote = binary.BigEndian.Uint16(tcp[2:])
		}
	}
	got := w.show(tcp, seq)
	expected := showPacket(want)
	if vals := timestampsOf(tcp); vals != nil {
		for _, o := range want.options {
			var val, ecr uint32
			if n, _ := fmt.Sscanf(o, "TS val %d ecr %d", &val, &ecr); n == 2 {
				w.clock[val] = vals[0]
				got = strings.ReplaceAll(got, "TS val ?", fmt.Sprintf("TS val %d", val)) // the clock's speed is not compared
			}
		}
	}
	if got != expected || local != w.local || binary.BigEndian.Uint16(tcp[2:]) != w.remote {
		return fmt.Errorf("expected %s\n     sent %s, ports %d to %d", expected, got, local, binary.BigEndian.Uint16(tcp[2:]))
	}
	return nil
}

func showPacket(p *kernelPacket) string {
	text := fmt.Sprintf("%s %d(%d)", p.flags, p.seq, p.length)
	if p.hasAck {
		text += fmt.Sprintf(" ack %d", p.ack)
	}
	return text + fmt.Sprintf(" win %d <%s>", p.win, strings.Join(p.options, ","))
}

// show writes a packet of the kernel's as showPacket does an expected one.
func (w *kernelWire) show(tcp []byte, seq uint32) string {
	p := kernelPacket{win: binary.BigEndian.Uint16(tcp[14:]), length: len(tcp) - int(tcp[12]>>4)*4}
	for _, c := range "SFRP." {
		if tcp[13]&(1<<strings.IndexRune(tcpFlagLetters, c)) != 0 {
			p.flags += string(c)
		}
	}
	p.seq = seq - w.isn
	if !w.knowsISN || tcp[13]&4 != 0 && tcp[13]&16 != 0 && seq == 0 {
		p.seq = seq // a refusal has no sequence of its own
	}
	if p.hasAck = tcp[13]&16 != 0; p.hasAck {
		p.ack = binary.BigEndian.Uint32(tcp[8:])
	}
	for o := tcp[20 : int(tcp[12]>>4)*4]; len(o) > 0; {
		text, n := showOption(o)
		if text != "" {
			p.options = append(p.options, text)
		}
		o = o[n:]
	}
	return showPacket(&p)
}

func showOption(o []byte) (text string, n int) {
	if o[0] == 1 {
		return "nop", 1
	}
	if o[0] == 0 || len(o) < 2 || int(o[1]) < 2 || int(o[1]) > len(o) {
		return "eol", len(o)
	}
	n = int(o[1])
	switch {
	case o[0] == 2 && n == 4:
		return fmt.Sprintf("mss %d", binary.BigEndian.Uint16(o[2:])), n
	case o[0] == 3 && n == 3:
		return fmt.Sprintf("wscale %d", o[2]), n
	case o[0] == 4 && n == 2:
		return "sackOK", n
	case o[0] == 5:
		text = "sack"
		for i := 2; i+8 <= n; i += 8 {
			text += fmt.Sprintf(" %d:%d", binary.BigEndian.Uint32(o[i:]), binary.BigEndian.Uint32(o[i+4:]))
		}
		return text, n
	case o[0] == 8 && n == 10:
		return fmt.Sprintf("TS val ? ecr %d", binary.BigEndian.Uint32(o[6:])), n
	}
	return fmt.Sprintf("option %d", o[0]), n
}

// timestampsOf gives value and echo, nil where there are none.
func timestampsOf(tcp []byte) []uint32 {
	for o := tcp[20 : int(tcp[12]>>4)*4]; len(o) > 0; {
		if o[0] == 8 && len(o) >= 10 {
			return []uint32{binary.BigEndian.Uint32(o[2:]), binary.BigEndian.Uint32(o[6:])}
		}
		_, n := showOption(o)
		o = o[n:]
	}
	return nil
}
