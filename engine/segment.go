package engine

import "fmt"

// Flags are a segment's control bits (RFC 9293 section 3.1).
type Flags uint8

// The control bits that the model knows.
const (
	SYN Flags = 1 << iota
	FIN
	RST
	PSH
	ACK
)

const flagLetters = "SFRPA"

// String gives the letters of the bits that are set, in the order S F R P A.
func (f Flags) String() string { return string(f.appendTo(nil)) }

func (f Flags) appendTo(b []byte) []byte {
	for i := range flagLetters {
		if f&(1<<i) != 0 {
			b = append(b, flagLetters[i])
		}
	}
	return b
}

// ParseFlags reads letters of S F R P A in any order.
func ParseFlags(s string) (Flags, error) {
	var f Flags
next:
	for _, c := range s {
		for i, l := range flagLetters {
			if c == l {
				f |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("%q is not a flag: use S F R P A", c)
	}
	return f, nil
}

// MarshalText gives the letters.
func (f Flags) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// State is a state of RFC 9293 section 3.3.2, by its name there.
type State string

// The states.
const (
	Closed      State = "CLOSED"
	Listen      State = "LISTEN"
	SynSent     State = "SYN-SENT"
	SynReceived State = "SYN-RECEIVED"
	Established State = "ESTABLISHED"
	FinWait1    State = "FIN-WAIT-1"
	FinWait2    State = "FIN-WAIT-2"
	CloseWait   State = "CLOSE-WAIT"
	Closing     State = "CLOSING"
	LastAck     State = "LAST-ACK"
	TimeWait    State = "TIME-WAIT"
)

// Addr is an IPv4 address, the first byte highest.
type Addr uint32

// ParseAddr reads dotted form.
func ParseAddr(s string) (Addr, error) {
	var b [4]int
	var rest string
	n, _ := fmt.Sscanf(s+"\n", "%d.%d.%d.%d%s", &b[0], &b[1], &b[2], &b[3], &rest)
	if n != 4 {
		return 0, fmt.Errorf("%q is not an IPv4 address", s)
	}
	var a Addr
	for _, x := range b {
		if x < 0 || x > 255 {
			return 0, fmt.Errorf("%q is not an IPv4 address", s)
		}
		a = a<<8 | Addr(x)
	}
	return a, nil
}

func (a Addr) String() string {
	return string(a.appendTo(make([]byte, 0, len("255.255.255.255")+mostDigits)))
}

func (a Addr) appendTo(b []byte) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		b = decimal(b, int64(a>>shift&255))
		if shift > 0 {
			b = append(b, '.')
		}
	}
	return b
}

// Segment is a TCP segment on the wire, as the two stacks see it.
type Segment struct {
	Src, Dst     Addr
	Sport, Dport uint16
	Seq, Ack     uint32
	Win          uint16 // as in the header
	Flags        Flags
	WScale       int8   // option; -1 is absent
	MSS          uint16 // option; 0 is absent
	SACKOK       bool   // option
	HasTS        bool   // option, with the next two
	TSVal, TSEcr uint32
	retransmit   bool
	winBytes     int
	talk         *conversation
	Payload      []byte
	SACK         [][2]uint32 // option: blocks of absolute numbers, the end exclusive
}

// length is how much sequence space the segment takes: SEG.LEN of RFC 9293.
func (s *Segment) length() uint32 {
	n := uint32(len(s.Payload))
	if s.Flags&SYN != 0 {
		n++
	}
	if s.Flags&FIN != 0 {
		n++
	}
	return n
}

func (s *Segment) end() uint32 { return s.Seq + s.length() }

func (s *Segment) has(f Flags) bool { return s.Flags&f != 0 }

func (s *Segment) src() endpoint { return endpoint{s.Src, s.Sport} }
func (s *Segment) dst() endpoint { return endpoint{s.Dst, s.Dport} }
