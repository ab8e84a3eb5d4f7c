package export_test

import (
	"slices"
	"strings"
)

// pdSymbols are the names that calls use, from C's headers.
var pdSymbols = strings.Fields(`SOCK_STREAM IPPROTO_TCP SOL_SOCKET SOL_TCP O_RDWR O_NONBLOCK F_SETFL SHUT_RD SHUT_WR SHUT_RDWR
SO_ERROR SO_KEEPALIVE SO_LINGER SO_RCVBUF SO_REUSEADDR SO_SNDBUF
TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_LINGER2 TCP_NODELAY TCP_USER_TIMEOUT
POLLIN POLLOUT POLLERR POLLHUP POLLRDHUP POLLNVAL ` + pdErrors)

const pdErrors = `EADDRINUSE EADDRNOTAVAIL EAGAIN EALREADY ECONNABORTED ECONNREFUSED ECONNRESET EINPROGRESS EINVAL EISCONN
ENOTCONN EPIPE ETIMEDOUT`

// pdReserved are words of the language, which the text of an error can't have.
var pdReserved = strings.Fields(`fd events revents onoff linger ack win ip tcp id off key seq none present label tc ttl val ecr
mss nop sack sackOK TS wscale urg md5 eol ce`)

// pdCalls are the calls with the number of their arguments; the first is a descriptor unless it is listed in made.
var pdCalls = map[string]int{
	"socket": 3, "bind": 3, "listen": 2, "accept": 3, "connect": 3, "read": 3, "write": 3, "recv": 4, "send": 4, "close": 1,
	"shutdown": 2, "setsockopt": 5, "getsockopt": 5, "fcntl": 3, "poll": 3,
}

// call is: name(arguments) = result, with "...end" before it where it blocks. The next call waits for it, but no longer
// than a second; packetdrill makes one at a time.
func (p *pdParser) call(base float64) {
	end, blocks := 0.0, p.accept("...")
	if blocks {
		if end = base + p.seconds(); end < p.now {
			p.fail("the call ends at %g before it begins at %g", end, p.now)
		}
	}
	name := p.want("word").text
	count, known := pdCalls[name]
	if !known {
		p.fail("the call %s", name)
	}
	if p.blocked > p.now*1.15+0.02 { // a range of times may have let the clock run ahead or behind
		p.fail("%s() at %g while another call blocks until %g", name, p.now, p.blocked)
	}
	p.want("(")
	first := p.peek()
	n := 1
	for p.expression(); p.accept(","); n++ {
		p.expression()
	}
	p.want(")", "=")
	if n != count {
		p.fail("%s() with %d arguments", name, n)
	}
	result := p.integer(-1, 1<<31-1)
	p.outcome(result)
	if blocks {
		p.blocked = end
	}
	p.keepBooks(name, first, int(result))
}

// outcome is an error's name and text, which go with -1.
func (p *pdParser) outcome(result int64) {
	if t := p.peek(); t.kind != "word" {
		if result < 0 {
			p.fail("-1 without an error")
		}
		return
	}
	if e := p.next().text; !slices.Contains(strings.Fields(pdErrors), e) || result != -1 {
		p.fail("%d with the error %s", result, e)
	}
	p.want("(")
	for p.peek().kind == "word" {
		if w := p.next().text; slices.Contains(pdReserved, w) {
			p.fail("%s is a word of the language", w)
		}
	}
	p.want(")")
}

// keepBooks holds that calls are about descriptors there are, and that packets find their socket: the one made last.
func (p *pdParser) keepBooks(name string, first pdToken, result int) {
	fd := 0
	for _, c := range first.text {
		fd = fd*10 + int(c-'0')
	}
	switch {
	case name == "socket" && p.packets > 0:
		p.fail("a socket made after the first packet takes the packets that follow")
	case name == "socket":
	case name == "poll":
	case first.kind != "int" || !p.fds[fd]:
		p.fail("%s() on %s, which is not open", name, first.text)
	}
	if (name == "socket" || name == "accept") && result >= 0 {
		if p.fds[result] {
			p.fail("the descriptor %d is open already", result)
		}
		p.fds[result] = true
	}
	if name == "close" {
		delete(p.fds, fd)
	}
}

// expression is "...", a number, names with | between, a list, or a structure.
func (p *pdParser) expression() {
	switch t := p.next(); t.kind {
	case "...", "int":
	case "word":
		p.i--
		for {
			if w := p.want("word").text; !slices.Contains(pdSymbols, w) {
				p.fail("the name %s", w)
			}
			if !p.accept("|") {
				return
			}
		}
	case "[":
		for p.expression(); p.accept(","); {
			p.expression()
		}
		p.want("]")
	case "{":
		p.structure()
	default:
		p.fail("%q where an argument should be", t.text)
	}
}

// structure is what SO_LINGER and poll take.
func (p *pdParser) structure() {
	switch p.peek().text {
	case "onoff":
		p.want("onoff", "=", "int", ",", "linger", "=", "int")
	case "fd":
		p.want("fd", "=")
		if fd := int(p.integer(0, 1<<31-1)); !p.fds[fd] {
			p.fail("poll of %d, which is not open", fd)
		}
		p.want(",", "events", "=")
		p.expression()
		p.want(",", "revents", "=")
		p.expression()
	default:
		p.fail("a structure of %s", p.peek().text)
	}
	p.want("}")
}
