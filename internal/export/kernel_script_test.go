package export_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// kernelScript is a script as the runner takes it. checkScript has read it before; here is only what our scripts use.
type kernelScript struct {
	tolerance time.Duration
	setup     string // a command
	events    []kernelEvent
}

// kernelEvent is one line. Times count from the end of the event before, or between two injected packets from the time of
// the first, as packetdrill's do.
type kernelEvent struct {
	line    int
	text    string
	from    time.Duration
	to      time.Duration // of a range; from where there is none
	blocks  bool
	returns time.Duration // of a call that blocks
	packet  *kernelPacket
	call    *kernelCall
	command string
}

type kernelPacket struct {
	out      bool
	flags    string
	seq, ack uint32
	hasAck   bool
	length   int
	win      uint16
	options  []string
}

type kernelCall struct {
	name  string
	args  []string
	ret   int
	errno string
}

var (
	kernelLine = regexp.MustCompile(`^(\+?)([0-9.]+?)(?:~\+([0-9.]+)|\.\.\.([0-9.]+))?\s+(\S.*?)(?:\s+// .*)?$`)
	packetForm = regexp.MustCompile(`^([<>]) ([SFRP]*\.?|-) (\d+):\d+\((\d+)\)( ack (\d+))? win (\d+)(?: <(.*)>)?$`)
	callForm   = regexp.MustCompile(`^(\w+)\((.*)\) = (-?\d+)(?: (\w+) \(.*\))?$`)
	toleranceF = regexp.MustCompile(`--tolerance_usecs=(\d+)`)
	setupForm  = regexp.MustCompile("(?s)\n\n`([^`]*)`\n\n")
)

func parseKernelScript(text string) (*kernelScript, error) {
	s := &kernelScript{}
	tolerance, setup := toleranceF.FindStringSubmatch(text), setupForm.FindStringSubmatchIndex(text)
	if tolerance == nil || setup == nil {
		return nil, fmt.Errorf("no tolerance or no setup command")
	}
	n, err := strconv.Atoi(tolerance[1])
	if err != nil {
		return nil, err
	}
	s.tolerance, s.setup = time.Duration(n)*time.Microsecond, text[setup[2]:setup[3]]
	line := 1 + strings.Count(text[:setup[1]], "\n")
	for i, l := range strings.Split(text[setup[1]:], "\n") {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "//") {
			continue
		}
		e, err := parseKernelEvent(l)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line+i, err)
		}
		e.line = line + i
		s.events = append(s.events, e)
	}
	return s, nil
}

func parseKernelEvent(l string) (e kernelEvent, err error) {
	m := kernelLine.FindStringSubmatch(l)
	if m == nil {
		return e, fmt.Errorf("%q is no event", l)
	}
	e.text, e.from = m[5], inSeconds(m[2])
	e.to = e.from
	if m[3] != "" {
		e.to = inSeconds(m[3])
	}
	if m[4] != "" {
		e.blocks, e.returns = true, inSeconds(m[4])
	}
	switch m[5][0] {
	case '<', '>':
		e.packet, err = parseKernelPacket(m[5])
	case '`':
		e.command = strings.Trim(m[5], "`")
	default:
		e.call, err = parseKernelCall(m[5])
	}
	return e, err
}

func inSeconds(text string) time.Duration {
	f, _ := strconv.ParseFloat(text, 64) // the expression lets digits and points pass, and checkScript has read them
	return time.Duration(f * 1e9).Round(time.Microsecond)
}

func parseKernelPacket(text string) (*kernelPacket, error) {
	m := packetForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q is no packet", text)
	}
	p := &kernelPacket{out: m[1] == ">", flags: strings.Trim(m[2], "-"), hasAck: m[5] != ""}
	for _, n := range []struct {
		text string
		bits int
		set  func(uint64)
	}{
		{m[3], 32, func(v uint64) { p.seq = uint32(v) }}, {m[4], 16, func(v uint64) { p.length = int(v) }},
		{m[6], 32, func(v uint64) { p.ack = uint32(v) }}, {m[7], 16, func(v uint64) { p.win = uint16(v) }},
	} {
		if n.text == "" {
			continue
		}
		v, err := strconv.ParseUint(n.text, 10, n.bits)
		if err != nil {
			return nil, err
		}
		n.set(v)
	}
	if m[8] != "" {
		p.options = strings.Split(m[8], ",")
	}
	return p, nil
}

func parseKernelCall(text string) (*kernelCall, error) {
	m := callForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q is no call", text)
	}
	c := &kernelCall{name: m[1], errno: m[4]}
	c.ret, _ = strconv.Atoi(m[3]) // digits, by the expression
	depth, start := 0, 0
	for i, r := range m[2] + "," {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				c.args = append(c.args, strings.TrimSpace(m[2][start:i]))
				start = i + 1
			}
		}
	}
	return c, nil
}
