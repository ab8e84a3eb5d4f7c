package export_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checkScript reads a script as packetdrill does, as far as our scripts use its language: its tokens, its grammar, and
// what it refuses at run time before a kernel is asked. It is written from the language's documentation, and strict: what
// our scripts don't use is an error too.
func checkScript(text string) error {
	tokens, err := pdTokens(text)
	if err != nil {
		return err
	}
	p := &pdParser{tokens: tokens, fds: map[int]bool{}, vals: map[uint32]bool{}}
	return p.script()
}

// pdToken is a token with its line.
type pdToken struct {
	kind string // word, int, float, "...", quoted (in backquotes), option, or the character itself
	text string
	line int
}

// pdLexemes are tried together; the longest match wins, the first of equals.
var pdLexemes = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"...", regexp.MustCompile(`^[.][.][.]`)},
	{"option", regexp.MustCompile(`^--[a-zA-Z0-9_]+`)},
	{"float", regexp.MustCompile(`^-?[0-9]*[.][0-9]+`)},
	{"int", regexp.MustCompile(`^-?[0-9]+`)},
	{"word", regexp.MustCompile(`^[a-zA-Z0-9_]+`)},
	{"quoted", regexp.MustCompile("^`(\\\\.|[^`])*`")},
	{"", regexp.MustCompile(`^[ \t\n]+`)},
	{"", regexp.MustCompile(`^//[^\n]*\n`)},
	{"address", regexp.MustCompile(`^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+`)},
	{"address", regexp.MustCompile(`^([0-9a-fA-F]{1,4}:){1,7}:`)},
	{"char", regexp.MustCompile(`^[^ \t\n]`)},
}

func pdTokens(text string) ([]pdToken, error) {
	var tokens []pdToken
	for line := 1; text != ""; {
		kind, match := "", ""
		for _, l := range pdLexemes {
			if m := l.re.FindString(text); len(m) > len(match) {
				kind, match = l.kind, m
			}
		}
		switch kind {
		case "":
		case "char":
			tokens = append(tokens, pdToken{match, match, line})
		case "address":
			return nil, fmt.Errorf("line %d: %s would be read as an address", line, match)
		default:
			tokens = append(tokens, pdToken{kind, match, line})
		}
		line += strings.Count(match, "\n")
		text = text[len(match):]
	}
	return tokens, nil
}

type pdParser struct {
	tokens []pdToken
	i      int

	events  int
	now     float64 // of the event before
	blocked float64 // until when a call blocks
	fds     map[int]bool
	packets int
	vals    map[uint32]bool // the timestamps sent
}

func (p *pdParser) peek() pdToken {
	if p.i == len(p.tokens) {
		return pdToken{kind: "end"}
	}
	return p.tokens[p.i]
}

func (p *pdParser) next() pdToken {
	t := p.peek()
	p.i++
	return t
}

// fail stops the parser; script recovers it.
func (p *pdParser) fail(format string, args ...any) {
	line := 0
	if n := min(p.i, len(p.tokens)) - 1; n >= 0 {
		line = p.tokens[n].line
	}
	panic(fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

// want takes the tokens of these kinds or texts.
func (p *pdParser) want(kinds ...string) (last pdToken) {
	for _, k := range kinds {
		if last = p.next(); last.kind != k && last.text != k {
			p.fail("%q where %q should be", last.text, k)
		}
	}
	return last
}

func (p *pdParser) accept(kind string) bool {
	if t := p.peek(); t.kind == kind || t.text == kind {
		p.i++
		return true
	}
	return false
}

func (p *pdParser) integer(low, high int64) int64 {
	n, err := strconv.ParseInt(p.want("int").text, 10, 64)
	if err != nil || n < low || n > high {
		p.fail("%d is not between %d and %d", n, low, high)
	}
	return n
}

func (p *pdParser) seconds() float64 {
	t := p.next()
	n, err := strconv.ParseFloat(t.text, 64)
	if err != nil || n < 0 || t.kind != "int" && t.kind != "float" {
		p.fail("%q is not a time", t.text)
	}
	return n
}

// script is: options, a command for the start, events.
func (p *pdParser) script() (err error) {
	defer func() {
		if e, ok := recover().(error); ok {
			err = e
		}
	}()
	for p.peek().kind == "option" {
		switch o := p.next().text; o {
		case "--ip_version":
			p.want("=", "ipv4")
		case "--tolerance_usecs":
			p.want("=")
			p.integer(1, 1_000_000)
		default:
			p.fail("the option %s", o)
		}
	}
	p.accept("quoted")
	for p.peek().kind != "end" {
		p.event()
	}
	switch {
	case p.packets == 0:
		p.fail("no packet")
	case p.blocked > p.now+1: // it waits for a second at the end
		p.fail("the script ends at %g while a call blocks until %g", p.now, p.blocked)
	}
	return nil
}

// event is a time and what happens then. The first time is 0, the others count from the event before.
func (p *pdParser) event() {
	relative := p.accept("+")
	start := p.seconds()
	end, ranged := start, false
	if p.accept("~") {
		p.want("+")
		end, ranged = p.seconds(), true
	}
	switch {
	case relative == (p.events == 0):
		p.fail("the first time alone is absolute")
	case !relative && start != 0:
		p.fail("the first event is at %g, not at 0", start)
	case end < start:
		p.fail("the range goes from %g to %g", start, end)
	}
	base := p.now
	p.events++
	p.now = base + start
	switch t := p.peek(); {
	case t.text == "<" || t.text == ">":
		if ranged && t.text == "<" {
			p.fail("a range of times is for packets that are expected")
		}
		p.packet(p.next().text == ">")
		p.now = base + end
	case ranged:
		p.fail("a range of times is for packets")
	case t.kind == "quoted":
		p.next()
	default:
		p.call(base)
	}
}

// packet is the flags, start:end(length), then ack, win, options.
func (p *pdParser) packet(out bool) {
	p.packets++
	ack := p.flags()
	start := p.integer(0, 1<<32-1)
	p.want(":")
	end := p.integer(0, 1<<32-1)
	p.want("(")
	length := p.integer(0, 1<<16-1)
	p.want(")")
	if end != start+length {
		p.fail("%d:%d is not %d long", start, end, length)
	}
	if p.accept("ack") != ack {
		p.fail("the flag . and the word ack go together")
	}
	if ack {
		p.integer(0, 1<<32-1)
	}
	p.want("win")
	p.integer(0, 1<<16-1)
	if p.accept("<") {
		p.options(out, ack)
	}
}

func (p *pdParser) flags() (ack bool) {
	if t := p.peek(); t.kind == "word" {
		if !slices.Contains([]string{"S", "F", "R", "P", "FP"}, t.text) {
			p.fail("the flags %s", t.text)
		}
		p.next()
		return p.accept(".")
	}
	p.want(".")
	return true
}

func (p *pdParser) options(out, ack bool) {
	bytes := 0
	for {
		bytes += p.option(out, ack)
		if !p.accept(",") {
			break
		}
	}
	p.want(">")
	if bytes%4 != 0 || bytes > 40 {
		p.fail("options of %d bytes", bytes)
	}
}

// option gives the option's length in bytes.
func (p *pdParser) option(out, ack bool) int {
	switch name := p.want("word").text; name {
	case "nop":
		return 1
	case "mss":
		p.integer(1, 1<<16-1)
		return 4
	case "sackOK":
		return 2
	case "wscale":
		p.integer(0, 14)
		return 3
	case "TS":
		p.want("val")
		val := uint32(p.integer(0, 1<<32-1))
		p.want("ecr")
		ecr := uint32(p.integer(0, 1<<32-1))
		if out {
			p.vals[val] = true
		} else if ack && !p.vals[ecr] {
			p.fail("the echo %d is of no timestamp that was sent", ecr)
		}
		return 10
	case "sack":
		n := 0
		for ; p.peek().kind == "int"; n++ {
			p.integer(0, 1<<32-1)
			p.want(":")
			p.integer(0, 1<<32-1)
		}
		if n < 1 || n > 4 {
			p.fail("%d SACK blocks", n)
		}
		return 2 + 8*n
	default:
		p.fail("the option %s", name)
	}
	return 0
}
