package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An orderly world: clients on one host, each with a connection of its own to the server's process on the other. Both ends
// send a file, end it, and read the other's to its end.

// stormFile is one end's part in a connection.
type stormFile struct {
	class  int    // whose letters it writes
	steps  []int  // bytes to write; a negative number is a time to sleep in ms
	read   uint64 // a hash of it
	bytes  int
	wrote  int
	ended  bool // by the end of file, not by an error
	failed string
}

func drawFile(r *rand.Rand, class int) *stormFile {
	f := &stormFile{class: class}
	for range r.IntN(5) {
		f.steps = append(f.steps, []int{1, 5, 100, 1448, 3000, 12000, -1, -30, -400}[r.IntN(9)])
	}
	return f
}

type stormPeer struct {
	storm      *storm
	host, proc string
	thread     int
	file       *stormFile
	fd         int
	start      []Call
	at         int
	last       Call
	data       stormKey
	shut       bool
	done       *int
}

func (p *stormPeer) Stop() {}

func (p *stormPeer) Resume(res Result) (Call, int, bool) {
	check := p.storm.check
	switch p.last.Name {
	case "write":
		check.accepted(p.data, p.file.class, res.Ret)
		p.file.wrote += int(max(res.Ret, 0))
	case "read":
		check.got(p.host, p.proc, p.thread, res.Data)
		for _, b := range res.Data { // the size of the pieces plays no part
			p.file.read = p.file.read*1099511628211 + uint64(b) + 1
		}
		p.file.bytes += len(res.Data)
		p.file.ended = res.Ret == 0
	}
	if res.Errno != "" && p.file.failed == "" {
		p.file.failed = fmt.Sprintf("%s: %s", p.last.Name, res.Errno)
	}
	c, ok := p.next()
	p.last = c
	return c, 0, ok
}

func (p *stormPeer) next() (Call, bool) {
	switch {
	case len(p.start) > 0:
		c := p.start[0]
		p.start = p.start[1:]
		return c, true
	case p.at < len(p.file.steps):
		n := p.file.steps[p.at]
		p.at++
		if n < 0 {
			return Call{Name: "sleep", FD: -1, Args: []Arg{Num(int64(-n) * 1000)}}, true
		}
		c := Call{Name: "write", FD: p.fd, Data: make([]byte, n)}
		p.data = p.storm.check.writing(p.host, p.proc, p.file.class, p.fd, c.Data)
		return c, true
	case !p.shut:
		p.shut = true
		return Call{Name: "shutdown", FD: p.fd, Args: []Arg{Str("SHUT_WR")}}, true
	case !p.file.ended && p.file.failed == "":
		return Call{Name: "read", FD: p.fd, Args: []Arg{Num(3000)}}, true
	case p.last.Name != "close":
		return Call{Name: "close", FD: p.fd}, true
	}
	*p.done++
	return Call{}, false
}

// stormServer accepts each client and spawns a thread for it.
type stormServer struct {
	storm   *storm
	clients []*stormFile // the server's part, by client
	start   []Call
	left    int
	threads int
	done    int
	last    string
}

const stormPort = 6000 // of the first client

func (s *stormServer) Stop() {}

func (s *stormServer) Resume(res Result) (Call, int, bool) {
	if s.last == "accept" && res.Ret >= 0 {
		var n int
		_, port, _ := strings.Cut(res.Out, ":")
		fmt.Sscan(port, &n)
		s.left--
		s.threads++
		s.last = "spawn"
		return Call{Name: "spawn", FD: -1, Thread: &stormPeer{
			storm: s.storm, host: "server", proc: "server", thread: s.threads, file: s.clients[n-stormPort], fd: int(res.Ret), done: &s.done,
		}}, 0, true
	}
	c := Call{Name: "sleep", FD: -1, Args: []Arg{Num(500_000)}}
	switch {
	case len(s.start) > 0:
		c, s.start = s.start[0], s.start[1:]
	case s.left > 0:
		c = Call{Name: "accept", FD: 3}
	case s.done == len(s.clients):
		return Call{}, 0, false
	}
	s.last = c.Name
	return c, 0, true
}

func (s *storm) populateOrderly() error {
	r := s.stream(4)
	server := &stormServer{storm: s}
	server.start = []Call{{Name: "socket", FD: -1}}
	if r.IntN(2) == 0 {
		server.start = append(server.start, Call{Name: "setsockopt", FD: 3, Args: []Arg{Str("SO_RCVBUF"), Num(int64(1200 + r.IntN(30000)))}})
	}
	server.start = append(server.start, Call{Name: "bind", FD: 3, Args: []Arg{Num(80)}}, Call{Name: "listen", FD: 3, Args: []Arg{Num(4)}})
	server.left = 1 + r.IntN(4)
	if err := s.sim.Spawn(0, "server", "server", server); err != nil {
		return err
	}
	s.check.files = nil
	for i := range server.left {
		mine, theirs := drawFile(r, i), drawFile(r, i)
		server.clients = append(server.clients, theirs)
		s.check.files = append(s.check.files, [2]*stormFile{mine, theirs})
		name := fmt.Sprint("client-", i)
		p := &stormPeer{storm: s, host: "client", proc: name, file: mine, fd: 3, done: new(int)}
		p.start = []Call{{Name: "socket", FD: -1}, {Name: "bind", FD: 3, Args: []Arg{Num(stormPort + int64(i))}}}
		if r.IntN(3) == 0 {
			p.start = append(p.start, Call{Name: "setsockopt", FD: 3, Args: []Arg{Str("SO_SNDBUF"), Num(int64(r.IntN(9000)))}})
		}
		if r.IntN(3) == 0 {
			p.start = append(p.start, Call{Name: "setsockopt", FD: 3, Args: []Arg{Str("TCP_NODELAY"), Num(1)}})
		}
		p.start = append(p.start, Call{Name: "connect", FD: 3, Args: []Arg{Str("server"), Num(80)}})
		if err := s.sim.Spawn(Micros(1+r.IntN(30))*Millisecond, "client", name, p); err != nil {
			return err
		}
	}
	return nil
}

// complete holds that each end of each connection has read all that the other wrote, and says what that was.
func (c *stormCheck) complete() (string, error) {
	var b strings.Builder
	for i, pair := range c.files {
		for end, f := range pair {
			want := 0
			other := pair[1-end]
			for _, n := range other.steps {
				want += max(n, 0)
			}
			if f.failed != "" || !f.ended || f.bytes != want || other.wrote != want {
				return "", fmt.Errorf("connection %d, end %d: %d bytes were to be sent, %d were written, %d read, end of file %v, failed %q",
					i, end, want, other.wrote, f.bytes, f.ended, f.failed)
			}
			fmt.Fprintf(&b, "connection %d, end %d: %d bytes, %x\n", i, end, f.bytes, f.read)
		}
	}
	return b.String(), nil
}
