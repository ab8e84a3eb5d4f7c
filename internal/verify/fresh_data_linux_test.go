package verify

import "time"

var dataFamilies = []family{
	after("data_lost", func(s *script) {
		if s.chance(50) {
			s.do("cli", "c", "setsockopt", "TCP_NODELAY", 1)
		}
		n := 1 + s.IntN(6)
		s.fault(dropData("client", 1+s.IntN(n)))
		if s.chance(40) {
			s.fault(dropData("client", 1+s.IntN(n+1)))
		}
		for range n {
			s.send("cli", "c", s.pick(10, 500, 1000, 1448))
			if s.chance(20) {
				s.ms(s.pick(5, 30))
			}
		}
		s.ms(1500)
		s.do("srv", "a", "recv", 65536)
		s.ms(50)
	}),
	{"data_lost_no_sack", func(s *script) func() {
		s.set("tcp_sack", s.IntN(2))
		s.set("tcp_timestamps", s.IntN(2))
		return func() {
			s.connected()
			s.do("cli", "c", "setsockopt", "TCP_NODELAY", 1)
			n := 2 + s.IntN(6)
			s.fault(dropData("client", 1+s.IntN(n)))
			for range n {
				s.send("cli", "c", s.pick(100, 1000, 1448))
			}
			s.ms(1500)
			s.do("srv", "a", "recv", 65536)
			s.ms(50)
		}
	}},
	fixed("data_lost_always", func(s *script) { s.set("tcp_retries2", 1+s.IntN(4)) }, func(s *script) {
		s.before()
		s.fault(drop("client", "", "", "all"))
		for range 1 + s.IntN(2) {
			s.send("cli", "c", s.size())
		}
		s.waitFor(s.start("cli", "c", "recv", 100), 15*time.Second)
		s.errors("cli", "c")
		s.errors("cli", "c")
	}),
	after("data_duplicated", func(s *script) {
		s.fault(Rule{Host: "client", Payload: true, Nth: 1 + s.IntN(2), Action: "dup", MS: float64(s.pick(1, 5, 20, 100, 300))})
		for range 1 + s.IntN(3) {
			s.send("cli", "c", 1+s.IntN(1400))
			s.ms(s.pick(1, 50))
		}
		s.ms(500)
		s.do("srv", "a", "recv", 10000)
	}),
	after("data_reordered", func(s *script) {
		s.do("cli", "c", "setsockopt", "TCP_NODELAY", 1)
		n := 2 + s.IntN(4)
		s.fault(Rule{Host: "client", Payload: true, Nth: 1 + s.IntN(n-1), Action: "delay", MS: float64(s.pick(2, 4, 8, 15, 30))})
		for range n {
			s.send("cli", "c", s.pick(10, 500, 1000, 1448))
		}
		s.ms(500)
		s.do("srv", "a", "recv", 10000)
		s.ms(30)
	}),
	after("ack_lost", func(s *script) {
		s.fault(drop("server", "A", "SFR", 1+s.IntN(2)))
		for range 1 + s.IntN(3) {
			s.send("cli", "c", s.size())
			s.ms(s.pick(1, 30, 80))
		}
		s.ms(800)
		s.do("srv", "a", "recv", 65536)
		s.ms(30)
	}),
	after("delayed_ack", func(s *script) {
		for range 2 + s.IntN(4) {
			switch s.IntN(4) {
			case 0:
				s.exchange()
			case 1:
				s.send("cli", "c", s.pick(10, 100, 1448))
			case 2:
				s.send("cli", "c", 1448)
				s.send("cli", "c", 1448)
			case 3:
				s.send("srv", "a", s.pick(10, 100, 1448))
			}
			s.ms(s.pick(1, 20, 50, 100, 300))
		}
		s.ms(100)
	}),
	after("nagle", func(s *script) {
		if s.chance(40) {
			s.exchange()
		}
		for range 1 + s.IntN(2) {
			if s.chance(30) {
				s.do("cli", "c", "setsockopt", "TCP_NODELAY", s.IntN(2))
			}
			for range 2 + s.IntN(3) {
				s.send("cli", "c", s.pick(1, 10, 100, 1000, 1448, 1500))
			}
			s.ms(s.pick(60, 100, 200))
		}
	}),
	after("big_write", func(s *script) {
		s.send("cli", "c", s.pick(8000, 10000, 14480, 15000, 16000))
		s.ms(s.pick(60, 100))
		s.do("srv", "a", "recv", s.pick(1000, 9000, 100000))
		s.ms(s.pick(1, 100))
		s.do("srv", "a", "recv", 100000)
		s.ms(100)
	}),
	{"zero_window", func(s *script) func() {
		s.set("tcp_orphan_retries", s.pick(0, 2))
		return func() {
			s.do("srv", "L", "socket")
			s.do("srv", "L", "setsockopt", "SO_REUSEADDR", 1)
			s.do("srv", "L", "setsockopt", "SO_RCVBUF", s.pick(4096, 8192))
			s.do("srv", "L", "bind", "0.0.0.0", serverPort)
			s.do("srv", "L", "listen", 8)
			s.established(clientPort)
			s.do("cli", "c", "setblocking", 0)
			s.do("cli", "c", "send", s.pick(8000, 12000, 15000))
			s.ms(s.pick(500, 2500))
			if s.chance(30) {
				s.do("cli", "c", "close")
				s.ms(1000)
			}
			s.do("srv", "a", "recv", s.pick(1000, 3000, 65536))
			s.ms(500)
			s.do("srv", "a", "recv", 65536)
			s.ms(500)
		}
	}},
}
