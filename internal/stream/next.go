package stream

import "encoding/json"

// Ready signals that Next may have a frame, or that the connection is closed.
func (c *Conn) Ready() <-chan struct{} { return c.ready }

// Next gives the next frame to write, a JSON text that is valid until the next call, or false where there is none now.
// Replies come first; streams with credit take turns, a frame each.
func (c *Conn) Next() ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, false
	}
	if len(c.replies) > 0 {
		reply := c.replies[0]
		c.replies = c.replies[1:]
		c.changed.Broadcast()
		return reply, true
	}
	for range c.streams {
		c.turn %= len(c.streams)
		l := c.streams[c.turn]
		c.turn++
		if l.run == nil {
			continue
		}
		if l.run.next == l.run.lines.Len() {
			c.remove(l)
			return encode(&End{Op: opEnd, Stream: l.name, Seq: l.run.next - 1, SHA256: l.run.lines.SHA256}), true
		}
		if l.credit > 0 {
			c.frame = l.appendEvents(c.frame[:0])
			return c.frame, true
		}
	}
	return nil, false
}

// appendEvents appends an Events frame with the stream's next events, as many as its credit and the size of a frame allow.
func (l *live) appendEvents(b []byte) []byte {
	b = append(b, `{"op":"events","stream":"`...)
	b = append(b, l.name...) // goodName: nothing to escape
	b = append(b, `","events":[`...)
	for first := true; l.credit > 0 && l.run.next < l.run.lines.Len(); first = false {
		line := l.run.lines.Line(l.run.next)
		if !first {
			if len(b)+len(line)+len(`,]}`) > MaxEventsFrame {
				break
			}
			b = append(b, ',')
		}
		b = append(b, line...)
		l.run.next++
		l.credit--
	}
	return append(b, `]}`...)
}

func encode(frame any) []byte {
	b, err := json.Marshal(frame)
	if err != nil {
		panic(err) // the frames are ours and hold nothing that can fail
	}
	return b
}
