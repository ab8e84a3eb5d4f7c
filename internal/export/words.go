package export

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"finwait/engine"
)

// seconds writes a time in seconds with all its digits: "61.440000".
func seconds(t engine.Micros) string {
	return fmt.Sprintf("%d.%06d", t/engine.Second, t%engine.Second)
}

// span writes a length of time in the unit that suits it: "100 ms", "1.5 s", "20 µs".
func span(t engine.Micros) string {
	unit, name := engine.Micros(1), "µs"
	switch {
	case t >= engine.Second:
		unit, name = engine.Second, "s"
	case t >= engine.Millisecond:
		unit, name = engine.Millisecond, "ms"
	}
	text := strconv.FormatInt(int64(t/unit), 10)
	if rest := t % unit; rest > 0 {
		digits := len(strconv.FormatInt(int64(unit), 10)) - 1
		text += "." + strings.TrimRight(fmt.Sprintf("%0*d", digits, rest), "0")
	}
	return text + " " + name
}

// pad fills a text with spaces behind it up to n characters, or before it where n is negative.
func pad(text string, n int) string {
	if n < 0 {
		return strings.Repeat(" ", max(-n-utf8.RuneCountInString(text), 0)) + text
	}
	return text + strings.Repeat(" ", max(n-utf8.RuneCountInString(text), 0))
}

// wrap breaks a text at spaces into lines of at most n characters; a longer word stays whole.
func wrap(text string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > n {
			lines = append(lines, line)
			line = "  "
		}
		if strings.TrimSpace(line) != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

var flagWords = []struct {
	flag engine.Flags
	word string
}{{engine.SYN, "SYN"}, {engine.FIN, "FIN"}, {engine.RST, "RST"}, {engine.PSH, "PSH"}, {engine.ACK, "ACK"}}

// label names a segment: number, flags, sequence numbers, length. Where that is longer than room, the flags are letters.
func label(s *engine.SegmentSent, room int) string {
	var flags []string
	for _, f := range flagWords {
		if s.Flags&f.flag != 0 {
			flags = append(flags, f.word)
		}
	}
	numbers := fmt.Sprintf(" seq %d", s.Seqno)
	if s.Flags&engine.ACK != 0 {
		numbers += fmt.Sprintf(" ack %d", s.Ackno)
	}
	if s.Len > 0 {
		numbers += fmt.Sprintf(" len %d", s.Len)
	}
	text := fmt.Sprintf("%d %s%s", s.ID, strings.Join(flags, " "), numbers)
	if utf8.RuneCountInString(text) > room {
		text = fmt.Sprintf("%d %s%s", s.ID, s.Flags, numbers)
	}
	return text
}

// who names the program where it is not the host's only one, and its thread where it is not the first.
func who(host, proc string, thread int) string {
	name := ""
	if proc != host {
		name = proc
	}
	if thread > 0 {
		name = strings.TrimSpace(name + " thread " + strconv.Itoa(thread))
	}
	if name == "" {
		return ""
	}
	return name + ": "
}

// call writes a call, with its result where it returned at once.
func (d *drawing) call(c *engine.CallMade) string {
	var args []string
	if c.FD >= 0 {
		args = append(args, strconv.Itoa(c.FD))
	}
	for _, a := range c.Args {
		switch {
		case c.Call == "sleep":
			args = append(args, span(engine.Micros(a.Int)))
		case c.Call == "write" || c.Call == "send":
			args = append(args, a.String()+" bytes")
		case a.IsStr && c.Call != "connect" && c.Call != "bind":
			args = append(args, a.Str) // the name of a constant
		case a.IsStr:
			args = append(args, strconv.Quote(a.Str))
		default:
			args = append(args, a.String())
		}
	}
	text := who(c.Host, c.Proc, c.Thread) + c.Call + "(" + strings.Join(args, ", ") + ")"
	if r := d.returns[c.ID]; r != nil && r.BlockedUS == 0 {
		return text + result(r)
	}
	if c.Call == "exit" {
		return text
	}
	return text + " …"
}

// result writes what a call returned.
func result(r *engine.Returned) string {
	text := fmt.Sprintf(" = %d", r.Ret)
	switch {
	case r.Errno != "":
		text += " " + string(r.Errno)
	case r.Out != "" && r.Call != "accept":
		text += " " + r.Out
	case r.Ret == 0 && (r.Call == "read" || r.Call == "recv"):
		text += " (EOF)"
	}
	return text
}

// action writes what an input does.
func action(do engine.Do) string {
	direction := func(verb string, a *engine.LinkAction) string {
		if a.From != "" {
			return verb + " the link from " + a.From
		}
		return verb + " the link"
	}
	switch {
	case do.Drop != nil:
		return fmt.Sprintf("drop segment %d", do.Drop.Segment)
	case do.Delay != nil:
		return fmt.Sprintf("delay segment %d by %s", do.Delay.Segment, span(do.Delay.By))
	case do.Duplicate != nil:
		return fmt.Sprintf("duplicate segment %d", do.Duplicate.Segment)
	case do.Call != nil:
		return fmt.Sprintf("%s calls %s", do.Call.Proc, do.Call.Call)
	case do.Kill != nil:
		return fmt.Sprintf("kill %s on %s", do.Kill.Proc, do.Kill.Host)
	case do.PowerOff != nil:
		return "power off " + do.PowerOff.Host
	case do.Cut != nil:
		return direction("cut", do.Cut)
	case do.Heal != nil:
		return direction("heal", do.Heal)
	case do.Sysctl != nil:
		return fmt.Sprintf("%s: %s = %d", do.Sysctl.Host, do.Sysctl.Name, do.Sysctl.Value)
	}
	return "nothing"
}
