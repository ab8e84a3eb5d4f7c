package verify

import "time"

var resets = []family{
	after("linger0", func(s *script) {
		s.do("cli", "c", "setsockopt", "SO_LINGER", []any{1, 0})
		switch s.IntN(3) {
		case 0:
			s.start("srv", "a", "recv", 100)
		case 1:
			s.send("cli", "c", s.size())
			s.ms(s.pick(0, 60))
		}
		s.breathe()
		s.do("cli", "c", "close")
		s.ms(100)
		s.errors("srv", "a")
		s.errors("srv", "a")
	}),
	{"linger_blocks", func(s *script) func() {
		lost := s.chance(60)
		if lost {
			s.fault(drop("client", "F", "", "all"))
		}
		s.set("tcp_orphan_retries", s.pick(1, 2))
		return func() {
			s.listener(8)
			s.established(clientPort)
			s.do("cli", "c", "setsockopt", "SO_LINGER", []any{1, 1 + s.IntN(3)})
			if s.chance(50) {
				s.send("cli", "c", s.size())
			}
			s.do("cli", "c", "close")
			s.ms(300)
			s.do("srv", "a", "close")
			s.ms(500)
		}
	}},
	after("write_after_peer_close", func(s *script) {
		s.before()
		s.do("srv", "a", "close")
		s.ms(s.pick(60, 100))
		s.send("cli", "c", s.size())
		s.ms(s.pick(5, 60))
		s.errors("cli", "c")
		s.errors("cli", "c")
	}),
	after("server_crash", func(s *script) {
		if s.chance(50) {
			s.exchange()
		}
		s.kill("srv")
		s.ms(100)
		s.do("cli", "c", "recv", 100)
		s.send("cli", "c", s.size())
		s.ms(s.pick(5, 100))
		s.errors("cli", "c")
		s.errors("cli", "c")
	}),
	after("rst_lost", func(s *script) {
		s.fault(drop("server", "R", "", 1))
		s.do("srv", "a", "setsockopt", "SO_LINGER", []any{1, 0})
		s.do("srv", "a", "close")
		s.ms(s.pick(30, 100))
		s.send("cli", "c", s.size())
		s.ms(100)
		s.errors("cli", "c")
	}),
	after("self_reset", func(s *script) {
		s.send("srv", "a", s.size())
		s.ms(50)
		s.do("cli", "c", "close")
		s.ms(50)
		s.errors("srv", "a")
		s.do("srv", "a", "close")
	}),
}

var timers = []family{
	after("keepalive", func(s *script) {
		s.do("cli", "c", "setsockopt", "TCP_KEEPIDLE", 1+s.IntN(2))
		s.do("cli", "c", "setsockopt", "TCP_KEEPINTVL", 1+s.IntN(2))
		s.do("cli", "c", "setsockopt", "TCP_KEEPCNT", 1+s.IntN(3))
		s.do("cli", "c", "setsockopt", "SO_KEEPALIVE", 1)
		if s.chance(30) {
			s.exchange()
		}
		switch s.IntN(4) {
		case 0:
		case 1:
			s.fault(drop("server", "", "", 1+s.IntN(2)))
		default:
			s.fault(drop("client", "", "", "all"))
		}
		s.waitFor(s.start("cli", "c", "recv", 100), 10*time.Second)
		s.errors("cli", "c")
	}),
	after("user_timeout", func(s *script) {
		s.do("cli", "c", "setsockopt", "TCP_USER_TIMEOUT", s.pick(500, 1000, 3000, 4500))
		s.fault(drop("client", "", "", "all"))
		s.send("cli", "c", s.size())
		if s.chance(30) {
			s.ms(300)
			s.send("cli", "c", s.size())
		}
		s.waitFor(s.start("cli", "c", "recv", 100), 10*time.Second)
		s.errors("cli", "c")
	}),
}

// mixtures are programs whose every step is drawn.
var mixtures = []family{
	{"mixture", func(s *script) func() {
		s.mixedSettings()
		for s.chance(50) {
			s.fault(s.mixedFault())
		}
		return func() {
			s.listener(s.pick(0, 1, 8))
			s.established(s.pick(0, clientPort))
			for range 2 + s.IntN(6) {
				s.mixedStep([2][2]string{{"cli", "c"}, {"srv", "a"}}[s.IntN(2)])
			}
			s.ms(2000)
		}
	}},
}

func (s *script) mixedSettings() {
	for _, c := range []struct {
		name   string
		values []int
	}{
		{"tcp_sack", []int{0, 1, 1, 1}}, {"tcp_timestamps", []int{0, 1, 1, 1}}, {"tcp_window_scaling", []int{0, 1, 1, 1}},
		{"tcp_orphan_retries", []int{1, 2, 3}}, {"tcp_fin_timeout", []int{1, 2, 60}}, {"tcp_retries2", []int{2, 3, 15}},
		{"tcp_rfc1337", []int{0, 0, 1}}, {"tcp_syncookies", []int{0, 1}}, // always a cookie is no fair comparison (fidelity.md)
	} {
		s.set(c.name, s.pick(c.values...))
	}
}

func (s *script) mixedFault() Rule {
	r := Rule{Host: hostNames[s.IntN(2)], Nth: 1 + s.IntN(3), Action: "drop"}
	switch s.IntN(5) {
	case 0:
		r.Has = "F"
	case 1:
		r.Lacks = "SFR"
	default:
		r.Payload = true
	}
	switch s.IntN(4) {
	case 0:
		r.Action, r.MS = "delay", float64(s.pick(3, 17, 63, 240))
	case 1:
		r.Action, r.MS = "dup", float64(s.pick(1, 7, 110))
	}
	return r
}

func (s *script) mixedStep(end [2]string) {
	proc, fd := end[0], end[1]
	switch s.IntN(9) {
	case 0, 1, 2:
		s.send(proc, fd, s.size())
	case 3:
		s.do(proc, fd, "setblocking", 0)
		s.do(proc, fd, "recv", s.pick(10, 1000, 65536))
	case 4, 5:
		s.ms(s.pick(1, 7, 23, 60, 130, 310))
	case 6:
		s.do(proc, fd, "shutdown", []string{"SHUT_WR", "SHUT_RD", "SHUT_RDWR"}[s.IntN(3)])
	case 7:
		s.do(proc, fd, "close")
	case 8:
		s.do(proc, fd, "poll", 0)
	}
}
