package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Lines is a log in its encoded form: one JSON object a line.
type Lines struct {
	buf    []byte
	ends   []int // ends[i] is the offset after line i's newline
	times  []Micros
	SHA256 string // of all lines before the End line, newlines included; set when End was encoded
}

// Len is the number of lines.
func (l *Lines) Len() int { return len(l.ends) }

// Line is line i without its newline. It must not be changed.
func (l *Lines) Line(i int) []byte {
	start := 0
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.buf[start : l.ends[i]-1]
}

// Time is the virtual time of line i.
func (l *Lines) Time(i int) Micros { return l.times[i] }

// Bytes is the whole log, each line with its newline. It must not be changed.
func (l *Lines) Bytes() []byte { return l.buf }

// AppendRaw appends a line that is encoded already, as it comes from another process.
func (l *Lines) AppendRaw(line []byte, t Micros) {
	l.buf = append(append(l.buf, line...), '\n')
	l.ends = append(l.ends, len(l.buf))
	l.times = append(l.times, t)
}

// Encoder turns events into Lines, and fills the digest of the End event.
type Encoder struct {
	Lines Lines
}

// NewEncoder makes an Encoder for one log.
func NewEncoder() *Encoder {
	return &Encoder{Lines{buf: make([]byte, 0, usualBytes), ends: make([]int, 0, usualLines), times: make([]Micros, 0, usualLines)}}
}

// The size of a lesson's log, to begin with.
const (
	usualBytes = 24 << 10
	usualLines = 128
)

// Append encodes one event.
func (e *Encoder) Append(ev Event) {
	if end, ok := ev.Body.(*End); ok {
		digest := sha256.Sum256(e.Lines.buf)
		end.SHA256 = hex.EncodeToString(digest[:])
		e.Lines.SHA256 = end.SHA256
	}
	e.Lines.buf = append(AppendJSON(e.Lines.buf, ev), '\n')
	e.Lines.ends = append(e.Lines.ends, len(e.Lines.buf))
	e.Lines.times = append(e.Lines.times, ev.T)
}

// AppendJSON appends an event as one JSON object.
func AppendJSON(dst []byte, ev Event) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendInt(dst, int64(ev.Seq), 10)
	dst = append(dst, `,"t":`...)
	dst = strconv.AppendInt(dst, int64(ev.T), 10)
	dst = str(dst, "kind", string(ev.Body.Kind()))
	if ev.Rule != "" {
		dst = str(dst, "rule", string(ev.Rule))
	}
	if ev.Cause >= 0 {
		dst = num(dst, "cause", ev.Cause)
	}
	return append(ev.Body.appendFields(dst), '}')
}

func name(dst []byte, n string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, n...)
	return append(dst, '"', ':')
}

func num[T ~int | ~int64 | ~uint16 | ~uint32](dst []byte, n string, v T) []byte {
	return strconv.AppendInt(name(dst, n), int64(v), 10)
}

func str(dst []byte, n, v string) []byte { return quote(name(dst, n), v) }

func boolean(dst []byte, n string, v bool) []byte {
	return strconv.AppendBool(name(dst, n), v)
}

// quote writes plain ASCII as it is and leaves all else to encoding/json.
func quote(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&' {
			b, _ := json.Marshal(s) // a string always marshals
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// reflected encodes the bodies that come once or seldom, by their struct tags.
func reflected(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types are ours and hold nothing that can fail
	}
	if len(b) <= 2 {
		return dst
	}
	dst = append(dst, ',')
	return append(dst, b[1:len(b)-1]...)
}

func (m *Meta) appendFields(dst []byte) []byte         { return reflected(dst, m) }
func (e *Expect) appendFields(dst []byte) []byte       { return reflected(dst, e) }
func (e *End) appendFields(dst []byte) []byte          { return reflected(dst, e) }
func (i *InputApplied) appendFields(dst []byte) []byte { return reflected(dst, i) }

func (s *SegmentSent) appendFields(dst []byte) []byte {
	dst = num(dst, "id", s.ID)
	dst = str(dst, "from", s.From)
	dst = str(dst, "to", s.To)
	dst = num(dst, "sport", s.Sport)
	dst = num(dst, "dport", s.Dport)
	dst = str(dst, "flags", s.Flags.String())
	dst = num(dst, "seqno", s.Seqno)
	dst = num(dst, "ackno", s.Ackno)
	dst = append(name(dst, "abs"), `{"seq":`...)
	dst = strconv.AppendUint(dst, uint64(s.Abs.Seq), 10)
	dst = append(num(dst, "ack", s.Abs.Ack), '}')
	dst = num(dst, "len", s.Len)
	dst = num(dst, "win", s.Win)
	dst = num(dst, "win_bytes", s.WinBytes)
	dst = s.Opts.appendJSON(name(dst, "opts"))
	dst = boolean(dst, "retransmission", s.Retransmission)
	return num(dst, "arrives", s.Arrives)
}

// appendJSON writes the options as an object; its members follow the fields' tags.
func (o *Options) appendJSON(dst []byte) []byte {
	start := len(dst)
	if o.MSS != 0 {
		dst = num(dst, "mss", o.MSS)
	}
	if o.SACKOK {
		dst = boolean(dst, "sack_ok", true)
	}
	if o.TS != nil {
		dst = append(name(dst, "ts"), `{"val":`...)
		dst = strconv.AppendUint(dst, uint64(o.TS.Val), 10)
		dst = append(num(dst, "ecr", o.TS.Ecr), '}')
	}
	if o.WScale != nil {
		dst = num(dst, "wscale", *o.WScale)
	}
	if len(o.SACK) > 0 {
		dst = append(name(dst, "sack"), '[')
		for i, b := range o.SACK {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"left":`...)
			dst = strconv.AppendInt(dst, b.Left, 10)
			dst = append(num(dst, "right", b.Right), '}')
		}
		dst = append(dst, ']')
	}
	if len(dst) == start {
		return append(dst, '{', '}')
	}
	dst[start] = '{'
	return append(dst, '}')
}

func (f *Fate) appendFields(dst []byte) []byte {
	dst = num(dst, "id", f.ID)
	dst = str(dst, "fate", string(f.Fate))
	if f.Arrives != 0 {
		dst = num(dst, "arrives", f.Arrives)
	}
	return dst
}

func (d *Deliver) appendFields(dst []byte) []byte {
	return str(num(dst, "id", d.ID), "host", d.Host)
}

func (c *CallMade) appendFields(dst []byte) []byte {
	dst = num(dst, "id", c.ID)
	dst = caller(dst, c.Host, c.Proc, c.Thread, c.Line, c.FD, c.Call)
	dst = append(name(dst, "args"), '[')
	for i, a := range c.Args {
		if i > 0 {
			dst = append(dst, ',')
		}
		if a.IsStr {
			dst = quote(dst, a.Str)
		} else {
			dst = strconv.AppendInt(dst, a.Int, 10)
		}
	}
	return append(dst, ']')
}

func (r *Returned) appendFields(dst []byte) []byte {
	dst = num(dst, "id", r.ID)
	dst = caller(dst, r.Host, r.Proc, r.Thread, r.Line, r.FD, r.Call)
	dst = num(dst, "ret", r.Ret)
	if r.Out != "" {
		dst = str(dst, "out", r.Out)
	}
	if r.Errno != "" {
		dst = str(dst, "errno", string(r.Errno))
	}
	return num(dst, "blocked_us", r.BlockedUS)
}

// caller writes the members that a call and its return share.
func caller(dst []byte, host, proc string, thread, line, fd int, call string) []byte {
	dst = str(dst, "host", host)
	dst = str(dst, "proc", proc)
	dst = num(dst, "thread", thread)
	dst = num(dst, "line", line)
	dst = num(dst, "fd", fd)
	return str(dst, "call", call)
}

func (c *StateChange) appendFields(dst []byte) []byte {
	dst = str(dst, "host", c.Host)
	dst = num(dst, "sock", c.Sock)
	dst = str(dst, "local", c.Local)
	dst = str(dst, "remote", c.Remote)
	dst = str(dst, "from", string(c.From))
	dst = str(dst, "to", string(c.To))
	return boolean(dst, "orphan", c.Orphan)
}

func (c *TimerChange) appendFields(dst []byte) []byte {
	dst = str(dst, "host", c.Host)
	dst = num(dst, "sock", c.Sock)
	dst = str(dst, "timer", string(c.Timer))
	dst = str(dst, "action", string(c.Action))
	if c.At != 0 {
		dst = num(dst, "at", c.At)
	}
	return num(dst, "attempt", c.Attempt)
}

func (q *Queue) appendFields(dst []byte) []byte {
	dst = str(dst, "host", q.Host)
	dst = num(dst, "sock", q.Sock)
	dst = str(dst, "local", q.Local)
	dst = num(dst, "recvq", q.RecvQ)
	return num(dst, "sendq", q.SendQ)
}

func (q *ListenQueue) appendFields(dst []byte) []byte {
	dst = str(dst, "host", q.Host)
	dst = num(dst, "sock", q.Sock)
	dst = str(dst, "local", q.Local)
	dst = num(dst, "accept", q.Accept)
	dst = num(dst, "syn", q.Syn)
	return num(dst, "backlog", q.Backlog)
}

func (p *Process) appendFields(dst []byte) []byte {
	dst = str(dst, "host", p.Host)
	dst = str(dst, "proc", p.Proc)
	dst = str(dst, "action", string(p.Action))
	return num(dst, "status", p.Status)
}
