package engine

import (
	"slices"
	"strconv"
	"strings"
)

// maxInt is what an int of C holds.
const maxInt = 1<<31 - 1

// sysSetsockopt takes the option by its name, with its value; SO_LINGER takes two: on and seconds.
func (h *Host) sysSetsockopt(p *pending) (Result, bool) {
	sk, o, v := p.target, p.target.newOptions(), p.arg(1)
	switch p.call.Args[0].Str {
	case "SO_REUSEADDR":
		o.reuseAddr = v != 0
	case "SO_KEEPALIVE":
		o.keepalive = v != 0
		sk.startKeepalive()
	case "SO_LINGER":
		o.linger, o.lingerTime = v != 0, min(max(p.arg(2), 0), maxInt)
	case "SO_RCVBUF":
		o.rcvBuf = int(min(max(v, 1152), 212992))
		sk.buf.limit = 2 * o.rcvBuf
	case "SO_SNDBUF":
		o.sndBuf = int(min(max(v, 2304), 212992))
	case "TCP_NODELAY":
		o.nodelay = v != 0
		if o.nodelay && sk.synchronized() && !sk.gone() {
			sk.push(RuleNodelay)
		}
	case "TCP_KEEPIDLE":
		return h.setInRange(&o.keepIdle, v, 1, 32767, sk.startKeepalive)
	case "TCP_KEEPINTVL":
		return h.setInRange(&o.keepIntvl, v, 1, 32767, nil)
	case "TCP_KEEPCNT":
		return h.setInRange(&o.keepCount, v, 1, 127, nil)
	case "TCP_LINGER2":
		o.linger2 = v
		if v > 120 {
			o.linger2 = 120
		}
	case "TCP_USER_TIMEOUT":
		if v < 0 {
			return fails("EINVAL")
		}
		o.userTimeout = Micros(min(v, maxInt)) * Millisecond
	default:
		return fails("ENOPROTOOPT")
	}
	return returns(0)
}

func (h *Host) setInRange(dst *int64, v, low, high int64, then func()) (Result, bool) {
	if v < low || v > high {
		return fails("EINVAL")
	}
	*dst = v
	if then != nil {
		then()
	}
	return returns(0)
}

// sysGetsockopt gives SO_ERROR, as a name, and clears it; the others as numbers.
func (h *Host) sysGetsockopt(p *pending) (Result, bool) {
	sk, o := p.target, p.target.opts
	number := func(n int64) (Result, bool) { return Result{Out: strconv.FormatInt(n, 10)}, true }
	flag := func(b bool) (Result, bool) {
		if b {
			return number(1)
		}
		return number(0)
	}
	switch p.call.Args[0].Str {
	case "SO_ERROR":
		if e := sk.takeError(); e != "" {
			return Result{Out: string(e)}, true
		}
		return number(0)
	case "SO_REUSEADDR":
		return flag(o.reuseAddr)
	case "SO_KEEPALIVE":
		return flag(o.keepalive)
	case "SO_RCVBUF":
		return number(int64(sk.rcvBufLimit()))
	case "SO_SNDBUF":
		return number(int64(sk.sndBufLimit()))
	case "TCP_NODELAY":
		return flag(o.nodelay)
	case "TCP_LINGER2":
		return number(max(h.orSysctl(o.linger2, finTimeout), -1))
	case "TCP_KEEPIDLE":
		return number(h.orSysctl(o.keepIdle, keepaliveTime))
	case "TCP_KEEPINTVL":
		return number(h.orSysctl(o.keepIntvl, keepaliveIntvl))
	case "TCP_KEEPCNT":
		return number(h.orSysctl(o.keepCount, keepaliveProbes))
	case "TCP_USER_TIMEOUT":
		return number(int64(o.userTimeout / Millisecond))
	}
	return fails("ENOPROTOOPT")
}

// rcvBufLimit is sk_rcvbuf, in bytes of memory: twice what SO_RCVBUF set, as socket(7) says.
func (sk *socket) rcvBufLimit() int {
	switch {
	case sk.buf.limit > 0:
		return sk.buf.limit
	case sk.opts.rcvBuf > 0:
		return 2 * sk.opts.rcvBuf
	}
	return defaultRcvBuf
}

// sndBufLimit is sk_sndbuf, likewise.
func (sk *socket) sndBufLimit() int {
	if sk.opts.sndBuf > 0 {
		return 2 * sk.opts.sndBuf
	}
	return defaultSndBuf
}

func (h *Host) orSysctl(v int64, i int) int64 {
	if v != 0 {
		return v
	}
	return h.sys[i]
}

// polledFD is one entry of poll's list.
type polledFD struct {
	sock   *socket // nil for a descriptor that is none
	events string  // asked for, as "POLLIN|POLLOUT"; empty asks for all
}

// pollList reads poll's arguments after the time-out: each descriptor may be followed by the events asked for.
func (p *pending) pollList() []polledFD {
	var list []polledFD
	for _, a := range p.call.Args[1:] {
		if a.IsStr && len(list) > 0 {
			list[len(list)-1].events = a.Str
		} else {
			list = append(list, polledFD{sock: p.proc.socket(int(a.Int))})
		}
	}
	return list
}

// sysPoll waits for events on descriptors: poll(timeout in ms, -1 for ever, fd, events, fd, events …). Out has one text a
// descriptor, joined by spaces; "0" is none.
func (h *Host) sysPoll(p *pending) (Result, bool) {
	list := p.pollList()
	ready := 0
	texts := make([]string, len(list))
	for i, fd := range list {
		texts[i] = fd.revents()
		if texts[i] != "0" {
			ready++
		}
	}
	timeout := min(p.arg(0), maxInt)
	if ready > 0 || timeout == 0 || p.started && !p.timeout.armed() && timeout > 0 {
		return Result{Ret: int64(ready), Out: strings.Join(texts, " ")}, true
	}
	if !p.started {
		p.started = true
		for _, fd := range list {
			fd.sock.waiters = append(fd.sock.waiters, p)
			p.polled = append(p.polled, fd.sock)
		}
		if timeout > 0 {
			p.timeout.owner = p
			h.set(&p.timeout, h.now+Micros(timeout)*Millisecond)
		}
	}
	return Result{}, false
}

// revents is what poll reports for a descriptor; errors and hang-ups are reported unasked.
func (fd polledFD) revents() string {
	if fd.sock == nil {
		return "POLLNVAL"
	}
	var shown []string
	for _, ev := range fd.sock.pollEvents() {
		if fd.events == "" || ev == "POLLERR" || ev == "POLLHUP" || slices.Contains(strings.Split(fd.events, "|"), ev) {
			shown = append(shown, ev)
		}
	}
	if len(shown) == 0 {
		return "0"
	}
	return strings.Join(shown, "|")
}

// pollEvents is kernel tcp_poll, in the order of the bits.
func (sk *socket) pollEvents() []string {
	var ev []string
	add := func(name string, yes bool) {
		if yes {
			ev = append(ev, name)
		}
	}
	if sk.state == Listen {
		add("POLLIN", sk.acceptQ.len() > 0)
		return ev
	}
	closed := sk.gone()
	opening := sk.state == SynSent || sk.state == SynReceived
	rcvShut, sndShut := sk.rcvShut || sk.left != nil, sk.sndShut || sk.left != nil
	add("POLLIN", !opening && len(sk.recv) > 0 || rcvShut)
	add("POLLOUT", !opening && (sndShut || sk.writable()))
	add("POLLRDHUP", rcvShut)
	add("POLLERR", sk.errno != "")
	add("POLLHUP", rcvShut && sndShut || closed)
	return ev
}
