package engine

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// AppendJSON appends an event as one JSON object.
func AppendJSON(dst []byte, ev Event) []byte { return new(writer).appendEvent(dst, &ev) }

// writer writes events as lines. What stood in the lines before is often the same again, so it is kept as text.
type writer struct {
	seq   int
	t     Micros
	begin []byte // of a line, with both
	digit int    // place of seq's last digit there
	texts [32]known
}

// known is a short text that came before, with its quotes.
type known struct {
	text   string
	quoted [24]byte
	n      int // its length
}

// roomForLine is more than a line takes, but for the scenario's texts: each of them sees to the room behind it.
const roomForLine = 1024

// appendEvent appends an event as one JSON object. A rule is an identifier, so it is written as it is.
func (w *writer) appendEvent(dst []byte, ev *Event) []byte {
	dst = append(slices.Grow(dst, roomForLine), w.beginning(ev)...)
	dst = append(append(dst, ev.Body.Kind()...), '"')
	if ev.Rule != "" {
		dst = plain(dst, `,"rule":"`, string(ev.Rule))
	}
	if ev.Cause >= 0 {
		dst = num(dst, `,"cause":`, ev.Cause)
	}
	return append(ev.Body.appendFields(dst, w), '}')
}

// beginning is all that stands before a line's kind. Mostly it is that of the line before, but for the last digit of seq.
func (w *writer) beginning(ev *Event) []byte {
	if ev.Seq == w.seq+1 && ev.T == w.t && len(w.begin) > 0 && w.begin[w.digit] < '9' {
		w.begin[w.digit]++
	} else {
		w.begin = slices.Grow(w.begin[:0], 2*mostDigits+len(`{"seq":,"t":,"kind":"`))
		b := num(w.begin, `{"seq":`, ev.Seq)
		w.digit, w.t = len(b)-1, ev.T
		w.begin = append(num(b, `,"t":`, ev.T), `,"kind":"`...)
	}
	w.seq = ev.Seq
	return w.begin
}

// num appends a member with an integer; key is all that stands before it.
func num[T ~int | ~int64 | ~uint16 | ~uint32](dst []byte, key string, v T) []byte {
	return decimal(append(dst, key...), int64(v))
}

// plain appends a member with a text that needs no escapes: an identifier of ours or an address. key ends with the quote.
func plain(dst []byte, key, v string) []byte {
	return append(append(append(dst, key...), v...), '"')
}

// text appends any text, quoted. Some are kept: the names of hosts, programs and calls come again and again.
func (w *writer) text(dst []byte, s string) []byte {
	if len(s) > len(known{}.quoted)-len(`""`) {
		return slices.Grow(quote(dst, s), roomForLine)
	}
	k := &w.texts[0]
	if s != "" {
		k = &w.texts[(uint(s[0])+3*uint(s[len(s)-1])+5*uint(len(s)))%uint(len(w.texts))]
	}
	if k.text != s || k.n == 0 {
		quoted := quote(k.quoted[:0], s)
		if len(quoted) > len(k.quoted) {
			return slices.Grow(append(dst, quoted...), roomForLine)
		}
		k.text, k.n = s, len(quoted)
	}
	n := len(dst)
	*(*[len(known{}.quoted)]byte)(dst[n : n+len(known{}.quoted)]) = k.quoted
	return dst[:n+k.n]
}

func boolean(dst []byte, key string, v bool) []byte {
	dst = append(dst, key...)
	if v {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

// special marks the bytes that a JSON string can't have as they are, or that encoding/json writes otherwise.
var special = func() (s [256]bool) {
	for c := range s {
		s[c] = c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&'
	}
	return s
}()

// quote writes plain ASCII as it is and leaves all else to encoding/json.
func quote(dst []byte, s string) []byte {
	for i := range len(s) {
		if special[s[i]] {
			b, _ := json.Marshal(s) // a string always marshals
			return append(dst, b...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
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

func (m *Meta) appendFields(dst []byte, _ *writer) []byte         { return reflected(dst, m) }
func (e *Expect) appendFields(dst []byte, _ *writer) []byte       { return reflected(dst, e) }
func (e *End) appendFields(dst []byte, _ *writer) []byte          { return reflected(dst, e) }
func (i *InputApplied) appendFields(dst []byte, _ *writer) []byte { return reflected(dst, i) }

func (s *SegmentSent) appendFields(dst []byte, w *writer) []byte {
	dst = num(dst, `,"id":`, s.ID)
	dst = w.text(append(dst, `,"from":`...), s.From)
	dst = w.text(append(dst, `,"to":`...), s.To)
	dst = num(dst, `,"sport":`, s.Sport)
	dst = num(dst, `,"dport":`, s.Dport)
	dst = append(s.Flags.appendTo(append(dst, `,"flags":"`...)), '"')
	dst = num(dst, `,"seqno":`, s.Seqno)
	dst = num(dst, `,"ackno":`, s.Ackno)
	dst = num(dst, `,"abs":{"seq":`, s.Abs.Seq)
	dst = num(dst, `,"ack":`, s.Abs.Ack)
	dst = num(dst, `},"len":`, s.Len)
	dst = num(dst, `,"win":`, s.Win)
	dst = num(dst, `,"win_bytes":`, s.WinBytes)
	dst = s.Opts.appendJSON(append(dst, `,"opts":`...))
	dst = boolean(dst, `,"retransmission":`, s.Retransmission)
	return num(dst, `,"arrives":`, s.Arrives)
}

// appendJSON writes the options as an object; its members follow the fields' tags.
func (o *Options) appendJSON(dst []byte) []byte {
	start := len(dst)
	if o.MSS != 0 {
		dst = num(dst, `,"mss":`, o.MSS)
	}
	if o.SACKOK {
		dst = append(dst, `,"sack_ok":true`...)
	}
	if o.TS != nil {
		dst = num(dst, `,"ts":{"val":`, o.TS.Val)
		dst = append(num(dst, `,"ecr":`, o.TS.Ecr), '}')
	}
	if o.WScale != nil {
		dst = num(dst, `,"wscale":`, *o.WScale)
	}
	if len(o.SACK) > 0 {
		dst = append(dst, `,"sack":[`...)
		for i, b := range o.SACK {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = num(dst, `{"left":`, b.Left)
			dst = append(num(dst, `,"right":`, b.Right), '}')
		}
		dst = append(dst, ']')
	}
	if len(dst) == start {
		return append(dst, '{', '}')
	}
	dst[start] = '{'
	return append(dst, '}')
}

func (f *Fate) appendFields(dst []byte, _ *writer) []byte {
	dst = num(dst, `,"id":`, f.ID)
	dst = plain(dst, `,"fate":"`, string(f.Fate))
	if f.Arrives != 0 {
		dst = num(dst, `,"arrives":`, f.Arrives)
	}
	return dst
}

func (d *Deliver) appendFields(dst []byte, w *writer) []byte {
	return w.text(append(num(dst, `,"id":`, d.ID), `,"host":`...), d.Host)
}

func (c *CallMade) appendFields(dst []byte, w *writer) []byte {
	dst = num(dst, `,"id":`, c.ID)
	dst = w.caller(dst, c.Host, c.Proc, c.Thread, c.Line, c.FD, c.Call)
	dst = append(dst, `,"args":[`...)
	for i, a := range c.Args {
		if i > 0 {
			dst = append(dst, ',')
		}
		if a.IsStr {
			dst = w.text(dst, a.Str)
		} else {
			dst = decimal(slices.Grow(dst, roomForLine), a.Int)
		}
	}
	return append(dst, ']')
}

func (r *Returned) appendFields(dst []byte, w *writer) []byte {
	dst = num(dst, `,"id":`, r.ID)
	dst = w.caller(dst, r.Host, r.Proc, r.Thread, r.Line, r.FD, r.Call)
	dst = num(dst, `,"ret":`, r.Ret)
	if r.Out != "" {
		dst = w.text(append(dst, `,"out":`...), r.Out)
	}
	if r.Errno != "" {
		dst = w.text(append(dst, `,"errno":`...), string(r.Errno))
	}
	return num(dst, `,"blocked_us":`, r.BlockedUS)
}

// caller writes the members that a call and its return share.
func (w *writer) caller(dst []byte, host, proc string, thread, line, fd int, call string) []byte {
	dst = w.text(append(dst, `,"host":`...), host)
	dst = w.text(append(dst, `,"proc":`...), proc)
	dst = num(dst, `,"thread":`, thread)
	dst = num(dst, `,"line":`, line)
	dst = num(dst, `,"fd":`, fd)
	return w.text(append(dst, `,"call":`...), call)
}

func (c *StateChange) appendFields(dst []byte, w *writer) []byte {
	dst = w.text(append(dst, `,"host":`...), c.Host)
	dst = num(dst, `,"sock":`, c.Sock)
	dst = plain(dst, `,"local":"`, c.Local)
	dst = plain(dst, `,"remote":"`, c.Remote)
	dst = plain(dst, `,"from":"`, string(c.From))
	dst = plain(dst, `,"to":"`, string(c.To))
	return boolean(dst, `,"orphan":`, c.Orphan)
}

func (c *TimerChange) appendFields(dst []byte, w *writer) []byte {
	dst = w.text(append(dst, `,"host":`...), c.Host)
	dst = num(dst, `,"sock":`, c.Sock)
	dst = plain(dst, `,"timer":"`, string(c.Timer))
	dst = plain(dst, `,"action":"`, string(c.Action))
	if c.At != 0 {
		dst = num(dst, `,"at":`, c.At)
	}
	return num(dst, `,"attempt":`, c.Attempt)
}

func (q *Queue) appendFields(dst []byte, w *writer) []byte {
	dst = w.text(append(dst, `,"host":`...), q.Host)
	dst = num(dst, `,"sock":`, q.Sock)
	dst = plain(dst, `,"local":"`, q.Local)
	dst = num(dst, `,"recvq":`, q.RecvQ)
	return num(dst, `,"sendq":`, q.SendQ)
}

func (q *ListenQueue) appendFields(dst []byte, w *writer) []byte {
	dst = w.text(append(dst, `,"host":`...), q.Host)
	dst = num(dst, `,"sock":`, q.Sock)
	dst = plain(dst, `,"local":"`, q.Local)
	dst = num(dst, `,"accept":`, q.Accept)
	dst = num(dst, `,"syn":`, q.Syn)
	return num(dst, `,"backlog":`, q.Backlog)
}

func (p *Process) appendFields(dst []byte, w *writer) []byte {
	dst = w.text(append(dst, `,"host":`...), p.Host)
	dst = w.text(append(dst, `,"proc":`...), p.Proc)
	dst = plain(dst, `,"action":"`, string(p.Action))
	return num(dst, `,"status":`, p.Status)
}
