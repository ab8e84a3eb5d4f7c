package verify

import "fmt"

var listeners = []family{
	{"accept_overflow", func(s *script) func() {
		s.set("tcp_abort_on_overflow", s.IntN(2))
		backlog := s.IntN(3)
		if s.chance(25) {
			s.set("core/somaxconn", 1)
			backlog = 100
		}
		return func() {
			s.listener(backlog)
			clients := 2 + s.IntN(4)
			for i := range clients {
				s.client(fmt.Sprint("c", i), 5001+i)
				s.connect(fmt.Sprint("c", i))
				s.ms(100)
			}
			if s.chance(50) {
				s.send("cli", "c0", s.size())
			}
			s.ms(s.pick(500, 1700, 3500))
			s.acceptAll(clients)
		}
	}},
	{"accept_overflow_third_ack", func(s *script) func() {
		s.set("tcp_abort_on_overflow", s.pick(0, 0, 1))
		data := s.chance(50)
		return func() {
			s.listener(1)
			s.client("c1", 5001)
			s.connect("c1")
			s.ms(100)
			for _, c := range []string{"c2", "c3"} {
				s.client(c, 5000+int(c[1]-'0'))
				s.connect(c)
			}
			s.ms(200)
			if data {
				s.send("cli", "c3", s.size())
			}
			s.ms(s.pick(300, 1500, 3500))
			s.do("srv", "L", "accept", "a1")
			s.do("srv", "L", "accept", "a2")
			s.do("cli", "c3", "getsockopt", "SO_ERROR")
			s.do("srv", "L", "accept", "a3")
			s.ms(100)
		}
	}},
	{"syn_burst", func(s *script) func() {
		s.set("tcp_syncookies", s.pick(0, 1, 1, 2))
		return func() {
			s.listener(1)
			clients := 3 + s.IntN(2) // of those whose SYNs go again in one slot of the wheel all find a place then: their order is the wheel's
			for i := range clients {
				s.client(fmt.Sprint("c", i), 5001+i)
			}
			for i := range clients {
				s.connect(fmt.Sprint("c", i))
				s.breathe()
			}
			s.ms(s.pick(500, 1500, 3500))
			s.acceptAll(clients)
		}
	}},
	{"no_accept", func(s *script) func() {
		return func() {
			s.listener(s.pick(1, 8))
			s.client("c", clientPort)
			s.wait(s.connect("c"))
			s.ms(s.pick(20, 100))
			s.send("cli", "c", s.size())
			end := s.IntN(5)
			s.ms(50)
			switch end {
			case 1:
				s.do("cli", "c", "close")
			case 2:
				s.do("cli", "c", "shutdown", "SHUT_WR")
			case 3:
				s.do("cli", "c", "setsockopt", "SO_LINGER", []any{1, 0})
				s.do("cli", "c", "close")
			case 4:
				s.kill("cli")
			}
			s.ms(s.pick(100, 500))
			s.do("srv", "L", "accept", "a")
			for range 3 {
				s.do("srv", "a", "setblocking", 0)
				s.do("srv", "a", "recv", 4000)
			}
			s.ms(50)
			s.errors("srv", "a")
			s.do("srv", "a", "close")
			s.ms(100)
		}
	}},
	{"close_listener", func(s *script) func() {
		return func() {
			s.connected()
			s.client("d", 5001)
			s.wait(s.connect("d"))
			s.ms(50)
			if s.chance(50) {
				s.send("cli", "d", s.size())
				s.ms(50)
			}
			if s.chance(70) {
				s.do("srv", "L", "close")
			} else {
				s.kill("srv")
			}
			s.ms(100)
			s.errors("cli", "d")
			s.errors("cli", "c")
			s.ms(50)
		}
	}},
	{"backlog_change", func(s *script) func() {
		if s.chance(50) {
			s.set("core/somaxconn", 1+s.IntN(4))
		}
		return func() {
			s.listener(s.IntN(10))
			s.client("c", clientPort)
			s.wait(s.connect("c"))
			s.ms(30)
			s.do("srv", "L", "listen", s.IntN(6))
			s.ms(30)
			s.do("srv", "L", "listen", s.IntN(200))
			s.ms(30)
		}
	}},
	{"wrong_state", wrongState},
	{"bind_while", bindWhile},
}

// acceptAll takes what waits, then what comes when the clients' SYNs go again. No accept() waits when several connections come
// at once: how many it finds depends on how soon its thread gets a processor.
func (s *script) acceptAll(n int) {
	for i := range n {
		s.do("srv", "L", "poll", 0)
		s.do("srv", "L", "setblocking", 0)
		s.do("srv", "L", "accept", fmt.Sprint("a", i))
		if i%2 == 1 {
			s.ms(1100 + s.IntN(1000))
		}
	}
	s.ms(300)
}

func wrongState(s *script) func() {
	return func() {
		s.client("c", 0)
		s.do("cli", "c", "recv", 10)
		s.do("cli", "c", "send", 10)
		s.do("cli", "c", "shutdown", []string{"SHUT_WR", "SHUT_RD", "SHUT_RDWR"}[s.IntN(3)])
		s.do("cli", "c", "accept", "x")
		s.do("cli", "c", "poll", 0)
		s.listener(8)
		s.client("d", 0)
		a := s.accept("a")
		s.wait(s.connect("d"))
		s.wait(a)
		s.ms(50)
		s.do("cli", "d", "connect", serverAddr, serverPort)
		s.do("cli", "d", "listen", 5)
		s.do("cli", "d", "bind", clientAddr, 7000)
		s.do("srv", "L", "connect", clientAddr, 80)
		s.do("srv", "L", "send", 10)
		s.do("srv", "L", "recv", 10)
		s.do("srv", "L", "shutdown", "SHUT_WR")
		s.do("cli", "d", "shutdown", "SHUT_WR")
		s.do("cli", "d", "send", 10)
		s.do("cli", "d", "shutdown", "SHUT_RDWR")
		s.do("cli", "d", "recv", 10)
		s.ms(100)
	}
}

// bindWhile binds to a port that something of the old listener's still has.
func bindWhile(s *script) func() {
	old, new := s.IntN(2), s.IntN(2)
	return func() {
		s.do("srv", "L", "socket")
		s.do("srv", "L", "setsockopt", "SO_REUSEADDR", old)
		s.do("srv", "L", "bind", "0.0.0.0", serverPort)
		s.do("srv", "L", "listen", 8)
		s.established(clientPort)
		what := s.IntN(5)
		if what > 0 {
			s.do("srv", "L", "close")
		}
		switch what {
		case 2: // TIME_WAIT at the server
			s.do("srv", "a", "close")
			s.ms(60)
			s.do("cli", "c", "close")
			s.ms(60)
		case 3: // FIN_WAIT2
			s.do("srv", "a", "close")
			s.ms(60)
		case 4: // CLOSE_WAIT
			s.do("cli", "c", "close")
			s.ms(100)
		}
		s.ms(s.pick(1, 50))
		s.do("srv", "L2", "socket")
		s.do("srv", "L2", "setsockopt", "SO_REUSEADDR", new)
		s.do("srv", "L2", "bind", "0.0.0.0", serverPort)
		s.do("srv", "L2", "listen", 8)
		s.ms(50)
	}
}
