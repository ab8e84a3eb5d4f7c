package engine

import (
	"math/rand/v2"
	"slices"
)

// stormProc is a process of random threads.
type stormProc struct {
	storm   *storm
	host    string
	name    string
	stream  uint64
	threads int
	fds     []int // that calls have returned so far
}

const (
	stormThreads = 4 // a process
	stormCalls   = 24
	stormLetters = 61 // of each thread's alphabet
)

// stormThread makes calls at random; it begins with what a server or a client begins with.
type stormThread struct {
	proc   *stormProc
	id     int
	random *rand.Rand
	start  []Call
	left   int
	last   Call
	data   stormKey // whose bytes the last write was
}

func (p *stormProc) thread(role int) *stormThread {
	t := &stormThread{proc: p, id: p.threads, random: p.storm.stream(p.stream + uint64(p.threads))}
	p.threads++
	t.left = upTo(p.storm.trim.calls, 3+t.random.IntN(stormCalls))
	if t.id == 0 {
		t.start = t.begin(role)
	}
	return t
}

// begin is what a server or a client begins with.
func (t *stormThread) begin(role int) []Call {
	r := t.random
	set := func(name string, values ...int64) Call {
		c := Call{Name: "setsockopt", FD: 3, Args: []Arg{Str(name)}}
		for _, v := range values {
			c.Args = append(c.Args, Num(v))
		}
		return c
	}
	calls := []Call{{Name: "socket", FD: -1}, set("SO_REUSEADDR", 1)}
	switch r.IntN(8) {
	case 0:
		calls = append(calls, set("SO_KEEPALIVE", 1), set("TCP_KEEPIDLE", 1+r.Int64N(9)), set("TCP_KEEPINTVL", 1+r.Int64N(5)), set("TCP_KEEPCNT", 1+r.Int64N(3)))
	case 1:
		calls = append(calls, set("TCP_LINGER2", r.Int64N(4)-1))
	case 2:
		calls = append(calls, set("TCP_USER_TIMEOUT", r.Int64N(3000)), set("SO_SNDBUF", r.Int64N(9000)))
	case 3:
		calls = append(calls, set("SO_RCVBUF", r.Int64N(9000)))
	case 4:
		calls = append(calls, set("SO_LINGER", 1, r.Int64N(3)))
	}
	if role == 0 {
		return append(calls, Call{Name: "bind", FD: 3, Args: []Arg{Num(80)}}, Call{Name: "listen", FD: 3, Args: []Arg{Num(r.Int64N(3))}},
			Call{Name: "accept", FD: 3})
	}
	if r.IntN(3) == 0 {
		calls = append(calls, Call{Name: "bind", FD: 3, Args: []Arg{Num(5000)}})
	}
	to := stormHosts[0]
	if t.proc.host == to != (r.IntN(8) == 0) {
		to = stormHosts[1]
	}
	return append(calls, Call{Name: "sleep", FD: -1, Args: []Arg{Num(r.Int64N(30_000))}}, Call{Name: "connect", FD: 3, Args: []Arg{Str(to), Num(80)}})
}

func (t *stormThread) Stop() {}

// Resume takes the result of the last call and makes the next.
func (t *stormThread) Resume(res Result) (Call, int, bool) {
	check := t.proc.storm.check
	switch t.last.Name {
	case "socket":
		if res.Ret >= 0 {
			t.proc.fds = append(t.proc.fds, int(res.Ret))
		}
	case "accept", "connect":
		if res.Ret >= 0 { // connect() gives 0
			fd := max(t.last.FD, int(res.Ret))
			t.proc.fds = append(t.proc.fds, fd, fd, fd) // more often than a socket that is not connected
		}
	case "close":
		t.proc.fds = slices.DeleteFunc(t.proc.fds, func(fd int) bool { return fd == t.last.FD })
	case "write", "send":
		check.accepted(t.data, t.id, res.Ret)
	case "read", "recv":
		check.got(t.proc.host, t.proc.name, t.id, res.Data)
	}
	if t.left == 0 {
		return Call{}, t.random.IntN(3), false
	}
	t.left--
	if len(t.start) > 0 {
		t.last, t.start = t.start[0], t.start[1:]
	} else {
		t.last = t.next()
	}
	if t.last.Name == "write" || t.last.Name == "send" {
		t.data = check.writing(t.proc.host, t.proc.name, t.id, t.last.FD, t.last.Data)
	}
	return t.last, 0, true
}

func (t *stormThread) next() Call {
	var spawn func() Program
	if t.proc.threads < stormThreads {
		spawn = func() Program { return t.proc.thread(0) }
	}
	return drawCall(t.random, t.proc.fds, spawn)
}

// drawCall draws a call, mostly on a descriptor that is one, with arguments that mostly make sense.
func drawCall(r *rand.Rand, fds []int, spawn func() Program) Call {
	c := Call{FD: r.IntN(9) - 1}
	if len(fds) > 0 && r.IntN(16) > 0 {
		c.FD = fds[r.IntN(len(fds))]
	}
	num := func(choices ...int64) { c.Args = append(c.Args, Num(choices[r.IntN(len(choices))])) }
	word := func(choices ...string) { c.Args = append(c.Args, Str(choices[r.IntN(len(choices))])) }
	switch n := r.IntN(100); {
	case n < 8:
		c.Name, c.FD = "socket", -1
	case n < 13:
		c.Name = "bind"
		if r.IntN(3) == 0 {
			word("", "client", "server", "127.0.0.1", "10.0.0.9", "not an address")
		}
		num(0, 80, 81, 5000, 5001, -1, 65536)
	case n < 18:
		c.Name = "listen"
		num(0, 1, 2, -1, 1<<40)
	case n < 26:
		c.Name = "accept"
	case n < 34:
		c.Name = "connect"
		word("client", "server", "client", "server", "10.0.0.99", "127.0.0.1", "", "nobody")
		num(80, 80, 80, 81, 5000, 5001, 32768, 0, -1, 65536)
	case n < 48:
		c.Name = []string{"read", "recv"}[r.IntN(2)]
		num(0, 1, 10, 100, 4000, 65536, -1, 1<<40)
	case n < 62:
		c.Name = []string{"write", "send"}[r.IntN(2)]
		c.Data = make([]byte, []int{0, 1, 10, 100, 1448, 3000, 20000}[r.IntN(7)])
	case n < 68:
		c.Name = "close"
	case n < 74:
		c.Name = "shutdown"
		word("SHUT_RD", "SHUT_WR", "SHUT_WR", "SHUT_RDWR", "SHUT_UP")
	case n < 82:
		c.Name = "setsockopt"
		drawOption(r, word, num)
	case n < 84:
		c.Name = []string{"getsockopt", "getsockname", "getpeername"}[r.IntN(3)]
		word("SO_ERROR", "TCP_KEEPIDLE", "TCP_NODELAY", "SO_MARK")
	case n < 87:
		c.Name = "fcntl"
		word("O_NONBLOCK", "O_NONBLOCK", "O_NONBLOCK", "O_SYNC")
		num(0, 1)
	case n < 91:
		c.Name = "poll"
		num(0, 1, 50, 2000, -1)
		for range r.IntN(3) {
			num(int64(c.FD), 3, 4, 99)
			if r.IntN(2) == 0 {
				word("POLLIN", "POLLOUT", "POLLIN|POLLRDHUP", "POLLTAX")
			}
		}
	case n < 97:
		c.Name = "sleep"
		num(0, 1, 1000, 4000, 15_000, 45_000, 250_000, 2_000_000, 40_000_000, -1)
	case n < 98 && spawn != nil:
		c.Name, c.Thread = "spawn", spawn()
	case n == 98:
		c.Name = "exit"
		num(0, 3)
	default:
		c.Name = []string{"fork", "spawn", "bind", "setsockopt", "poll"}[r.IntN(5)] // without arguments
	}
	return c
}

func drawOption(r *rand.Rand, word func(...string), num func(...int64)) {
	switch r.IntN(4) {
	case 0:
		word("SO_LINGER")
		num(0, 1)
		num(0, 1, 3, -1)
	case 1:
		word("SO_RCVBUF", "SO_SNDBUF")
		num(0, 1, 1152, 3000, 8192, 30000, 1<<40, -1)
	default:
		word("SO_REUSEADDR", "SO_REUSEADDR", "SO_KEEPALIVE", "TCP_NODELAY", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_LINGER2", "TCP_USER_TIMEOUT", "SO_MARK")
		num(0, 1, 1, 2, 5, 100, 2000, -1, 1<<40)
	}
}
