package verify

import "time"

// What the scripts of several families have in common. The client's descriptor is c, the accepted one a, the listener's L.

const (
	clientAddr, serverAddr = "10.9.0.1", "10.9.0.2"
	clientPort, serverPort = 5000, 80
)

func (s *script) listener(backlog int) {
	s.do("srv", "L", "socket")
	s.do("srv", "L", "setsockopt", "SO_REUSEADDR", 1)
	s.do("srv", "L", "bind", "0.0.0.0", serverPort)
	s.do("srv", "L", "listen", backlog)
}

// client makes a socket, bound to a port of the client's where that is not 0.
func (s *script) client(fd string, port int) {
	s.do("cli", fd, "socket")
	if port != 0 {
		s.do("cli", fd, "setsockopt", "SO_REUSEADDR", 1)
		s.do("cli", fd, "bind", clientAddr, port)
	}
}

func (s *script) connect(fd string) *pending {
	return s.start("cli", fd, "connect", serverAddr, serverPort)
}

func (s *script) accept(fd string) *pending { return s.start("srv", "L", "accept", fd) }

// established has the client connect, from a port where that is not 0, and the server accept.
func (s *script) established(port int) {
	s.client("c", port)
	a := s.accept("a")
	s.breathe()
	s.wait(s.connect("c"))
	s.wait(a)
	s.ms(50)
}

func (s *script) connected() {
	s.listener(8)
	s.established(0)
}

// size is how much a program sends at once.
func (s *script) size() int { return s.pick(1, 10, 100, 536, 1000, 1448, 1449, 2000, 2896, 4344, 6000) }

func (s *script) pick(list ...int) int { return list[s.IntN(len(list))] }

func (s *script) chance(percent int) bool { return s.IntN(100) < percent }

func (s *script) send(proc, fd string, n int) { s.do(proc, fd, "send", n) }

// transfer has one end send and the other read. Only of a lone segment is the reader told at once: how much it finds of a
// burst depends on how soon its thread gets a processor.
func (s *script) transfer(proc, fd, toProc, toFD string) {
	n := s.size()
	if n > 1448 {
		s.send(proc, fd, n)
		s.ms(40)
		s.do(toProc, toFD, "recv", 10000)
		return
	}
	r := s.start(toProc, toFD, "recv", 10000)
	s.breathe()
	s.send(proc, fd, n)
	s.wait(r)
	s.breathe()
}

// exchange is a request and a response.
func (s *script) exchange() {
	s.transfer("cli", "c", "srv", "a")
	s.transfer("srv", "a", "cli", "c")
	s.ms(s.pick(20, 50, 100))
}

// before is what can go on before a connection ends: nothing, data one way, an exchange.
func (s *script) before() {
	switch s.IntN(3) {
	case 1:
		s.transfer("cli", "c", "srv", "a")
		s.ms(s.pick(30, 70, 100))
	case 2:
		s.exchange()
	}
}

// gone waits for the end of a state, at most so long.
func (s *script) gone(host, local, remote string, most time.Duration) {
	s.until(host, local, remote, "CLOSED", most)
}

const clientEnd, serverEnd = "10.9.0.1:5000", "10.9.0.2:80"

// errors are the calls that show what became of a connection.
func (s *script) errors(proc, fd string) {
	for range 2 {
		switch s.IntN(4) {
		case 0:
			s.do(proc, fd, "send", 10)
		case 1:
			s.do(proc, fd, "recv", 100)
		case 2:
			s.do(proc, fd, "getsockopt", "SO_ERROR")
		case 3:
			s.do(proc, fd, "poll", 0)
		}
		s.ms(s.pick(1, 30, 100))
	}
}

func drop(host, has, lacks string, nth any) Rule {
	return Rule{Host: host, Has: has, Lacks: lacks, Nth: nth, Action: "drop"}
}

func dropData(host string, nth any) Rule {
	return Rule{Host: host, Payload: true, Nth: nth, Action: "drop"}
}
