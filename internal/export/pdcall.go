package export

import (
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// call is a call that the script may make.
type call struct {
	made     int // seq of its event
	returned int // seq of its return
	name     string
	text     string
	late     string // the text where it stands at its return
	blocks   bool
	until    engine.Micros // when it returns, where it blocks
	waits    bool          // all that it does is to wait
	timer    *rounded      // what made it return, where that was a timer
	comment  bool          // the text is a comment: packetdrill can't make it
	before   string        // a call that must come first
}

// pdSocket is a socket that a process of the host holds.
type pdSocket struct {
	fd     int // in its process
	script int // in the script
	parent *pdSocket
	made   int  // seq of the event that made it
	closed int  // seq of the event that closed it
	keep   bool // it carries the connection, or listens for it
	waits  bool // its close() waits, by SO_LINGER
}

// holder is a descriptor of a process.
type holder struct {
	proc string
	fd   int
}

// sockets finds the sockets of a host and which of them the script is about.
type sockets struct {
	s        *script
	open     map[holder]*pdSocket
	all      []*pdSocket
	pending  map[int]*pdCall // by the call's id
	calls    []*pdCall
	bySeq    map[int]*pdCall
	listener *pdSocket
	exits    []pdExit
}

// pdCall is a call with its return and the sockets it is about.
type pdCall struct {
	seq     int
	at      engine.Micros
	made    *engine.CallMade
	back    *engine.Returned // nil where it never returns
	backSeq int
	backAt  engine.Micros
	arrived bool // something arrived before it returned
	sock    *pdSocket
	polled  []*pdSocket
	created *pdSocket
}

// pdExit is a socket that its process's end closes.
type pdExit struct {
	ev   engine.Event
	sock *pdSocket
	note string
}

// findSockets finds the calls on the connection's sockets. Another socket() would make packetdrill follow that one.
func (s *script) findSockets() {
	f := &sockets{s: s, open: map[holder]*pdSocket{}, pending: map[int]*pdCall{}, bySeq: map[int]*pdCall{}}
	for _, ev := range s.log.Events {
		f.event(ev)
	}
	var opener *pdSocket
	if c := f.bySeq[s.opener]; c != nil {
		opener = c.sock
	}
	for _, k := range f.all {
		k.keep = k == opener || f.listener != nil && (k == f.listener || k.parent == f.listener)
	}
	f.number()
	s.calls = map[int]*call{}
	for _, c := range f.calls {
		f.write(c)
	}
	s.exits = slices.DeleteFunc(f.exits, func(e pdExit) bool { return !e.sock.keep })
}

func (f *sockets) event(ev engine.Event) {
	host := f.s.meta.Name
	switch b := ev.Body.(type) {
	case *engine.CallMade:
		if b.Host == host {
			f.begin(ev, b)
		}
	case *engine.Returned:
		if c := f.pending[b.ID]; c != nil && b.Host == host {
			delete(f.pending, b.ID)
			c.back, c.backSeq, c.backAt = b, ev.Seq, ev.T
			f.create(ev, c)
		}
	case *engine.Deliver:
		if b.Host == host {
			for _, c := range f.pending {
				c.arrived = true
			}
		}
	case *engine.StateChange:
		if b.Host == host && b.To == engine.Listen && ev.Seq < f.s.firstSyn && f.s.opener < 0 &&
			strings.HasSuffix(b.Local, fmt.Sprintf(":%d", f.s.local)) && f.bySeq[ev.Cause] != nil {
			f.listener = f.bySeq[ev.Cause].sock
		}
	case *engine.Process:
		if b.Host == host && b.Action != engine.ProcessStart {
			f.exit(ev, b)
		}
	}
}

func (f *sockets) begin(ev engine.Event, b *engine.CallMade) {
	c := &pdCall{seq: ev.Seq, at: ev.T, made: b, sock: f.open[holder{b.Proc, b.FD}]}
	if b.Call == "poll" {
		for _, a := range b.Args[min(1, len(b.Args)):] {
			if !a.IsStr {
				c.polled = append(c.polled, f.open[holder{b.Proc, int(a.Int)}])
			}
		}
	}
	if b.Call == "setsockopt" && c.sock != nil && b.Args[0].Str == "SO_LINGER" {
		c.sock.waits = len(b.Args) > 2 && b.Args[1].Int != 0 && b.Args[2].Int > 0
	}
	if b.Call == "close" && c.sock != nil {
		c.sock.closed = ev.Seq
		delete(f.open, holder{b.Proc, b.FD})
	}
	f.pending[b.ID], f.bySeq[ev.Seq] = c, c
	f.calls = append(f.calls, c)
}

// create notes the socket that a call made.
func (f *sockets) create(ev engine.Event, c *pdCall) {
	if c.back.Ret < 0 || c.back.Call != "socket" && c.back.Call != "accept" {
		return
	}
	c.created = &pdSocket{fd: int(c.back.Ret), made: ev.Seq, closed: len(f.s.log.Events)}
	if c.back.Call == "accept" {
		c.created.parent = c.sock
		c.created.waits = c.sock != nil && c.sock.waits
	}
	f.open[holder{c.back.Proc, c.created.fd}] = c.created
	f.all = append(f.all, c.created)
}

// exit closes what a process holds, in the order of the descriptors.
func (f *sockets) exit(ev engine.Event, b *engine.Process) {
	note := b.Proc + " exits"
	if b.Action == engine.ProcessKill {
		note = b.Proc + " is killed"
	}
	var held []*pdSocket
	for h, k := range f.open {
		if h.proc == b.Proc {
			held = append(held, k)
			k.closed = ev.Seq
			delete(f.open, h)
		}
	}
	slices.SortFunc(held, func(a, b *pdSocket) int { return a.fd - b.fd })
	for _, k := range held {
		f.exits = append(f.exits, pdExit{ev, k, note})
	}
}

// number gives the kept sockets descriptors that no two have at once: those of their processes, where that is possible.
func (f *sockets) number() {
	var kept []*pdSocket
	for _, k := range f.all {
		if !k.keep {
			continue
		}
		taken := func(fd int) bool {
			return slices.ContainsFunc(kept, func(o *pdSocket) bool { return o.script == fd && o.closed >= k.made })
		}
		k.script = k.fd
		for n := 3; taken(k.script); n++ {
			k.script = n
		}
		kept = append(kept, k)
	}
}

// silent are the calls that the network and the socket don't notice.
var silent = []string{"sleep", "spawn", "exit", "getsockname", "getpeername"}

// write gives a call its text, or leaves it out.
func (f *sockets) write(c *pdCall) {
	if slices.Contains(silent, c.made.Call) {
		return
	}
	keep := c.sock != nil && c.sock.keep
	switch c.made.Call {
	case "socket":
		keep = c.created != nil && c.created.keep
	case "poll":
		keep = len(c.polled) > 0 && !slices.ContainsFunc(c.polled, func(k *pdSocket) bool { return k == nil || !k.keep })
	}
	text, late, ok := "", "", false
	if keep {
		text, late, ok = f.text(c)
	}
	if !ok {
		f.s.leftOut++
		return
	}
	out := &call{made: c.seq, returned: c.backSeq, name: c.made.Call, text: text, late: late}
	out.waits = slices.Contains([]string{"accept", "read", "recv", "poll"}, c.made.Call)
	if c.back == nil {
		f.endless(out, c)
	} else if c.back.BlockedUS > 0 || c.arrived {
		out.blocks, out.until = true, c.backAt
	}
	f.s.calls[c.made.ID] = out
}

// endless is a call that does not return: packetdrill would wait for it at the end of the script. connect() goes on
// without it; a program that waits for the rest of its life leaves no trace.
func (f *sockets) endless(out *call, c *pdCall) {
	if c.made.Call == "connect" {
		out.before = fmt.Sprintf("fcntl(%d, F_SETFL, O_RDWR|O_NONBLOCK) = 0", c.sock.script)
		out.text = out.text + outcome(-1, "EINPROGRESS")
		return
	}
	out.text, out.comment = out.text+" does not return", true
	f.s.endless = f.s.endless || !out.waits
}

// text writes a call as packetdrill takes it, with its result where it has one; late is the same for a call that is made
// when it returns. ok is false where packetdrill has no such call.
func (f *sockets) text(c *pdCall) (text, late string, ok bool) {
	args, ok := f.args(c)
	if !ok {
		return "", "", false
	}
	text = c.made.Call + "(" + args + ")"
	if c.back == nil {
		return text, "", true
	}
	ret := c.back.Ret
	if c.created != nil {
		ret = int64(c.created.script)
	}
	res := outcome(ret, c.back.Errno)
	late = text
	if c.made.Call == "poll" {
		cut := strings.LastIndex(text, ", ")
		late = text[:cut] + ", 0)" // what it waited for is there, or its time is over
	}
	return text + res, late + res, true
}

// pdStrings are the errors as strerror() tells them.
var pdStrings = map[engine.Errno]string{
	"EADDRINUSE":    "Address already in use",
	"EADDRNOTAVAIL": "Cannot assign requested address",
	"EAGAIN":        "Resource temporarily unavailable",
	"EALREADY":      "Operation already in progress",
	"ECONNABORTED":  "Software caused connection abort",
	"ECONNREFUSED":  "Connection refused",
	"ECONNRESET":    "Connection reset by peer",
	"EINPROGRESS":   "Operation now in progress",
	"EINVAL":        "Invalid argument",
	"EISCONN":       "Transport endpoint is already connected",
	"ENOPROTOOPT":   "Protocol not available",
	"ENOTCONN":      "Transport endpoint is not connected",
	"EPIPE":         "Broken pipe",
	"ETIMEDOUT":     "Connection timed out",
}

// outcome writes what a call returns.
func outcome(ret int64, errno engine.Errno) string {
	if errno == "" {
		return fmt.Sprintf(" = %d", ret)
	}
	words := pdStrings[errno]
	if words == "" {
		words = "an error"
	}
	return fmt.Sprintf(" = %d %s (%s)", ret, errno, words)
}
