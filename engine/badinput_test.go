package engine

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestImpossibleSegments puts segments that no honest end sends to a listener and to a connection. The same sequence stands
// in internal/export/testdata/kernel/impossible.pkt, where a real kernel answers it.
func TestImpossibleSegments(t *testing.T) {
	p := plan{programs: map[string]string{
		"server": "l = socket; bind l 80; listen l 8; c = accept l; sleep 900ms; write c 100; sleep 100ms; read c 10; close c; close l",
	}}
	w := p.build(t)
	server, stranger := w.hosts[1], Addr(10<<24|9) // nobody answers there
	var isn uint32
	at := 10 * Millisecond
	send := func(answer, flags string, seq, ack uint32, data int, more func(*Segment)) {
		f, err := ParseFlags(flags)
		if err != nil {
			t.Fatal(err)
		}
		seg := &Segment{Src: stranger, Dst: server.addr, Sport: 5000, Dport: 80, Flags: f, Seq: seq, Payload: make([]byte, data), Win: 1000, WScale: -1}
		w.At(at, func() {
			if seg.has(ACK) {
				seg.Ack = isn + ack
			}
			if more != nil {
				more(seg)
			}
			before := len(w.Events)
			server.Receive(w.now, seg)
			var said []string
			for _, e := range w.Events[before:] {
				if s, ok := e.Body.(*SegmentSent); ok {
					if s.Flags&SYN != 0 {
						isn = s.Abs.Seq
					}
					said = append(said, fmt.Sprintf("%s %d %d len %d", s.Flags, s.Abs.Seq-isn, s.Abs.Ack, s.Len))
				}
			}
			if got := strings.Join(said, ", "); got != answer {
				t.Errorf("%s seq %d ack %d with %d bytes: the answer is %q, not %q", flags, seq, ack, data, got, answer)
			}
		})
		at += Millisecond
	}
	const silence = ""
	send(silence, "SF", 0, 0, 0, nil)
	send(silence, "SR", 0, 0, 0, nil)
	send(silence, "F", 0, 0, 0, nil)
	send(silence, "", 0, 0, 0, nil)
	send(silence, "SFRPA", 0, 9, 0, nil)
	send("R 5 0 len 0", "SFA", 0, 5, 0, nil)
	send("SA 0 1 len 0", "SP", 0, 0, 100, func(s *Segment) { s.MSS, s.WScale = 1, 127 })
	small := func(s *Segment) { s.Win = 4 } // 65536 bytes: a scale above 14 is taken as 14
	send(silence, "A", 1, 1, 0, small)
	send(silence, "", 1, 0, 0, small)
	send(silence, "F", 1, 0, 0, small)
	send(silence, "P", 1, 0, 10, small)
	send(silence, "A", 1, 1000, 0, small)
	send("A 1 1 len 0", "SFPA", 1, 1, 10, small)
	at = 700 * Millisecond
	send("A 1 1 len 0", "R", 2, 0, 0, small)
	at = 950 * Millisecond // the program has written 100 bytes by now
	send(silence, "A", 1, 101, 0, func(s *Segment) { s.Win, s.SACK = 4, [][2]uint32{{isn + 5, isn + 4}, {isn - 9, isn + 1<<31}} })
	send(silence, "R", 1, 0, 0, small)
	at = 2 * Second
	send("RA 0 501 len 0", "F", 500, 0, 0, func(*Segment) { isn = 0 })
	if _, err := w.Run(); err != nil {
		t.Fatal(err)
	}
	var written []int
	for _, e := range w.Events {
		switch b := e.Body.(type) {
		case *SegmentSent:
			if b.Len > 0 {
				written = append(written, b.Len)
			}
		case *Returned:
			if b.Call == "read" && b.Errno != "ECONNRESET" {
				t.Errorf("read gives %d %s", b.Ret, b.Errno)
			}
		}
	}
	if !slices.Equal(written, []int{48, 48, 4}) { // Linux's least segment (kernel tcp_min_snd_mss)
		t.Errorf("100 bytes leave in segments of %v", written)
	}
}

// TestBadDescriptors makes every call that takes a descriptor on ones that are none.
func TestBadDescriptors(t *testing.T) {
	for _, name := range strings.Fields(`bind listen accept connect read recv write send close shutdown setsockopt getsockopt getsockname getpeername fcntl`) {
		if takesFD, known := KnownCall(name); !takesFD || !known {
			t.Errorf("%s takes no descriptor", name)
		}
		for _, fd := range []int{-1, 0, 2, 3, 99, 1 << 30, -1 << 31} {
			c := Call{Name: name, FD: fd, Args: []Arg{Num(1), Num(1), Num(1)}, Data: []byte("x")}
			if r := results(t, c)[0]; r.Ret != -1 || r.Errno != "EBADF" {
				t.Errorf("%s(%d) gives %d %s", name, fd, r.Ret, r.Errno)
			}
		}
	}
}

// TestBadArguments holds what calls say to arguments that they can't take.
func TestBadArguments(t *testing.T) {
	socket := Call{Name: "socket", FD: -1}
	on := func(name string, args ...Arg) Call { return Call{Name: name, FD: 3, Args: args} }
	for _, c := range []struct {
		call  Call
		errno Errno
	}{
		{on("bind", Num(-1)), "EINVAL"}, {on("bind", Num(65536)), "EINVAL"}, {on("bind", Num(1<<40)), "EINVAL"}, {on("bind"), "EINVAL"},
		{on("bind", Str("10.0.0.9"), Num(80)), "EADDRNOTAVAIL"}, {on("bind", Str("no address"), Num(80)), "EADDRNOTAVAIL"},
		{on("connect", Str("server"), Num(-1)), "EINVAL"}, {on("connect", Str("server"), Num(65536)), "EINVAL"}, {on("connect", Str("server")), "EINVAL"},
		{on("connect", Str("no address"), Num(80)), "EINVAL"},
		{on("listen"), "EINVAL"}, {on("accept"), "EINVAL"}, {on("read"), "EINVAL"}, {on("read", Num(-1)), "ENOTCONN"}, {on("write"), "EPIPE"},
		{on("shutdown", Str("SHUT_UP")), "EINVAL"}, {on("shutdown"), "EINVAL"}, {on("shutdown", Str("SHUT_WR")), "ENOTCONN"},
		{on("setsockopt", Str("SO_MARK"), Num(1)), "ENOPROTOOPT"}, {on("setsockopt", Str("TCP_KEEPIDLE"), Num(0)), "EINVAL"},
		{on("setsockopt", Str("TCP_KEEPCNT"), Num(128)), "EINVAL"}, {on("setsockopt", Str("TCP_USER_TIMEOUT"), Num(-1)), "EINVAL"},
		{on("getsockopt", Str("SO_MARK")), "ENOPROTOOPT"}, {on("getpeername"), "ENOTCONN"}, {on("fcntl", Str("O_SYNC"), Num(1)), "EINVAL"},
		{Call{Name: "sleep", FD: -1, Args: []Arg{Num(-1)}}, "EINVAL"}, {Call{Name: "poll", FD: -1}, "EINVAL"},
		{Call{Name: "spawn", FD: -1}, "EINVAL"}, {Call{Name: "fork", FD: -1}, "ENOSYS"},
	} {
		if r := results(t, socket, c.call)[1]; r.Ret != -1 || r.Errno != c.errno {
			t.Errorf("%s(%v) gives %d %s, not %s", c.call.Name, c.call.Args, r.Ret, r.Errno, c.errno)
		}
	}
}

// results makes calls one after the other on a host of its own.
func results(t *testing.T, calls ...Call) (list []Returned) {
	t.Helper()
	var rec Recorder
	s := NewSim(Config{Sink: rec.Append})
	for i, name := range []string{"client", "server"} {
		if err := s.AddHost(HostConfig{Name: name, Addr: fmt.Sprintf("10.0.0.%d", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddProcess("client", "p"); err != nil {
		t.Fatal(err)
	}
	for i, c := range calls {
		s.CallAt(Micros(i), "client", "p", i, c)
	}
	if _, err := s.Run(); err != nil {
		t.Fatal(err)
	}
	for _, e := range rec.Events {
		if r, ok := e.Body.(*Returned); ok {
			list = append(list, *r)
		}
	}
	if len(list) != len(calls) {
		t.Fatalf("%d of %d calls return", len(list), len(calls))
	}
	return list
}

// TestBudget holds that a run which passes its budget ends with that reason, within the budget, and that everything up to
// there is what the whole run has too.
func TestBudget(t *testing.T) {
	run := func(budget int) (*world, EndReason) {
		p := plan{programs: map[string]string{
			"server": "l = socket; bind l 80; listen l 8; c = accept l; read c 100 *; close c; close l",
			"client": "c = socket; connect c server 80; write c 60000; sleep 100ms; close c",
		}}
		p.config.Budget = budget
		w := p.build(t)
		reason, err := w.Run()
		if err != nil {
			t.Fatal(err)
		}
		w.Finish(reason)
		return w, reason
	}
	whole, reason := run(0)
	if reason != EndQuiet {
		t.Fatalf("the whole run ends with %s", reason)
	}
	for budget := endReserve + 1; budget < len(whole.Events); budget += 97 {
		cut, reason := run(budget)
		if reason != EndBudget || len(cut.Events) > budget {
			t.Fatalf("with a budget of %d the run ends with %s after %d events", budget, reason, len(cut.Events))
		}
		last := cut.lines.Lines.ends[len(cut.Events)-2] // before the end
		if !bytes.HasPrefix(whole.lines.Lines.Bytes(), cut.lines.Lines.Bytes()[:last]) {
			t.Fatalf("with a budget of %d the log is no beginning of the whole", budget)
		}
		if end, ok := cut.Events[len(cut.Events)-1].Body.(*End); !ok || end.Reason != EndBudget || end.SHA256 == "" {
			t.Fatalf("with a budget of %d the last event is %+v", budget, cut.Events[len(cut.Events)-1].Body)
		}
	}
}
