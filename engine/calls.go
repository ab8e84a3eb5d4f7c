package engine

// callSpec is one system call: whether it takes a descriptor, how many arguments at least, and what it does. run returns
// done false when the call blocks; it is then tried again whenever the socket it waits for changes.
type callSpec struct {
	takesFD bool
	minArgs int
	run     func(*Host, *pending) (Result, bool)
}

// specOf gives the call of a name; run is nil where there is none.
func specOf(name string) callSpec {
	switch name {
	case "socket":
		return callSpec{false, 0, (*Host).sysSocket}
	case "bind":
		return callSpec{true, 1, (*Host).sysBind}
	case "listen":
		return callSpec{true, 1, (*Host).sysListen}
	case "accept":
		return callSpec{true, 0, (*Host).sysAccept}
	case "connect":
		return callSpec{true, 2, (*Host).sysConnect}
	case "read", "recv":
		return callSpec{true, 1, (*Host).sysRead}
	case "write", "send":
		return callSpec{true, 0, (*Host).sysWrite}
	case "close":
		return callSpec{true, 0, (*Host).sysClose}
	case "shutdown":
		return callSpec{true, 1, (*Host).sysShutdown}
	case "setsockopt":
		return callSpec{true, 2, (*Host).sysSetsockopt}
	case "getsockopt":
		return callSpec{true, 1, (*Host).sysGetsockopt}
	case "getsockname":
		return callSpec{true, 0, (*Host).sysGetsockname}
	case "getpeername":
		return callSpec{true, 0, (*Host).sysGetpeername}
	case "fcntl":
		return callSpec{true, 2, (*Host).sysFcntl}
	case "poll":
		return callSpec{false, 1, (*Host).sysPoll}
	case "sleep":
		return callSpec{false, 1, (*Host).sysSleep}
	case "spawn":
		return callSpec{false, 0, (*Host).sysSpawn}
	case "exit":
		return callSpec{false, 1, (*Host).sysExit}
	}
	return callSpec{}
}

// KnownCall says whether there is a call of that name, and whether it takes a descriptor.
func KnownCall(name string) (takesFD, ok bool) {
	spec := specOf(name)
	return spec.takesFD, spec.run != nil
}

func fails(e Errno) (Result, bool)   { return Result{Ret: -1, Errno: e}, true }
func returns(n int64) (Result, bool) { return Result{Ret: n}, true }
func (h *Host) blocks(p *pending, sk *socket) (Result, bool) {
	if sk.opts.nonblock {
		return fails("EAGAIN")
	}
	if p.sock == nil {
		p.wait(sk)
	}
	return Result{}, false
}

// dispatch makes the first attempt of a call.
func (h *Host) dispatch(p *pending) {
	spec := specOf(p.call.Name)
	switch {
	case spec.run == nil:
		h.finish(p, Result{Ret: -1, Errno: "ENOSYS"})
		return
	case spec.takesFD && p.proc.socket(p.call.FD) == nil:
		h.finish(p, Result{Ret: -1, Errno: "EBADF"})
		return
	case len(p.call.Args) < spec.minArgs:
		h.finish(p, Result{Ret: -1, Errno: "EINVAL"})
		return
	}
	if spec.takesFD {
		p.target = p.proc.socket(p.call.FD)
	}
	p.attempt = spec.run
	h.try(p)
}

// arg is the call's argument i as a number; 0 where it is missing or a text.
func (p *pending) arg(i int) int64 {
	if i < len(p.call.Args) {
		return p.call.Args[i].Int
	}
	return 0
}

func (h *Host) sysSocket(p *pending) (Result, bool) {
	return returns(int64(p.proc.install(h.newSocket())))
}

func (h *Host) sysBind(p *pending) (Result, bool) {
	sk, addr, port := p.target, Addr(0), p.arg(0)
	if len(p.call.Args) > 1 {
		var ok bool
		if addr, ok = h.resolve(p.call.Args[0]); !ok || addr != 0 && addr != h.addr && !loopback(addr) {
			return fails("EADDRNOTAVAIL")
		}
		port = p.arg(1)
	}
	switch {
	case port < 0 || port > 65535:
		return fails("EINVAL")
	case sk.bound || sk.state != Closed:
		return fails("EINVAL")
	}
	sk.local = endpoint{addr, uint16(port)}
	if port == 0 {
		if !h.autobind(sk) {
			return fails("EADDRINUSE")
		}
	} else if h.bindConflict(sk) {
		sk.local = endpoint{}
		return fails("EADDRINUSE")
	}
	sk.portGiven, sk.addrGiven = true, addr != 0
	sk.takeHold()
	return returns(0)
}

func loopback(a Addr) bool { return a>>24 == 127 }

// resolve reads an address argument: a host's name or a dotted address; "0.0.0.0" and "" are any.
func (h *Host) resolve(a Arg) (Addr, bool) {
	if a.Str == "" {
		return 0, a.IsStr
	}
	if addr, ok := h.names[a.Str]; ok {
		return addr, true
	}
	addr, err := ParseAddr(a.Str)
	return addr, err == nil
}

func (h *Host) sysListen(p *pending) (Result, bool) {
	sk := p.target
	if sk.state != Listen && (sk.state != Closed || sk.connectState != unconnected) {
		return fails("EINVAL")
	}
	if sk.listening == nil {
		sk.listening = &listening{}
	}
	// kernel __sys_listen: an unsigned comparison, so that a negative backlog is clamped too
	sk.backlog = int(min(uint32(p.arg(0)), uint32(h.sys[somaxconn])))
	if sk.state == Listen {
		sk.touch()
		return returns(0)
	}
	if !sk.bound {
		if !h.autobind(sk) {
			return fails("EADDRINUSE")
		}
		sk.takeHold()
	} else if h.bindConflict(sk) {
		return fails("EADDRINUSE")
	}
	sk.setState(Listen, RulePassiveOpen)
	return returns(0)
}

// sysAccept takes its descriptor before it waits, so that another thread's socket() gets the next one (kernel
// __sys_accept4_file).
func (h *Host) sysAccept(p *pending) (Result, bool) {
	if p.newFD == 0 {
		p.newFD = p.proc.install(takenFD)
	}
	sk, res, done := h.accept(p)
	switch {
	case sk != nil:
		p.proc.fds[p.newFD] = sk
	case done:
		p.proc.uninstall(p.newFD)
	}
	return res, done
}

// accept gives the connection that waits longest, or says why there is none.
func (h *Host) accept(p *pending) (sk *socket, res Result, done bool) {
	l := p.target
	if l.state != Listen {
		res, done = fails("EINVAL")
		return nil, res, done
	}
	if l.acceptQ.len() == 0 {
		res, done = h.blocks(p, l)
		return nil, res, done
	}
	sk = l.acceptQ.pop()
	l.touch()
	sk.listener = nil
	sk.connectState = connected
	return sk, Result{Ret: int64(p.newFD), Out: sk.remoteString()}, true
}

// sysConnect follows inet_stream_connect: the socket's own state says whether this call starts, awaits or refuses.
func (h *Host) sysConnect(p *pending) (Result, bool) {
	sk := p.target
	passive := sk.state == Listen && !h.linux // RFC 9293 section 3.10.1: an OPEN makes it active
	switch {
	case passive:
	case sk.state == Listen || sk.connectState == connected:
		return fails("EISCONN")
	case sk.connectState == connecting:
		return h.connecting(p, sk)
	case sk.state != Closed:
		return fails("EISCONN")
	}
	addr, ok := h.resolve(p.call.Args[0])
	port := p.arg(1)
	if !ok || port < 0 || port > 65535 {
		return fails("EINVAL")
	}
	if addr == 0 {
		addr = h.addr
	}
	if errno := h.chooseLocal(sk, endpoint{addr, uint16(port)}); errno != "" {
		return fails(errno)
	}
	sk.connectState = connecting
	if passive {
		sk.dropQueues()
		sk.activeOpen(RuleListenActiveOpen)
	} else {
		sk.activeOpen(RuleActiveOpen)
	}
	if sk.opts.nonblock {
		return fails("EINPROGRESS")
	}
	return h.connecting(p, sk)
}

// connecting waits for the handshake, or reports how it ended.
func (h *Host) connecting(p *pending, sk *socket) (Result, bool) {
	switch sk.state {
	case SynSent, SynReceived:
		if sk.opts.nonblock {
			return fails("EALREADY")
		}
		return h.blocks(p, sk)
	case Closed:
		errno := sk.takeError()
		if errno == "" {
			errno = "ECONNABORTED"
		}
		sk.disconnected()
		return fails(errno)
	}
	sk.connectState = connected
	return returns(0)
}

// disconnected makes the socket as good as new: it can connect or listen again (kernel tcp_disconnect).
func (sk *socket) disconnected() {
	sk.connectState = unconnected
	sk.sndShut, sk.rcvShut, sk.finSeen = false, false, false
	sk.recv, sk.remote, sk.talk = nil, endpoint{}, nil
	if !sk.bound {
		sk.local.port = 0
	}
	if !sk.addrGiven {
		sk.local.addr = 0
	}
}

// takeError gives the pending error once.
func (sk *socket) takeError() Errno {
	e := sk.errno
	sk.errno = ""
	return e
}

// gone says that the program's calls meet a closed socket, though a timewait entry may be left.
func (sk *socket) gone() bool { return sk.state == Closed || sk.left != nil }

// sysRead follows the order of tcp_recvmsg: data first, then end of file, then errors.
func (h *Host) sysRead(p *pending) (Result, bool) {
	sk := p.target
	if sk.state == Listen {
		return fails("ENOTCONN")
	}
	n := int(max(p.arg(0), 0))
	if len(sk.recv) > 0 {
		n = min(n, len(sk.recv))
		data := sk.recv[:n:n]
		if sk.recv = sk.recv[n:]; len(sk.recv) == 0 {
			sk.recv = nil // lets go of the memory
		}
		sk.copied += uint32(n)
		sk.tuneBuffer(seqMin(sk.buf.parts[0].end, sk.copied))
		sk.free()
		sk.touch()
		sk.ackAfterRead()
		return Result{Ret: int64(n), Data: data}, true
	}
	switch {
	case sk.finSeen:
		if !sk.gone() && sk.copied != sk.rcvNxt {
			sk.copied = sk.rcvNxt
			sk.touch()
		}
		return returns(0)
	case sk.errno != "":
		return fails(sk.takeError())
	case sk.rcvShut:
		return returns(0)
	case sk.gone():
		return fails("ENOTCONN")
	}
	return h.blocks(p, sk)
}

// sysWrite follows tcp_sendmsg: a pending error comes before EPIPE.
func (h *Host) sysWrite(p *pending) (Result, bool) {
	sk := p.target
	if (sk.state == SynSent || sk.state == SynReceived) && !sk.sndShut {
		return h.blocks(p, sk)
	}
	if sk.errno != "" || sk.sndShut || sk.gone() || sk.state != Established && sk.state != CloseWait {
		if p.progress > 0 {
			return returns(int64(p.progress))
		}
		if errno := sk.takeError(); errno != "" {
			return fails(errno)
		}
		return fails("EPIPE")
	}
	rest := p.call.Data[p.progress:]
	if n := min(sk.sendRoom(), len(rest)); n > 0 && (p.sock == nil || sk.writable()) {
		sk.append(rest[:n])
		p.progress += n
	}
	if p.progress < len(p.call.Data) {
		if sk.opts.nonblock && p.progress > 0 {
			return returns(int64(p.progress))
		}
		return h.blocks(p, sk)
	}
	return returns(int64(p.progress))
}

func (h *Host) sysClose(p *pending) (Result, bool) {
	sk := p.target
	if p.proc.socket(p.call.FD) == sk { // not so when a lingering close is tried again
		p.proc.uninstall(p.call.FD)
		wait := sk.opts.linger && sk.opts.lingerTime > 0 && sk.state != Listen
		sk.lingering = wait
		sk.close()
		if !wait || !sk.awaitsClose() {
			sk.endLinger()
			return returns(0)
		}
		h.setTimeout(p, Micros(sk.opts.lingerTime)*Second)
		p.wait(sk)
		return Result{}, false
	}
	if sk.awaitsClose() && p.timeout.armed() {
		return Result{}, false
	}
	sk.endLinger()
	return returns(0)
}

// setTimeout wakes a call on the wheel of the host's clock.
func (h *Host) setTimeout(p *pending, d Micros) {
	p.timeout.owner = p
	h.set(&p.timeout, h.expiry(h.inTicks(d)))
}

func (h *Host) sysShutdown(p *pending) (Result, bool) {
	sk, how := p.target, p.call.Args[0].Str
	if how != "SHUT_RD" && how != "SHUT_WR" && how != "SHUT_RDWR" {
		return fails("EINVAL")
	}
	if sk.gone() {
		sk.rcvShut, sk.sndShut = sk.rcvShut || how != "SHUT_WR", sk.sndShut || how != "SHUT_RD" // kept all the same (kernel inet_shutdown)
		return fails("ENOTCONN")
	}
	sk.shutdown(how != "SHUT_WR", how != "SHUT_RD")
	return returns(0)
}

func (h *Host) sysGetsockname(p *pending) (Result, bool) {
	return Result{Out: p.target.localString()}, true
}

func (h *Host) sysGetpeername(p *pending) (Result, bool) {
	if p.target.gone() || p.target.state == Listen || p.target.state == SynSent || p.target.remote.port == 0 {
		return fails("ENOTCONN")
	}
	return Result{Out: p.target.remoteString()}, true
}

func (h *Host) sysFcntl(p *pending) (Result, bool) {
	if p.call.Args[0].Str != "O_NONBLOCK" {
		return fails("EINVAL")
	}
	p.target.newOptions().nonblock = p.arg(1) != 0
	return returns(0)
}

// sysSleep uses the high-resolution timers, as nanosleep does: no tick.
func (h *Host) sysSleep(p *pending) (Result, bool) {
	if p.started {
		return returns(0)
	}
	d := min(Micros(p.arg(0)), 1000*Day)
	if d < 0 {
		return fails("EINVAL")
	}
	if d == 0 {
		return returns(0)
	}
	p.started = true
	p.timeout.owner = p
	h.set(&p.timeout, h.now+d)
	return Result{}, false
}

func (h *Host) sysSpawn(p *pending) (Result, bool) {
	if p.call.Thread == nil {
		return fails("EINVAL")
	}
	t := p.proc.addThread(p.call.Thread)
	h.sim.resume(t, h.sim.cause)
	return returns(int64(t.id))
}

func (h *Host) sysExit(p *pending) (Result, bool) {
	p.done = true
	if p.thread != nil {
		p.thread.waiting = nil
	}
	h.exit(p.proc, ProcessExit, int(p.arg(0)))
	return Result{}, false
}
