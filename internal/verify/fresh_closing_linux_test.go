package verify

import "time"

var closings = []family{
	after("close_order", func(s *script) {
		first, second := [2]string{"cli", "c"}, [2]string{"srv", "a"}
		if s.chance(50) {
			first, second = second, first
		}
		s.before()
		s.do(first[0], first[1], "close")
		s.ms(s.pick(0, 5, 20, 30, 60, 100, 300))
		s.do(second[0], second[1], "close")
		s.ms(100)
	}),
	after("close_after_eof", func(s *script) {
		s.before()
		r := s.start("srv", "a", "recv", 100)
		s.breathe()
		s.do("cli", "c", "close")
		s.wait(r)
		s.ms(6 + s.IntN(100))
		s.do("srv", "a", "close")
		s.ms(100)
	}),
	after("close_at_once_with_data", func(s *script) {
		if s.chance(50) {
			s.exchange()
		}
		s.send("cli", "c", s.size())
		s.ms(s.pick(1, 60))
		r := s.start("srv", "a", "recv_eof_close")
		s.breathe()
		s.do("cli", "c", "close")
		s.wait(r)
		s.ms(100)
	}),
	after("close_at_once_no_data", func(s *script) {
		r := s.start("srv", "a", "recv_eof_close")
		s.breathe()
		s.do("cli", "c", "close")
		s.wait(r)
		s.ms(100)
	}),
	after("simultaneous_close", func(s *script) {
		s.before()
		c := s.start("cli", "c", "close")
		time.Sleep(time.Duration(s.IntN(7000)) * time.Microsecond)
		s.start("srv", "a", "close")
		s.wait(c)
		s.ms(150)
	}),
	after("send_then_close", func(s *script) {
		n := 1 + s.IntN(3)
		for range n {
			s.send("cli", "c", s.size())
		}
		s.do("cli", "c", "close")
		s.ms(s.pick(50, 100))
		s.do("srv", "a", "recv", 65536)
		s.do("srv", "a", "setblocking", 0)
		s.do("srv", "a", "recv", 65536)
		s.do("srv", "a", "close")
		s.ms(100)
	}),
	after("close_unread", func(s *script) {
		s.send("cli", "c", s.size())
		s.ms(s.pick(30, 60))
		if s.chance(40) {
			s.do("srv", "a", "recv", 5)
		}
		s.do("srv", "a", "close")
		s.ms(100)
		s.errors("cli", "c")
		s.errors("cli", "c")
	}),
	after("kill9", func(s *script) {
		who, other, fd := "cli", "srv", "a"
		if s.chance(50) {
			who, other, fd = "srv", "cli", "c"
		}
		if s.chance(50) {
			s.send(other, fd, s.size())
			s.ms(60)
		}
		if s.chance(50) {
			s.start(other, fd, "recv", 100)
			s.breathe()
		}
		s.kill(who)
		s.ms(100)
		s.errors(other, fd)
		s.errors(other, fd)
		s.ms(100)
	}),
	after("shutdown_wr_then_close", func(s *script) {
		s.before()
		for range 1 + s.IntN(2) {
			s.do("cli", "c", "shutdown", "SHUT_WR")
			s.ms(s.pick(1, 50))
		}
		if s.chance(50) {
			s.send("srv", "a", s.size())
			s.ms(50)
			s.do("cli", "c", "recv", 10000)
		}
		s.do("cli", "c", "close")
		s.ms(s.pick(20, 100))
		s.do("srv", "a", "close")
		s.ms(100)
	}),
	after("shutdown_rd", func(s *script) {
		if s.chance(50) {
			s.send("srv", "a", s.size())
			s.ms(60)
		}
		s.do("cli", "c", "shutdown", []string{"SHUT_RD", "SHUT_RD", "SHUT_RDWR"}[s.IntN(3)])
		s.do("cli", "c", "recv", 100)
		s.send("srv", "a", s.size())
		s.ms(60)
		s.do("cli", "c", "poll", 0)
		if s.chance(50) {
			s.do("cli", "c", "recv", 10000)
		}
		s.do("cli", "c", "close")
		s.ms(100)
		s.errors("srv", "a")
	}),
	{"close_fin_lost", func(s *script) func() {
		s.fault(drop([]string{"client", "server"}[s.IntN(2)], "F", "", 1+s.IntN(2)))
		return func() {
			s.connected()
			s.before()
			s.do("cli", "c", "close")
			s.ms(s.pick(20, 100, 300))
			s.do("srv", "a", "close")
			s.ms(1500)
		}
	}},
	after("fin_ack_lost", func(s *script) {
		s.before()
		s.fault(drop("server", "", "SFR", 1+s.IntN(2)))
		s.do("cli", "c", "close")
		s.ms(s.pick(100, 600))
		s.do("srv", "a", "close")
		s.ms(1200)
	}),
	after("final_ack_lost", func(s *script) {
		s.before()
		s.do("cli", "c", "close")
		s.ms(100)
		s.fault(drop("client", "", "SFR", 1+s.IntN(3)))
		s.do("srv", "a", "close")
		s.ms(2500)
	}),
	after("fin_duplicated", func(s *script) {
		who := s.IntN(2)
		s.before()
		s.fault(Rule{Host: hostNames[who], Has: "F", Nth: 1, Action: "dup", MS: float64(s.pick(1, 15, 45, 150, 400))})
		s.do("cli", "c", "close")
		s.ms(s.pick(20, 100))
		s.do("srv", "a", "close")
		s.ms(600)
	}),
	after("fin_before_lost_data", func(s *script) {
		n := 1 + s.IntN(3)
		s.fault(dropData("client", 1+s.IntN(n)))
		for range n {
			s.send("cli", "c", 1+s.IntN(1400))
		}
		s.do("cli", "c", "close")
		s.ms(s.pick(400, 800))
		s.do("srv", "a", "recv", 10000)
		s.ms(50)
		s.do("srv", "a", "close")
		s.ms(400)
	}),
	after("fin_delayed", func(s *script) {
		s.before()
		s.fault(Rule{Host: hostNames[s.IntN(2)], Has: "F", Nth: 1, Action: "delay", MS: float64(s.pick(5, 40, 120, 300))})
		s.do("cli", "c", "close")
		s.ms(s.pick(20, 100))
		s.do("srv", "a", "close")
		s.ms(800)
	}),
}

var halfCloses = []family{
	after("half_close_server_sends", func(s *script) {
		s.before()
		s.do("cli", "c", "shutdown", "SHUT_WR")
		for range 1 + s.IntN(4) {
			s.ms(s.pick(1, 30, 60, 100))
			s.send("srv", "a", s.size())
			if s.chance(60) {
				s.ms(s.pick(15, 50))
				s.do("cli", "c", "recv", 10000)
			}
		}
		s.do("cli", "c", "send", 10)
		s.do("srv", "a", "close")
		s.ms(100)
		s.do("cli", "c", "recv", 65536)
		s.do("cli", "c", "close")
		s.ms(50)
	}),
	fixed("fw2_linger2", nil, func(s *script) {
		s.do("cli", "c", "setsockopt", "TCP_LINGER2", s.pick(-1, 1, 2, 3, 7))
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 10*time.Second)
		s.afterFW2()
	}),
	fixed("fw2_orphan", func(s *script) { s.set("tcp_fin_timeout", s.pick(1, 2, 5, 9)) }, func(s *script) {
		s.before()
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 12*time.Second)
		s.afterFW2()
	}),
	fixed("fw2_orphan_long", func(s *script) { s.set("tcp_fin_timeout", s.pick(61, 62, 65, 70, 75)) }, func(s *script) {
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 70*time.Second)
		s.afterFW2()
	}),
	after("orphan_gets_data", func(s *script) {
		early := s.chance(40)
		s.do("cli", "c", "close")
		if !early {
			s.ms(s.pick(60, 200))
		}
		s.send("srv", "a", s.size())
		s.ms(100)
		s.errors("srv", "a")
		s.errors("srv", "a")
	}),
	fixed("fw2_shutdown_then_close", func(s *script) { s.set("tcp_fin_timeout", 1+s.IntN(5)) }, func(s *script) {
		s.do("cli", "c", "shutdown", "SHUT_WR")
		s.ms(s.pick(500, 2000, 7000))
		if s.chance(50) {
			s.send("srv", "a", s.size())
			s.ms(50)
			s.do("cli", "c", "recv", 10000)
		}
		s.do("cli", "c", "close")
		s.gone("client", clientEnd, serverEnd, 10*time.Second)
		s.afterFW2()
	}),
}

// afterFW2 is what the server's end finds when the client's has gone out of FIN-WAIT-2.
func (s *script) afterFW2() {
	s.ms(s.pick(1, 100))
	switch s.IntN(3) {
	case 0:
		s.do("srv", "a", "close")
	default:
		s.send("srv", "a", s.size())
		s.ms(100)
		s.errors("srv", "a")
		s.errors("srv", "a")
	}
	s.ms(100)
}
