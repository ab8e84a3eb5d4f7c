package engine

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// script is a Program written as lines: "c = socket", "connect c server 80", "write c hello", "read c 100 *" (a star
// repeats the call until it returns 0 or fails), "sleep 100ms". Names before "=" and after the call are descriptors.
type script struct {
	lines []string
	next  int
	fds   map[string]int
	bind  string // variable that the last call's result goes to
	again bool
}

func newScript(text string) *script {
	s := &script{fds: map[string]int{}}
	for _, line := range strings.Split(text, ";") {
		if line = strings.TrimSpace(line); line != "" {
			s.lines = append(s.lines, line)
		}
	}
	return s
}

func (s *script) Stop() {}

func (s *script) Resume(r Result) (Call, int, bool) {
	if s.bind != "" {
		s.fds[s.bind] = int(r.Ret)
		s.bind = ""
	}
	if s.again && r.Ret > 0 {
		s.next--
	}
	s.again = false
	if s.next == len(s.lines) {
		return Call{}, 0, false
	}
	line := s.lines[s.next]
	s.next++
	if name, rest, ok := strings.Cut(line, " = "); ok {
		s.bind, line = name, rest
	}
	return s.call(strings.Fields(line)), 0, true
}

func (s *script) call(f []string) Call {
	c := Call{Name: f[0], FD: -1, Line: s.next}
	takesFD, _ := KnownCall(f[0])
	f = f[1:]
	if takesFD {
		c.FD = s.fds[f[0]]
		f = f[1:]
	}
	if len(f) > 0 && f[len(f)-1] == "*" {
		s.again = true
		f = f[:len(f)-1]
	}
	for _, a := range f {
		switch n, err := strconv.ParseInt(a, 10, 64); {
		case c.Name == "write" || c.Name == "send":
			if err == nil {
				c.Data = make([]byte, n)
			} else {
				c.Data = []byte(a)
			}
		case err == nil:
			c.Args = append(c.Args, Num(n))
		case a[0] >= '0' && a[0] <= '9' && strings.HasSuffix(a, "s"):
			c.Args = append(c.Args, Num(int64(mustMicros(a))))
		case c.Name == "poll" && !strings.HasPrefix(a, "POLL"):
			c.Args = append(c.Args, Num(int64(s.fds[a])))
		default:
			c.Args = append(c.Args, Str(a))
		}
	}
	return c
}

// mustMicros reads "10ms" or "3s".
func mustMicros(s string) Micros {
	unit := Second
	num, isMS := strings.CutSuffix(s, "ms")
	if isMS {
		unit = Millisecond
	} else {
		num = strings.TrimSuffix(s, "s")
	}
	n, err := strconv.ParseFloat(num, 64)
	if err != nil {
		panic(err)
	}
	return Micros(n * float64(unit))
}

// world is a test's simulation: client 10.0.0.1 and server 10.0.0.2, 10 ms apart.
type world struct {
	*Sim
	Recorder
	lines *Encoder
}

func newWorld(t testing.TB, c Config) *world {
	w := &world{lines: NewEncoder()}
	c.Sink = func(e *Event) {
		w.lines.Append(e)
		w.Append(e)
	}
	if c.Delay == 0 {
		c.Delay = 10 * Millisecond
	}
	w.Sim = NewSim(c)
	return w
}

// text shows one event as a line for a person.
func text(e Event) string {
	at := fmt.Sprintf("%12.3f", float64(e.T)/1000)
	why := ""
	if e.Rule != "" {
		why = "  # " + string(e.Rule)
	}
	switch b := e.Body.(type) {
	case *SegmentSent:
		again := ""
		if b.Retransmission {
			again = " again"
		}
		sack := ""
		for _, s := range b.Opts.SACK {
			sack += fmt.Sprintf(" sack %d-%d", s.Left, s.Right)
		}
		return fmt.Sprintf("%s %s > %s  #%d %s seq %d ack %d len %d win %d%s%s%s", at, b.From, b.To, b.ID, b.Flags, b.Seqno, b.Ackno, b.Len, b.WinBytes, sack, again, why)
	case *Fate:
		return fmt.Sprintf("%s        #%d %s %s%s", at, b.ID, b.Fate, ms(b.Arrives), why)
	case *Deliver:
		return fmt.Sprintf("%s        #%d reaches %s", at, b.ID, b.Host)
	case *CallMade:
		return fmt.Sprintf("%s %s: %s(%d) %v", at, b.Host, b.Call, b.FD, b.Args)
	case *Returned:
		return fmt.Sprintf("%s %s: %s(%d) = %d %s%s after %s", at, b.Host, b.Call, b.FD, b.Ret, b.Errno, b.Out, ms(b.BlockedUS))
	case *StateChange:
		orphan := ""
		if b.Orphan {
			orphan = " orphan"
		}
		return fmt.Sprintf("%s %s [%d] %s -> %s%s%s", at, b.Host, b.Sock, b.From, b.To, orphan, why)
	case *TimerChange:
		return fmt.Sprintf("%s %s [%d] timer %s %s %s%s", at, b.Host, b.Sock, b.Timer, b.Action, ms(b.At), why)
	case *InputApplied:
		do, _ := json.Marshal(b.Do)
		return fmt.Sprintf("%s input %s", at, do)
	case *Queue:
		return fmt.Sprintf("%s %s [%d] recv-q %d send-q %d", at, b.Host, b.Sock, b.RecvQ, b.SendQ)
	case *ListenQueue:
		return fmt.Sprintf("%s %s [%d] accept %d syn %d backlog %d", at, b.Host, b.Sock, b.Accept, b.Syn, b.Backlog)
	}
	line := AppendJSON(nil, e)
	return fmt.Sprintf("%s %s %s", at, e.Body.Kind(), line)
}

func ms(t Micros) string {
	if t == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(t)/1000, 'f', -1, 64) + "ms"
}
