package verify

import (
	"fmt"
	"time"
)

var openings = []family{
	{"connect_refused", func(s *script) func() {
		return func() {
			s.listener(8)
			s.client("c", 0)
			for range 1 + s.IntN(2) {
				s.wait(s.start("cli", "c", "connect", serverAddr, 81+s.IntN(3)))
				s.ms(s.pick(1, 20))
			}
			s.wait(s.connect("c"))
			s.ms(50)
			s.do("cli", "c", "close")
		}
	}},
	{"connect_nonblocking", connectNonblocking},
	{"syn_lost", func(s *script) func() {
		s.fault(drop("client", "S", "A", 1+s.IntN(3)))
		if s.chance(50) {
			s.set("tcp_syn_linear_timeouts", s.IntN(3))
		}
		return func() { s.listener(8); s.opensLate() }
	}},
	{"syn_lost_always", func(s *script) func() {
		s.fault(drop("client", "S", "", "all"))
		s.set("tcp_syn_retries", 1+s.IntN(4))
		s.set("tcp_syn_linear_timeouts", s.IntN(5))
		return func() {
			s.listener(8)
			s.client("c", 0)
			s.waitFor(s.connect("c"), 50*time.Second)
			s.errors("cli", "c")
		}
	}},
	{"synack_lost", func(s *script) func() {
		s.fault(drop("server", "SA", "", 1+s.IntN(2)))
		if s.chance(30) {
			s.fault(drop("server", "SA", "", 3))
		}
		return func() { s.listener(8); s.opensLate() }
	}},
	{"handshake_unmeasured", func(s *script) func() {
		s.set("tcp_timestamps", 0)
		s.fault(drop("client", "S", "", 1))
		return func() {
			s.connected()
			s.fault(dropData("client", s.pick(1, 2)))
			s.fault(dropData("client", 2))
			s.send("cli", "c", s.pick(10, 1000, 1460))
			s.ms(8000)
		}
	}},
	{"third_ack_lost_silent", func(s *script) func() {
		s.fault(drop("client", "A", "SFR", 1+s.IntN(2)))
		return func() {
			s.listener(8)
			s.client("c", 0)
			a := s.accept("a")
			s.wait(s.connect("c"))
			s.wait(a)
			s.ms(100)
			s.errors("cli", "c")
		}
	}},
	{"third_ack_lost_then_data", func(s *script) func() {
		s.fault(drop("client", "A", "SFRP", 1))
		return func() {
			s.listener(8)
			s.client("c", 0)
			a := s.accept("a")
			s.wait(s.connect("c"))
			s.ms(s.pick(1, 50, 300, 900))
			s.send("cli", "c", s.size())
			s.wait(a)
			s.do("srv", "a", "recv", 100)
			s.ms(50)
			s.do("cli", "c", "close")
		}
	}},
	{"third_ack_lost_always", func(s *script) func() {
		s.set("tcp_synack_retries", s.IntN(4))
		return func() {
			s.listener(8)
			r := s.fault(drop("client", "A", "", "all"))
			s.client("c", 0)
			s.wait(s.connect("c"))
			s.ms(s.pick(500, 4000, 16000, 34000))
			s.unfault(r)
			s.send("cli", "c", s.size())
			s.ms(100)
			s.do("cli", "c", "poll", 0)
			s.do("cli", "c", "recv", 100)
		}
	}},
	{"syn_duplicated", func(s *script) func() {
		return func() {
			s.fault(Rule{Host: "client", Has: "S", Nth: 1, Action: "dup", MS: float64(1 + s.IntN(60))})
			s.connected()
			s.ms(50)
			s.do("cli", "c", "close")
			s.ms(50)
		}
	}},
	{"synack_duplicated", func(s *script) func() {
		s.fault(Rule{Host: "server", Has: "SA", Nth: 1, Action: "dup", MS: float64(1 + s.IntN(60))})
		return func() { s.connected(); s.send("cli", "c", s.size()); s.ms(100) }
	}},
	{"simultaneous_open", func(s *script) func() {
		return func() {
			s.client("c", clientPort)
			s.do("srv", "a", "socket")
			s.do("srv", "a", "bind", serverAddr, 6000)
			c := s.start("cli", "c", "connect", serverAddr, 6000)
			time.Sleep(time.Duration(s.IntN(6000)) * time.Microsecond)
			a := s.start("srv", "a", "connect", clientAddr, clientPort)
			s.wait(c)
			s.wait(a)
			s.ms(50)
			s.send("cli", "c", s.pick(10, 1000, 1448)) // more than a segment, and the probe after the short round trip meets the ACK
			s.do("srv", "a", "recv", 2000)
			s.ms(50)
			s.do("cli", "c", "close")
			s.ms(100)
			s.do("srv", "a", "close")
		}
	}},
	{"self_connect", func(s *script) func() {
		return func() {
			s.do("cli", "c", "socket")
			s.do("cli", "c", "bind", "127.0.0.1", clientPort)
			s.do("cli", "c", "connect", "127.0.0.1", clientPort)
			s.ms(50)
			for range 1 + s.IntN(3) {
				s.send("cli", "c", s.pick(1, 10, 1000, 20000))
				s.ms(s.pick(1, 60))
				s.do("cli", "c", "recv", s.pick(5, 65536))
				s.ms(s.pick(1, 60))
			}
			switch s.IntN(4) {
			case 0:
				s.do("cli", "c", "shutdown", "SHUT_WR")
				s.do("cli", "c", "recv", 65536)
				s.do("cli", "c", "recv", 100)
			case 1:
				s.do("cli", "c", "setsockopt", "SO_LINGER", []any{1, 0})
			}
			s.do("cli", "c", "close")
			s.ms(100)
		}
	}},
	{"isn_and_options", func(s *script) func() {
		for _, name := range []string{"tcp_timestamps", "tcp_sack", "tcp_window_scaling"} {
			if s.chance(40) {
				s.set(name, 0)
			}
		}
		return func() {
			s.listener(8)
			for i := range 3 {
				c, a := fmt.Sprint("c", i), fmt.Sprint("a", i)
				s.client(c, s.pick(0, 5000+i))
				p := s.accept(a)
				s.wait(s.connect(c))
				s.wait(p)
				s.send("cli", c, s.size())
				s.ms(30)
				s.do("srv", a, "recv", 10000)
				s.do("cli", c, "close")
				s.ms(s.pick(1, 20, 60))
				s.do("srv", a, "close")
				s.ms(50)
			}
		}
	}},
}

// opensLate connects through a fault, and shows that the connection is good.
func (s *script) opensLate() {
	s.client("c", 0)
	a := s.accept("a")
	c := s.connect("c")
	s.waitFor(c, 20*time.Second)
	s.waitFor(a, 20*time.Second)
	s.ms(50)
	s.send("cli", "c", s.size())
	s.do("srv", "a", "recv", 100)
	s.ms(50)
	s.do("cli", "c", "close")
	s.ms(50)
}

func connectNonblocking(s *script) func() {
	return func() {
		s.listener(8)
		s.client("c", 0)
		s.do("cli", "c", "setblocking", 0)
		port := s.pick(80, 80, 81)
		s.do("cli", "c", "connect", serverAddr, port)
		s.do("cli", "c", "connect", serverAddr, port)
		s.do("cli", "c", "recv", 10)
		s.do("cli", "c", "send", 10)
		s.ms(60)
		s.do("cli", "c", "poll", 0)
		if s.chance(70) {
			s.do("cli", "c", "getsockopt", "SO_ERROR")
		}
		s.do("cli", "c", "connect", serverAddr, port)
		s.do("cli", "c", "connect", serverAddr, port)
		s.do("cli", "c", "recv", 10)
		s.ms(50)
	}
}
