package engine

import "slices"

// process is a program on a host, with its descriptors and threads.
type process struct {
	host    *Host
	name    string
	fds     []*socket   // by descriptor; 0 to 2 are never sockets
	lowFD   int         // none below it is free
	main    *thread     // number 0, whose end is the process's
	threads row[thread] // the others, from number 1 on
	loose   []*pending  // calls under way that no thread made
	dead    bool
}

// thread is one flow of control of a process.
type thread struct {
	proc    *process
	id      int
	program Program
	ended   bool
	waiting *pending // the call it is in
	call    pending  // room for it
	result  Result   // of its last call
	lastSeq int      // of the event that let it go on
}

// pending is a call that has not returned.
type pending struct {
	thread   *thread // nil for a call that an input made
	proc     *process
	id       int
	call     Call
	since    Micros
	attempt  func(*Host, *pending) (Result, bool)
	target   *socket   // of its descriptor
	sock     *socket   // it waits for, nil for none
	polled   []*socket // of poll
	timeout  timer
	done     bool
	started  bool // has blocked at least once
	progress int  // bytes written so far by a blocked write
	newFD    int  // taken for what the call makes; 0 is none
}

// inputThread stands for the thread of a call that an input made.
const inputThread = -1

// number is the thread's in the log.
func (t *thread) number() int {
	if t == nil {
		return inputThread
	}
	return t.id
}

const firstFD = 3

// takenFD stands in a process's table for a descriptor that a call has taken and that is not open yet.
var takenFD = &socket{}

func (p *process) socket(fd int) *socket {
	if fd < 0 || fd >= len(p.fds) || p.fds[fd] == takenFD {
		return nil
	}
	return p.fds[fd]
}

// install gives a socket the lowest free descriptor, as POSIX asks.
func (p *process) install(sk *socket) int {
	for len(p.fds) < firstFD {
		p.fds = append(p.fds, nil)
	}
	for p.lowFD < len(p.fds) && (p.lowFD < firstFD || p.fds[p.lowFD] != nil) {
		p.lowFD++
	}
	if p.lowFD == len(p.fds) {
		p.fds = append(p.fds, nil)
	}
	p.fds[p.lowFD] = sk
	return p.lowFD
}

// uninstall frees a descriptor.
func (p *process) uninstall(fd int) {
	p.fds[fd] = nil
	p.lowFD = min(p.lowFD, fd)
}

func (h *Host) process(name string) *process {
	for _, p := range h.procs {
		if p.name == name && !p.dead {
			return p
		}
	}
	return nil
}

// start makes a process with one thread.
func (h *Host) start(now Micros, name string, program Program) *thread {
	h.now = now
	p := &process{host: h, name: name}
	h.procs = append(h.procs, p)
	t := p.addThread(program)
	t.lastSeq = h.logProcess(p, ProcessStart, 0)
	return t
}

func (h *Host) logProcess(p *process, action ProcessAction, status int) int {
	b := &h.sim.bodies.process
	*b = Process{h.name, p.name, action, status}
	return h.emit("", b)
}

func (p *process) addThread(program Program) *thread {
	t := p.host.takeThread()
	t.proc, t.program = p, program
	if p.main == nil {
		p.main = t
	} else {
		t.id = p.threads.join(t) + 1
	}
	return t
}

// threadEnded is a return from a thread's function; from the first thread's it ends the process.
func (h *Host) threadEnded(now Micros, t *thread, status int) {
	h.now = now
	if t.ended || t.proc.dead {
		return
	}
	if t.id == 0 {
		h.exit(t.proc, ProcessExit, status)
	} else {
		t.end()
		h.threads.give(t) // nothing will resume it
	}
	h.settle()
}

// end stops a thread where it is.
func (t *thread) end() {
	if t == nil || t.ended {
		return
	}
	t.ended = true
	if t != t.proc.main {
		t.proc.threads.leave(t.id - 1)
	}
	if t.waiting != nil {
		t.proc.host.abandon(t.waiting)
	}
	t.program.Stop()
}

// exit ends a process: its threads stop where they are and the kernel closes its descriptors, highest first (task_work_run
// takes the latest first).
func (h *Host) exit(p *process, how ProcessAction, status int) {
	p.dead = true
	h.logProcess(p, how, status)
	p.endCalls()
	for fd := len(p.fds) - 1; fd >= 0; fd-- {
		sk := p.socket(fd)
		p.fds[fd] = nil
		if sk != nil {
			sk.close()
		}
	}
}

// endThreads stops the threads in the order of their numbers.
func (p *process) endThreads() {
	p.main.end()
	for t := p.threads.first(); t != nil; t = p.threads.first() {
		t.end()
	}
}

// endCalls stops the threads where they are.
func (p *process) endCalls() {
	p.endThreads()
	for len(p.loose) > 0 {
		p.host.abandon(p.loose[0])
	}
}

// kill ends a process as SIGKILL does.
func (h *Host) kill(now Micros, p *process) {
	h.now = now
	h.exit(p, ProcessKill, 128+9)
	h.settle()
}

// powerOff stops the host: nothing is sent any more, no timer fires, no program runs.
func (h *Host) powerOff(now Micros) {
	h.now, h.off = now, true
	for _, p := range h.procs {
		p.dead = true
		p.endCalls()
	}
	h.sim.agenda.each(func(what happening, of turn) {
		if of == h.index {
			what.(*timer).stop()
		}
	})
}

// abandon forgets a call whose thread is gone.
func (h *Host) abandon(p *pending) {
	p.done = true
	p.timeout.stop()
	if p.sock != nil || p.polled != nil {
		p.unwait()
	}
	if p.call.Name == "close" && p.target != nil {
		p.target.endLinger() // a signal ends the wait too
	}
	if p.thread == nil {
		p.proc.loose = slices.DeleteFunc(p.proc.loose, func(other *pending) bool { return other == p })
	}
}

func (p *pending) unwait() {
	if p.sock != nil {
		p.sock.dropWaiter(p)
		p.sock = nil
	}
	for _, sk := range p.polled {
		if sk != nil {
			sk.dropWaiter(p)
		}
	}
	p.polled = nil
}

func (sk *socket) dropWaiter(p *pending) {
	for i, w := range sk.waiters {
		if w == p {
			sk.waiters = append(sk.waiters[:i], sk.waiters[i+1:]...)
			return
		}
	}
}

// retryWaiters lets the calls that wait for the socket go on where they can, first come first served.
func (sk *socket) retryWaiters() {
	for i := 0; i < len(sk.waiters); {
		if p := sk.waiters[i]; !sk.host.try(p) {
			i++
		}
	}
}

// wait makes a call wait for a socket.
func (p *pending) wait(sk *socket) {
	p.sock = sk
	sk.waiters = append(sk.waiters, p)
}

// try runs a call's attempt and returns it when it is done.
func (h *Host) try(p *pending) bool {
	if p.done {
		return true
	}
	res, done := p.attempt(h, p)
	if done {
		h.finish(p, res)
	}
	return done
}

// finish returns a call.
func (h *Host) finish(p *pending, res Result) {
	h.abandon(p)
	r := &h.sim.bodies.returned
	r.ID, r.Host, r.Proc, r.Thread, r.Line, r.FD, r.Call = p.id, h.name, p.proc.name, p.thread.number(), p.call.Line, p.call.FD, p.call.Name
	r.Ret, r.Out, r.Errno, r.BlockedUS = res.Ret, res.Out, res.Errno, h.now-p.since
	seq := h.emit("", r)
	if t := p.thread; t != nil {
		t.waiting, t.result = nil, res
		h.sim.resume(t, seq)
	}
}

// call makes a system call for a process without a thread, where an input makes it.
func (h *Host) call(now Micros, proc *process, id int, c Call) {
	p := &pending{proc: proc, call: c}
	proc.loose = append(proc.loose, p)
	h.begin(now, p, id)
}

// next makes a thread's next system call: the one in t.call.
func (h *Host) next(now Micros, t *thread, id int) {
	p := &t.call
	p.thread, p.proc = t, t.proc
	p.target, p.sock, p.done, p.started, p.progress, p.newFD = nil, nil, false, false, 0, 0
	t.waiting = p
	h.begin(now, p, id)
}

// begin logs a call and makes its first attempt.
func (h *Host) begin(now Micros, p *pending, id int) {
	h.now = now
	p.id, p.since = id, now
	c, made := &p.call, &h.sim.bodies.call
	made.ID, made.Host, made.Proc, made.Thread, made.Line = id, h.name, p.proc.name, p.thread.number(), c.Line
	made.FD, made.Call, made.Args = c.FD, c.Name, h.sim.loggedArgs(c)
	h.sim.cause = h.emit("", made)
	h.dispatch(p)
	h.settle()
}

// loggedArgs shows a write's length in place of its data.
func (s *Sim) loggedArgs(c *Call) []Arg {
	if c.Name == "write" || c.Name == "send" {
		s.bodies.length[0] = Num(int64(len(c.Data)))
		return s.bodies.length[:]
	}
	return c.Args
}
