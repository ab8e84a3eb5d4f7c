package engine

import (
	"crypto/sha256"
	"encoding/hex"
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
	Lines  Lines
	writer writer
}

// NewEncoder makes an Encoder for one log.
func NewEncoder() *Encoder {
	return &Encoder{Lines: Lines{buf: make([]byte, 0, usualBytes), ends: make([]int, 0, usualLines), times: make([]Micros, 0, usualLines)}}
}

// The size of a lesson's log, to begin with.
const (
	usualBytes = 24 << 10
	usualLines = 128
)

// Reset empties the encoder for another log, in the same memory: the Lines of the last one are lost.
func (e *Encoder) Reset() {
	l := &e.Lines
	l.buf, l.ends, l.times, l.SHA256 = l.buf[:0], l.ends[:0], l.times[:0], ""
}

// Append encodes one event.
func (e *Encoder) Append(ev *Event) {
	if end, ok := ev.Body.(*End); ok {
		digest := sha256.Sum256(e.Lines.buf)
		end.SHA256 = hex.EncodeToString(digest[:])
		e.Lines.SHA256 = end.SHA256
	}
	e.Lines.buf = append(e.writer.appendEvent(e.Lines.buf, ev), '\n')
	e.Lines.ends = append(e.Lines.ends, len(e.Lines.buf))
	e.Lines.times = append(e.Lines.times, ev.T)
}
