package export_test

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// kernelRun is a script's run on the kernel of this machine, as packetdrill would run it: the calls are made and their
// results compared, the packets from the other end are injected, and what the kernel sends is compared with what the script
// expects, in its order, each packet within the tolerance of its time.
type kernelRun struct {
	script  *kernelScript
	net     *kernelNet
	wire    kernelWire
	sockets kernelSockets
	caller  *kernelCaller
	start   chan struct{}
	result  chan error

	began   time.Time
	sent    []time.Duration // when the kernel sent its packets
	last    time.Time       // of the last event, as the script has it
	blocked *kernelEvent
	ends    time.Time // when the call that blocks is to return
}

// prepareKernel makes a network namespace for a script, to be run there once.
func prepareKernel(text string) (*kernelRun, error) {
	script, err := parseKernelScript(text)
	if err != nil {
		return nil, err
	}
	r := &kernelRun{script: script, start: make(chan struct{}), result: make(chan error)}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread, in its own namespace, ends with the goroutine
		err := r.prepare()
		ready <- err
		if err == nil {
			<-r.start
			r.result <- r.all()
		}
	}()
	return r, <-ready
}

// run runs the script.
func (r *kernelRun) run() error {
	close(r.start)
	return <-r.result
}

func (r *kernelRun) prepare() (err error) {
	if r.net, err = newKernelNet(); err != nil {
		return err
	}
	if out, err := exec.Command("/bin/sh", "-ec", r.script.setup).CombinedOutput(); err != nil || len(out) > 0 {
		return fmt.Errorf("the setup: %v: %s", err, out)
	}
	if r.caller, err = newKernelCaller(&r.sockets); err != nil {
		return err
	}
	return netns.ThreadUrgently()
}

func (r *kernelRun) all() (err error) {
	defer func() {
		for _, fd := range r.sockets.fds {
			unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
			unix.Close(fd)
		}
		if e := errors.Join(r.net.close(), r.caller.signal(nil)); err == nil {
			err = e
		}
	}()
	r.wire = kernelWire{local: kernelBindPort, clock: map[uint32]uint32{}}
	r.sockets.fds = map[int]int{}
	r.began = time.Now()
	r.last = r.began
	for i := range r.script.events {
		e := &r.script.events[i]
		if err := r.event(e, r.last); err != nil {
			return fmt.Errorf("line %d, %s: %w", e.line, e.text, err)
		}
		if e.to == e.from { // else the time of the packet is that of the kernel's timer
			r.last = r.last.Add(e.from)
		}
	}
	if err := r.awaitCall(); err != nil {
		return err
	}
	if b, at, err := r.net.next(time.Now()); err != nil || b != nil {
		return fmt.Errorf("the kernel sent more at the end: %s at %v, %v", r.wire.show(b[20:], 0), at, err)
	}
	return nil
}

func (r *kernelRun) event(e *kernelEvent, from time.Time) error {
	if e.packet != nil && e.packet.out {
		return r.expect(e, from)
	}
	netns.Sleep(time.Until(from.Add(e.from)))
	switch {
	case e.packet != nil:
		if r.wire.remote == 0 {
			r.wire.remote = 40000
		}
		b, err := r.wire.build(e.packet)
		if err != nil {
			return err
		}
		return r.net.inject(b)
	case e.command != "":
		if out, err := exec.Command("/bin/sh", "-ec", e.command).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	return r.call(e, from)
}

// expect waits for the next packet of the kernel's.
func (r *kernelRun) expect(e *kernelEvent, from time.Time) error {
	first, last := from.Add(e.from-r.script.tolerance), from.Add(e.to+r.script.tolerance)
	b, at, err := r.net.next(last.Add(200 * time.Millisecond)) // a late packet shows what is wrong
	switch {
	case err != nil:
		return err
	case b == nil:
		return fmt.Errorf("the kernel sent nothing")
	}
	r.sent = append(r.sent, at.Sub(r.began))
	if e.to > e.from {
		r.last = at
	}
	if err := r.wire.compare(e.packet, b); err != nil {
		return fmt.Errorf("%w, at %v", err, at.Sub(from))
	}
	if at.Before(first) || at.After(last) {
		return fmt.Errorf("expected at %v to %v, sent at %v", e.from, e.to, at.Sub(from))
	}
	return nil
}

func (r *kernelRun) call(e *kernelEvent, from time.Time) error {
	if err := r.awaitCall(); err != nil {
		return err
	}
	if e.call.name == "socket" { // in this thread, for the namespace
		result, err := r.sockets.make(e.call)
		if err != nil {
			return err
		}
		return r.compare(e, result)
	}
	if err := r.caller.start(e.call); err != nil {
		return err
	}
	if e.blocks {
		r.blocked, r.ends = e, from.Add(e.returns)
		return nil
	}
	result, returned, err := r.caller.wait(time.Now().Add(time.Second))
	switch {
	case err != nil:
		return err
	case !returned:
		return errors.New("it blocks")
	}
	return r.compare(e, result)
}

func numberOf(text string) int {
	n, _ := symbol(text) // checkScript has seen that it is one
	return n
}

// awaitCall lets the call that blocks return, and compares.
func (r *kernelRun) awaitCall() error {
	if r.blocked == nil {
		return nil
	}
	e := r.blocked
	r.blocked = nil
	result, returned, err := r.caller.wait(r.ends.Add(time.Second))
	switch early := r.ends.Sub(result.at); {
	case err != nil:
		return err
	case !returned:
		return fmt.Errorf("line %d, %s: does not return", e.line, e.text)
	case early > r.script.tolerance || -early > r.script.tolerance:
		return fmt.Errorf("line %d, %s: returned %d %s, %v before its time", e.line, e.text, result.ret, result.errno, early)
	}
	return r.compare(e, result)
}

func (r *kernelRun) compare(e *kernelEvent, got kernelResult) error {
	c := e.call
	if c.name == "close" && got.errno != "EBADF" {
		delete(r.sockets.fds, numberOf(c.args[0])) // whatever it gives, the number is free
	}
	makes := c.name == "socket" || c.name == "accept"
	switch {
	case got.errno != c.errno || got.errno == "" && !makes && got.ret != c.ret || makes && got.ret >= 0 != (c.ret >= 0):
		return fmt.Errorf("line %d, %s: gives %d %s", e.line, e.text, got.ret, got.errno)
	case c.name == "getsockopt" && got.out != c.args[3] || c.name == "poll" && got.out != c.args[0]:
		return fmt.Errorf("line %d, %s: gives %s", e.line, e.text, got.out)
	case makes && got.ret >= 0:
		r.sockets.fds[c.ret] = got.ret
	}
	return nil
}
