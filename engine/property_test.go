package engine

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSequenceArithmetic holds the comparisons at the wrap-around of RFC 9293 section 3.4.
func TestSequenceArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Uint32().Draw(t, "a")
		d := rapid.Uint32Range(1, 1<<31-1).Draw(t, "distance")
		b := a + d
		if !seqLT(a, b) || !seqLEQ(a, b) || !seqGT(b, a) || !seqGEQ(b, a) || seqLT(b, a) || seqGT(a, b) {
			t.Errorf("%d is not before %d", a, b)
		}
		if !seqLEQ(a, a) || !seqGEQ(a, a) || seqLT(a, a) || seqMax(a, b) != b || seqMin(a, b) != a {
			t.Errorf("%d and %d are ordered wrongly", a, b)
		}
	})
}

// TestWheelNeverFiresEarly holds the timer wheel between the time asked for and one slot of its level more.
func TestWheelNeverFiresEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := ticks(rapid.Int64Range(0, 1<<40).Draw(t, "now"))
		d := ticks(rapid.Int64Range(0, 30_000_000).Draw(t, "d"))
		at := wheelExpiry(now, now+d)
		if late := at - (now + d); late <= 0 || late > max(1, d/7) {
			t.Errorf("a timer of %d ticks fires %d late", d, late)
		}
	})
}

// drawWorld makes a random but sensible world: a client that writes and a server that reads, either closing first, over a
// link that misbehaves for a while.
func drawWorld(t *rapid.T) (p plan, sent map[string]int) {
	sent = map[string]int{}
	body := func(host string) string {
		var b strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, host+" steps") {
			n := rapid.SampledFrom([]int{1, 5, 100, 1448, 4000, 20000}).Draw(t, "write")
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				fmt.Fprintf(&b, "sleep %dms;", rapid.IntRange(1, 400).Draw(t, "ms"))
			case 1, 2:
				fmt.Fprintf(&b, "write c %d;", n)
				sent[host] += n
			case 3:
				b.WriteString("sleep 1ms;")
			}
		}
		return b.String()
	}
	p.programs = map[string]string{
		"server": "l = socket;" + drawOptions(t, "l", "SO_RCVBUF") + "bind l 80; listen l 4; c = accept l;" + body("server") + "shutdown c SHUT_WR; read c 3000 *; close c; close l",
		"client": "sleep 1ms; c = socket;" + drawOptions(t, "c", "SO_SNDBUF") + "connect c server 80;" + body("client") + "shutdown c SHUT_WR; read c 3000 *; close c",
	}
	p.sysctls = map[string]map[string]int64{}
	for _, host := range []string{"client", "server"} {
		p.sysctls[host] = map[string]int64{
			"net.ipv4.tcp_sack":       int64(rapid.IntRange(0, 3).Draw(t, "sack")+2) / 3,
			"net.ipv4.tcp_timestamps": int64(rapid.IntRange(0, 3).Draw(t, "timestamps")+2) / 3,
		}
	}
	for range rapid.IntRange(0, 6).Draw(t, "faults") {
		p.config.Faults = append(p.config.Faults, Fault{
			Sender: rapid.SampledFrom([]string{"client", "server"}).Draw(t, "sender"),
			Has:    rapid.SampledFrom([]Flags{0, SYN, FIN, ACK, PSH}).Draw(t, "has"),
			Nth:    rapid.IntRange(1, 8).Draw(t, "nth"),
			Action: rapid.SampledFrom([]FaultKind{FaultDrop, FaultDelay, FaultDuplicate}).Draw(t, "action"),
			By:     Micros(rapid.IntRange(1, 300).Draw(t, "by")) * Millisecond,
		})
	}
	p.config.Seed = rapid.Int64Range(0, 1<<53-1).Draw(t, "seed")
	p.profile = rapid.SampledFrom([]string{"linux", "rfc9293"}).Draw(t, "profile")
	return p, sent
}

// drawOptions may set a buffer to a size that closes the window or blocks the writer; with one in each direction two
// programs that write before they read could wait for each other.
func drawOptions(t *rapid.T, fd, buffer string) string {
	out := ""
	if n := rapid.SampledFrom([]int{0, 0, 0, 1200, 3000, 8192, 30000}).Draw(t, fd+" buffer"); n > 0 {
		out += fmt.Sprintf("setsockopt %s %s %d;", fd, buffer, n)
	}
	if rapid.IntRange(0, 3).Draw(t, fd+" nodelay") == 0 {
		out += fmt.Sprintf("setsockopt %s TCP_NODELAY 1;", fd)
	}
	return out
}

func (p *plan) build(t rapid.TB) *world {
	w := &world{lines: NewEncoder()}
	c := p.config
	c.Delay = 10 * Millisecond
	c.Sink = func(e *Event) {
		w.lines.Append(e)
		w.Append(e)
	}
	w.Sim = NewSim(c)
	for i, host := range []string{"client", "server"} {
		if err := w.AddHost(HostConfig{Name: host, Addr: fmt.Sprintf("10.0.0.%d", i+1), Profile: p.profile, Sysctl: p.sysctls[host]}); err != nil {
			t.Fatal(err)
		}
		if err := w.Spawn(0, host, host, newScript(p.programs[host])); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// TestWorlds runs random worlds and holds what must be true of every one.
func TestWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, sent := drawWorld(t)
		w := p.build(t)
		reason, err := w.Run()
		if err != nil {
			t.Fatal(err)
		}
		w.Finish(reason)
		if reason != EndQuiet {
			t.Errorf("the run ended with %s", reason)
		}
		again := p.build(t)
		if r, _ := again.Run(); true {
			again.Finish(r)
		}
		if !bytes.Equal(w.lines.Lines.Bytes(), again.lines.Lines.Bytes()) {
			t.Error("the same run gave other bytes")
		}
		holdLog(t, w.Events)
		holdRest(t, w.Sim)
		if read := bytesRead(w.Events); read["server"] != sent["client"] || read["client"] != sent["server"] {
			t.Errorf("written %v, read by the other side %v", sent, read)
		}
	})
}

// holdLog checks the log itself: numbers, times, causes, and TIME-WAIT only where a FIN of our own was acknowledged.
func holdLog(t rapid.TB, events []Event) {
	states := map[string]State{}
	for i, e := range events {
		if e.Seq != i || i > 0 && e.T < events[i-1].T || e.Cause >= i {
			t.Fatalf("event %d has seq %d, time %d after %d, cause %d", i, e.Seq, e.T, events[max(i-1, 0)].T, e.Cause)
		}
		if s, ok := e.Body.(*StateChange); ok {
			key := fmt.Sprint(s.Host, s.Sock)
			if was, ok := states[key]; ok && was != s.From {
				t.Fatalf("%s goes from %s, but was in %s", key, s.From, was)
			}
			if s.To == TimeWait && s.From != FinWait1 && s.From != FinWait2 && s.From != Closing {
				t.Fatalf("%s enters TIME-WAIT from %s", key, s.From)
			}
			states[key] = s.To
		}
	}
	for key, s := range states {
		if s != Closed {
			t.Errorf("%s ends in %s", key, s)
		}
	}
}

// holdRest checks that nothing is left behind when a run is quiet.
func holdRest(t rapid.TB, s *Sim) {
	for _, h := range s.hosts {
		if timers, ports := h.armedTimers(), h.heldPorts(); timers != 0 || h.conns != 0 || ports != 0 || h.orphans != 0 {
			t.Errorf("%s keeps %d timers, %d connections, %d ports, %d orphans", h.name, timers, h.conns, ports, h.orphans)
		}
	}
	if fl := s.link.flights.first; fl != nil {
		t.Errorf("segment %d is still in flight", fl.id)
	}
}

func bytesRead(events []Event) map[string]int {
	read := map[string]int{}
	for _, e := range events {
		if r, ok := e.Body.(*Returned); ok && (r.Call == "read" || r.Call == "recv") && r.Ret > 0 {
			read[r.Host] += int(r.Ret)
		}
	}
	return read
}
