package cprogram_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// replay runs the programs of a run on this machine's kernel, event by event of the engine's log: a program makes a call,
// and a segment arrives, when all that comes before it in the log has happened, and not before its time. So what the link
// does to the segments, and how busy the machine is, is out of the comparison; what the kernels send, what the calls
// give and which states the sockets are in is in it.
type replay struct {
	log      *scenario.Log
	binaries map[string]string // by host
	begin    func() error      // called when the hosts are there, or nil
	look     func() error      // called at the time lookAt, or nil; the run ends there
	lookAt   engine.Micros
	hosts    map[string]*kernelHost
	gate     *gate
	running  map[string]*exec.Cmd
	sleeps   map[int]int // what is still to be answered of a sleep, by the call's id

	base    time.Time // real time of the log's 0, later when the kernel or the machine was late
	packets map[int]packet
	numbers numbering
	sockets engineSockets
	looks   int
}

const (
	patience = 10 * time.Second      // after which what is late counts as missing
	calm     = 40 * time.Millisecond // a pause of the log in which the states are compared
	tick     = 4 * engine.Millisecond
)

// play runs the log's events of the first while; nil is no difference.
func (r *replay) play(until time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "gate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r.hosts, r.running, r.sleeps = map[string]*kernelHost{}, map[string]*exec.Cmd{}, map[int]int{}
	r.packets, r.numbers, r.sockets = map[int]packet{}, numbering{}, engineSockets{}
	if r.gate, err = newGate(filepath.Join(dir, "gate")); err != nil {
		return err
	}
	defer r.end()
	for _, meta := range r.log.Events[0].Body.(*engine.Meta).Hosts {
		if r.hosts[meta.Name], err = newKernelHost(meta); err != nil {
			return err
		}
	}
	if r.begin != nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	r.base = time.Now()
	last := engine.Micros(0)
	for i, ev := range r.log.Events {
		if r.look != nil && ev.T > r.lookAt {
			r.sleepUntil(r.lookAt)
			return r.look()
		}
		if ev.T > engine.Micros(until.Microseconds()) {
			return nil
		}
		if gap := micros(ev.T - last); gap > calm {
			if err := r.compareStates(last, gap); err != nil {
				return fmt.Errorf("between %v and %v: %w", micros(last), micros(ev.T), err)
			}
		}
		last = ev.T
		if err := r.event(i); err != nil {
			return fmt.Errorf("event %d at %v: %w", ev.Seq, micros(ev.T), err)
		}
		r.sockets.follow(ev.Body)
	}
	if r.look != nil {
		r.sleepUntil(r.lookAt)
		return r.look()
	}
	return r.nothingMore()
}

func micros(m engine.Micros) time.Duration { return time.Duration(m) * time.Microsecond }

func (r *replay) end() {
	for _, cmd := range r.running {
		cmd.Process.Kill()
		cmd.Wait()
	}
	for _, h := range r.hosts {
		if h != nil {
			h.close()
		}
	}
	r.gate.close()
}

func (r *replay) event(i int) error {
	ev := r.log.Events[i]
	switch b := ev.Body.(type) {
	case *engine.Process:
		return r.process(ev.T, b)
	case *engine.CallMade:
		return r.call(i, b)
	case *engine.Returned:
		return r.returned(ev.T, b)
	case *engine.SegmentSent:
		return r.segment(i, b)
	case *engine.Deliver:
		p, ok := r.packets[b.ID]
		if !ok {
			return nil // it did not leave its host
		}
		r.sleepUntil(ev.T)
		_, err := r.hosts[b.Host].tun.Write(p.raw)
		return err
	case *engine.InputApplied:
		return r.input(ev.T, b.Do)
	}
	return nil
}

// sleepUntil waits for a time of the log; when it is past, all that follows is so much later.
func (r *replay) sleepUntil(t engine.Micros) {
	time.Sleep(time.Until(r.base.Add(micros(t))))
	r.happened(t)
}

func (r *replay) happened(t engine.Micros) {
	if late := time.Since(r.base.Add(micros(t))); late > 0 {
		r.base = r.base.Add(late)
	}
}

// deadline is when something is missing that is to happen at a time of the log.
func (r *replay) deadline(t engine.Micros) <-chan time.Time {
	return time.After(max(0, time.Until(r.base.Add(micros(t)))) + patience)
}

func (r *replay) process(t engine.Micros, b *engine.Process) (err error) {
	switch b.Action {
	case engine.ProcessStart:
		r.sleepUntil(t)
		r.running[b.Proc], err = r.hosts[b.Host].start(r.binaries[b.Host], b.Proc, r.gate.listener.Addr().String())
		return err
	case engine.ProcessKill:
		r.sleepUntil(t)
		return r.reap(b, r.running[b.Proc].Process.Kill())
	}
	return r.reap(b, nil)
}

// reap waits for a process to end, with the status that the engine gives it.
func (r *replay) reap(b *engine.Process, err error) error {
	cmd := r.running[b.Proc]
	if err != nil || cmd == nil {
		return err
	}
	delete(r.running, b.Proc)
	end := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer end.Stop()
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err
	}
	if got := cmd.ProcessState.ExitCode(); b.Action == engine.ProcessExit && got != b.Status {
		return fmt.Errorf("%s ended with %v, not with %d", b.Proc, cmd.ProcessState, b.Status)
	}
	return nil
}

func (r *replay) line(t engine.Micros, proc string, number int, want string) (*thread, error) {
	th := r.gate.thread(threadName(proc, number))
	select {
	case got := <-th.lines:
		if got != want {
			return nil, fmt.Errorf("%s, thread %d: the kernel has %q, the engine %q", proc, number, got, want)
		}
		return th, nil
	case <-r.deadline(t):
		return nil, fmt.Errorf("%s, thread %d: the engine has %q, the kernel nothing", proc, number, want)
	}
}

func (r *replay) call(i int, b *engine.CallMade) error {
	t := r.log.Events[i].T
	if b.Line == 0 {
		return errors.New("a call by an input")
	}
	th, err := r.line(t, b.Proc, b.Thread, "call "+b.Call)
	if err != nil || b.Call == "sleep" {
		return err
	}
	if b.Call == "connect" {
		if err := r.offerPort(i, r.hosts[b.Host]); err != nil {
			return err
		}
	}
	r.sleepUntil(t)
	return th.leave()
}

// offerPort leaves a connect() that sends a SYN no other port than the one that the engine has chosen: which it is is the
// kernel's own affair. Where none is sent, the choice is from all that the host may use.
func (r *replay) offerPort(i int, h *kernelHost) error {
	low, high := h.ports[0], h.ports[1]
	for _, ev := range r.log.Events[i:] {
		if ev.T != r.log.Events[i].T {
			break
		}
		if syn, ok := ev.Body.(*engine.SegmentSent); ok && syn.From == h.meta.Name && syn.Flags.String() == "S" && !syn.Retransmission {
			low, high = int64(syn.Sport), int64(syn.Sport)
			break
		}
	}
	return h.Do(func() error { return os.WriteFile(portRangeFile, fmt.Append(nil, low, " ", high), 0) })
}

func (r *replay) returned(t engine.Micros, b *engine.Returned) error {
	if b.Call == "sleep" {
		r.sleepUntil(t)
		th := r.gate.thread(threadName(b.Proc, b.Thread))
		if us := int64(b.BlockedUS); us > 1e6 && us%1e6 != 0 { // sleep() and usleep()
			if err := th.leave(); err != nil {
				return err
			}
			if _, err := r.line(t, b.Proc, b.Thread, "call sleep"); err != nil {
				return err
			}
		}
		return th.leave()
	}
	_, err := r.line(t, b.Proc, b.Thread, strings.TrimSpace(fmt.Sprintf("return %s %d %s", b.Call, b.Ret, b.Errno)))
	r.happened(t)
	return err
}

func (r *replay) input(t engine.Micros, do engine.Do) error {
	r.sleepUntil(t)
	switch {
	case do.PowerOff != nil:
		r.hosts[do.PowerOff.Host].off = true
	case do.Sysctl != nil:
		h := r.hosts[do.Sysctl.Host]
		return h.setSysctl(do.Sysctl.Name, do.Sysctl.Value)
	case do.Call != nil:
		return errors.New("a call by an input")
	}
	return nil // what befalls segments and processes has events of its own
}

// segment waits for the kernel to send what the engine sends.
func (r *replay) segment(i int, b *engine.SegmentSent) error {
	t, from := r.log.Events[i].T, r.hosts[b.From]
	if b.From == b.To {
		return nil // it goes over the host's own lo
	}
	var differs error
	p, ok := r.next(t, from, func(p packet) bool {
		if p.src.Port() != b.Sport || p.dst.Port() != b.Dport || r.hosts[b.To] != nil && p.dst.Addr() != r.hosts[b.To].addr {
			return false
		}
		err := r.numbers.compare(p, b)
		if err != nil && differs == nil {
			differs = err
		}
		return err == nil || !r.another(i, b)
	})
	switch {
	case !ok && differs == nil:
		return fmt.Errorf("%s: the engine sends %s, the kernel nothing to that end", b.From, showSegment(b.Flags.String(), b.Seqno, b.Ackno, b.Len))
	case !ok || r.numbers.compare(p, b) != nil:
		return differs
	}
	r.happened(t)
	r.packets[b.ID] = p
	return nil
}

// another says whether the host sends another segment there so soon that the kernel, whose ticks are its own, may have been
// first with that one.
func (r *replay) another(i int, b *engine.SegmentSent) bool {
	for _, ev := range r.log.Events[i+1:] {
		if ev.T > r.log.Events[i].T+2*tick {
			return false
		}
		if s, ok := ev.Body.(*engine.SegmentSent); ok && ev.T > r.log.Events[i].T && s.From == b.From && s.Sport == b.Sport && s.Dport == b.Dport {
			return true
		}
	}
	return false
}

// next takes the first packet of a host that is wanted.
func (r *replay) next(t engine.Micros, h *kernelHost, wanted func(packet) bool) (packet, bool) {
	deadline := r.deadline(t)
	for seen := 0; ; {
		for ; seen < len(h.pending); seen++ {
			if p := h.pending[seen]; wanted(p) {
				h.pending = slices.Delete(h.pending, seen, seen+1)
				return p, true
			}
		}
		select {
		case p := <-h.packets:
			h.pending = append(h.pending, p)
		case <-deadline:
			return packet{}, false
		}
	}
}

// compareStates looks at the sockets in the middle of a pause of the log, unless the machine is too busy for that.
func (r *replay) compareStates(last engine.Micros, gap time.Duration) error {
	at := last + engine.Micros(min(gap/2, calm).Microseconds())
	if r.unsure(at) {
		if at = last + engine.Micros((gap / 2).Microseconds()); r.unsure(at) {
			return nil
		}
	}
	time.Sleep(time.Until(r.base.Add(micros(at))))
	for name, h := range r.hosts {
		if h.off || h.meta.Profile != "linux" {
			continue
		}
		text, err := h.sockets()
		if err != nil {
			return err
		}
		got, err := parseSockets(text)
		if err != nil {
			return err
		}
		if time.Since(r.base.Add(micros(last))) > gap-calm/4 {
			return nil
		}
		r.looks++
		if want := r.sockets.show(name); !slices.Equal(withoutLeft(got), want) {
			return fmt.Errorf("%s has the sockets\n  %s on the kernel and\n  %s in the engine", name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		if *kernelSS {
			if err := r.compareSS(h, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// unsure says whether a long timer ends near a time: the kernel's wheel rounds it up by an eighth at most, depending on where
// the wheel stands.
func (r *replay) unsure(at engine.Micros) bool {
	for _, ev := range r.log.Events {
		b, ok := ev.Body.(*engine.TimerChange)
		if !ok || b.Action != engine.TimerSet || b.At-ev.T < 2*engine.Second {
			continue
		}
		if room := (b.At-ev.T)/8 + engine.Second; at > b.At-room && at < b.At+room {
			return true
		}
	}
	return false
}

// nothingMore holds after the end of the log.
func (r *replay) nothingMore() error {
	time.Sleep(calm)
	for name, h := range r.hosts {
		for len(h.packets) > 0 {
			h.pending = append(h.pending, <-h.packets)
		}
		if len(h.pending) > 0 && !h.off {
			p := h.pending[0]
			return fmt.Errorf("%s sends more on the kernel: %d, %s to %s %s", name, len(h.pending), p.src, p.dst, p.flags)
		}
	}
	r.gate.mu.Lock()
	defer r.gate.mu.Unlock()
	for name, th := range r.gate.threads {
		if len(th.lines) > 0 {
			return fmt.Errorf("%s goes on on the kernel: %s", name, <-th.lines)
		}
	}
	return nil
}
