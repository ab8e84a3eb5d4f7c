package verify

import "time"

var timeWaits = []family{
	fixed("time_wait_length", func(s *script) {
		if s.chance(50) {
			s.set("tcp_fin_timeout", s.pick(2, 5, 30))
		}
	}, func(s *script) {
		s.exchange()
		s.do("cli", "c", "close")
		s.ms(100)
		s.do("srv", "a", "close")
		s.gone("client", clientEnd, serverEnd, 64*time.Second)
	}),
	fixed("time_wait_fin_again", func(s *script) { s.set("tcp_rfc1337", s.IntN(2)) }, func(s *script) {
		s.exchange()
		s.fault(Rule{Host: "server", Has: "F", Nth: 1, Action: "dup", MS: float64(s.pick(30, 300, 3000, 20000))})
		if s.chance(40) {
			s.fault(drop("server", "R", "", "all"))
		}
		s.do("cli", "c", "close")
		s.ms(100)
		s.do("srv", "a", "close")
		s.seconds(s.pick(5, 22, 64))
	}),
	fixed("time_wait_new_syn", func(s *script) { s.set("tcp_timestamps", s.IntN(2)) }, func(s *script) {
		s.before()
		s.do("srv", "a", "close")
		s.ms(100)
		s.do("cli", "c", "close")
		s.ms(s.pick(100, 500, 1300))
		s.reconnect("d", "b")
		s.send("cli", "d", s.size())
		s.ms(50)
		s.do("srv", "b", "recv", 10000)
		s.ms(50)
	}),
	{"time_wait_reconnect", func(s *script) func() {
		s.set("tcp_tw_reuse", s.IntN(3))
		s.set("tcp_timestamps", s.pick(0, 1, 1, 1))
		return func() {
			s.listener(8)
			s.established(clientPort)
			s.before()
			s.do("cli", "c", "close")
			s.ms(100)
			if s.chance(70) {
				s.do("srv", "a", "close")
			}
			s.ms(s.pick(100, 300, 1500))
			s.reconnect("d", "b")
			s.ms(50)
			s.send("cli", "d", s.size())
			s.ms(50)
			s.do("srv", "b", "recv", 10000)
			s.do("cli", "d", "close")
			s.ms(100)
		}
	}},
	{"time_wait_auto_port", func(s *script) func() {
		s.set("tcp_tw_reuse", s.IntN(3))
		s.set("ip_local_port_range", "5000 5000")
		return func() {
			s.listener(8)
			s.established(0)
			s.exchange()
			s.do("cli", "c", "close")
			s.ms(100)
			s.do("srv", "a", "close")
			for _, d := range []string{"d0", "d1"} {
				s.ms(s.pick(200, 500, 1500, 2200))
				s.client(d, 0)
				s.wait(s.connect(d))
			}
			s.ms(50)
		}
	}},
	fixed("time_wait_late_data", nil, func(s *script) {
		s.exchange()
		s.fault(Rule{Host: "server", Payload: true, Nth: 1, Action: "dup", MS: float64(s.pick(200, 700))})
		s.send("srv", "a", s.size())
		s.ms(50)
		s.do("cli", "c", "recv", 10000)
		s.do("cli", "c", "close")
		s.ms(60)
		s.do("srv", "a", "close")
		s.ms(1000)
	}),
}

func (s *script) reconnect(fd, accepted string) {
	s.client(fd, clientPort)
	a := s.accept(accepted)
	s.wait(s.connect(fd))
	s.wait(a)
	s.breathe()
}

var orphans = []family{
	{"fin_lost_always", func(s *script) func() {
		s.fault(drop("client", "F", "", "all"))
		s.set("tcp_orphan_retries", s.pick(1, 2, 3, 4, 5))
		s.set("tcp_retries2", s.pick(2, 3, 4, 5))
		call := s.chance(60)
		return func() {
			s.listener(8)
			s.established(clientPort)
			s.before()
			if call {
				s.do("cli", "c", "close")
				s.gone("client", clientEnd, serverEnd, 20*time.Second)
			} else {
				s.do("cli", "c", "shutdown", "SHUT_WR")
				s.waitFor(s.start("cli", "c", "recv", 100), 20*time.Second)
				s.errors("cli", "c")
			}
			s.send("srv", "a", 10)
			s.ms(100)
			s.errors("srv", "a")
		}
	}},
	{"fin_lost_always_default", func(s *script) func() {
		s.fault(drop("client", "F", "", "all"))
		return func() {
			s.listener(8)
			s.established(clientPort)
			s.before()
			s.do("cli", "c", "close")
			s.gone("client", clientEnd, serverEnd, 130*time.Second)
		}
	}},
	fixed("data_and_fin_lost_always", func(s *script) { s.set("tcp_orphan_retries", s.pick(1, 2, 3, 4)) }, func(s *script) {
		s.before()
		s.fault(drop("client", "", "", "all"))
		for range 1 + s.IntN(3) {
			s.send("cli", "c", s.size())
		}
		s.ms(s.pick(0, 5, 100, 400))
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 20*time.Second)
	}),
	fixed("server_fin_lost_always", func(s *script) { s.set("tcp_orphan_retries", s.pick(1, 2, 3)) }, func(s *script) {
		s.before()
		s.fault(drop("server", "F", "", "all"))
		s.do("cli", "c", "close")
		s.ms(s.pick(5, 100))
		s.do("srv", "a", "close")
		s.gone("server", serverEnd, clientEnd, 20*time.Second)
		s.ms(300)
	}),
	fixed("final_ack_lost_always", func(s *script) { s.set("tcp_orphan_retries", s.pick(1, 2, 3)) }, func(s *script) {
		s.before()
		s.do("cli", "c", "close")
		s.ms(100)
		s.fault(drop("client", "", "", "all"))
		s.do("srv", "a", "close")
		s.gone("server", serverEnd, clientEnd, 20*time.Second)
		s.ms(300)
	}),
	fixed("fin_ack_lost_always", func(s *script) { s.set("tcp_orphan_retries", s.pick(1, 2, 3)) }, func(s *script) {
		s.before()
		s.fault(drop("server", "", "SFR", "all"))
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 20*time.Second)
		s.ms(200)
		s.errors("srv", "a")
	}),
}
