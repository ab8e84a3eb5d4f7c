package export_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"finwait/internal/export"
	"finwait/scenario"
)

var (
	kernelStorm     = flag.Int("kernel.storm", 0, "how many random programs to run on the real kernel")
	kernelStormSeed = flag.Int64("kernel.storm.seed", 1, "the first one's seed")
)

// TestKernelStorm throws random programs, faults and settings at the engine and at this machine's kernel, and compares what
// each host sends and what its calls give. make kernel-storm does it.
func TestKernelStorm(t *testing.T) {
	if *kernelStorm == 0 {
		t.Skip("make kernel-storm says how many programs")
	}
	needKernel(t)
	defer undisturbed()()
	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		places = make(chan struct{}, 12)
		passed int
	)
	for i := range int64(*kernelStorm) {
		for _, c := range stormCases(t, *kernelStormSeed+i) {
			places <- struct{}{}
			group.Go(func() {
				defer func() { <-places }()
				err := c.often()
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					passed++
				} else {
					t.Errorf("%s: %v\n%s", c.name, err, c.run.Source)
				}
			})
		}
	}
	group.Wait()
	t.Logf("%d scripts pass", passed)
}

// often tries a script a few times, for the kernel's ticks and the machine's load to differ.
func (c kernelCase) often() (err error) {
	for range 3 {
		if err = c.onItsTicks(kernelLatency, export.PacketdrillSameTicks); err == nil {
			return nil
		}
	}
	return err
}

// stormCases are the hosts of a random scenario that a script can tell of.
func stormCases(t *testing.T, seed int64) (cases []kernelCase) {
	run := scenario.Run{Source: newStorm(seed).scenario(), Seed: seed}
	log, err := scenario.Execute(nil, run, scenario.Limits{})
	if refused := (*scenario.Error)(nil); errors.As(err, &refused) && refused.Code == scenario.CodeScenario {
		return nil // it kills what has ended already
	} else if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, run.Source)
	}
	for _, host := range []string{"client", "server"} {
		var b bytes.Buffer
		if export.PacketdrillSameTicks(&b, log, host) == nil {
			cases = append(cases, kernelCase{name: fmt.Sprintf("seed %d, %s", seed, host), run: run, host: host, begins: firstCall(log, host)})
		}
	}
	return cases
}

// storm makes a scenario of two programs that talk, or fail to.
type storm struct{ *rand.Rand }

func newStorm(seed int64) storm { return storm{rand.New(rand.NewPCG(uint64(seed), 1))} }

func (s storm) oneOf(list ...string) string { return list[s.IntN(len(list))] }

func (s storm) chance(percent int) bool { return s.IntN(100) < percent }

// pause is no multiple of a link's delay: what happens at one instant could go either way.
func (s storm) pause(most int) string {
	return fmt.Sprintf("os.sleep(%q)", fmt.Sprintf("%dus", 1000*(1+s.IntN(most))+300+s.IntN(500)))
}

func (s storm) scenario() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scenario(title = {\"en\": \"storm\", \"zh\": \"storm\"}, link = link(delay = %q), until = \"8s\")\n", s.oneOf("1ms", "5ms", "10ms", "20ms", "40ms", "80ms"))
	fmt.Fprintf(&b, "def server(os):\n    s = os.socket()\n%s    os.bind(s, 80)\n    os.listen(s, %s)\n", s.options("s"), s.oneOf("8", "8", "8", "1", "0"))
	if s.chance(25) {
		fmt.Fprintf(&b, "    %s\n", s.pause(400))
	}
	fmt.Fprintf(&b, "    c = os.accept(s)\n%s", s.talk("c"))
	if s.chance(50) {
		fmt.Fprintf(&b, "    os.close(c)\n")
	}
	fmt.Fprintf(&b, "    %s\n", s.pause(300))
	fmt.Fprintf(&b, "def client(os):\n    s = os.socket()\n%s    if os.connect(s, \"server\", 80) < 0:\n        os.sleep(\"1s\")\n        return\n%s", s.options("s"), s.talk("s"))
	if s.chance(70) {
		fmt.Fprintf(&b, "    os.close(s)\n")
	}
	fmt.Fprintf(&b, "    %s\n", s.pause(300))
	fmt.Fprintf(&b, "host(\"server\", server%s)\nhost(\"client\", client%s)\n", s.settings(), s.settings())
	for s.chance(55) {
		fmt.Fprintln(&b, s.fault())
	}
	return b.String()
}

// options sets some before the connection.
func (s storm) options(fd string) string {
	var b strings.Builder
	set := func(percent int, name, value string) {
		if s.chance(percent) {
			fmt.Fprintf(&b, "    os.setsockopt(%s, %q, %s)\n", fd, name, value)
		}
	}
	set(10, "SO_RCVBUF", s.oneOf("2048", "4096", "10000", "65536"))
	set(20, "TCP_NODELAY", "1")
	set(15, "SO_LINGER", s.oneOf("1, 0", "1, 1", "1, 2", "0, 0"))
	set(10, "TCP_USER_TIMEOUT", s.oneOf("300", "700", "1500"))
	set(10, "TCP_LINGER2", s.oneOf("1", "2", "-1"))
	if s.chance(15) {
		fmt.Fprintf(&b, "    os.setsockopt(%[1]s, \"SO_KEEPALIVE\", 1)\n    os.setsockopt(%[1]s, \"TCP_KEEPIDLE\", 1)\n    os.setsockopt(%[1]s, \"TCP_KEEPINTVL\", 1)\n    os.setsockopt(%[1]s, \"TCP_KEEPCNT\", %[2]s)\n", fd, s.oneOf("1", "2", "9"))
	}
	return b.String()
}

// talk is what a program does with its connection.
func (s storm) talk(fd string) string {
	var b strings.Builder
	for range 1 + s.IntN(6) {
		switch s.IntN(12) {
		case 0, 1, 2:
			fmt.Fprintf(&b, "    os.write(%s, \"x\" * %s)\n", fd, s.oneOf("1", "10", "100", "500", "1000", "1448", "2000", "2896", "5000", "12000"))
		case 3, 4:
			fmt.Fprintf(&b, "    os.read(%s, %s)\n", fd, s.oneOf("1", "100", "1000", "65536"))
		case 5:
			fmt.Fprintf(&b, "    while os.read(%s, 65536):\n        pass\n", fd)
		case 6, 7, 8:
			fmt.Fprintf(&b, "    %s\n", s.pause(250))
		case 9:
			fmt.Fprintf(&b, "    os.shutdown(%s, %q)\n", fd, s.oneOf("SHUT_WR", "SHUT_WR", "SHUT_RD", "SHUT_RDWR"))
		case 10:
			fmt.Fprintf(&b, "    os.poll(%s, %q)\n", fd, s.oneOf("0ms", "37ms", "153ms"))
		case 11:
			fmt.Fprintf(&b, "    os.fcntl(%[1]s, \"O_NONBLOCK\")\n    os.read(%[1]s, 100)\n    os.fcntl(%[1]s, \"O_NONBLOCK\", False)\n", fd)
		}
	}
	return b.String()
}

// settings are a host's sysctls, small where they are times or counts.
func (s storm) settings() string {
	var list []string
	set := func(percent int, name string, values ...string) {
		if s.chance(percent) {
			list = append(list, fmt.Sprintf("%q: %s", name, s.oneOf(values...)))
		}
	}
	set(10, "net.ipv4.tcp_sack", "0")
	set(10, "net.ipv4.tcp_timestamps", "0")
	set(10, "net.ipv4.tcp_window_scaling", "0")
	set(20, "net.ipv4.tcp_orphan_retries", "1", "2", "3")
	set(20, "net.ipv4.tcp_fin_timeout", "1", "2")
	set(20, "net.ipv4.tcp_retries2", "1", "2", "3")
	set(10, "net.ipv4.tcp_syn_retries", "1", "2")
	set(10, "net.ipv4.tcp_syn_linear_timeouts", "0", "1")
	set(10, "net.ipv4.tcp_synack_retries", "0", "1")
	set(10, "net.ipv4.tcp_abort_on_overflow", "1")
	set(10, "net.ipv4.tcp_syncookies", "0", "2")
	set(10, "net.ipv4.tcp_rfc1337", "1")
	set(10, "net.core.somaxconn", "1", "4")
	if list == nil {
		return ""
	}
	return ", sysctl = {" + strings.Join(list, ", ") + "}"
}

// fault is something that goes wrong, on the link or with a host.
func (s storm) fault() string {
	sender := s.oneOf("client", "server")
	filter := []string{
		`flags = "F"`, `flags = "S"`, `flags = "A", lacks = "SFRP"`, `data = True`, `data = True`, `flags = "R"`, `flags = "A", lacks = "S"`,
	}[s.IntN(7)]
	if s.chance(75) {
		filter += fmt.Sprintf(", nth = %d", 1+s.IntN(4))
	}
	switch s.IntN(9) {
	case 0, 1, 2, 3:
		return fmt.Sprintf("drop(sender = %q, %s)", sender, filter)
	case 4:
		return fmt.Sprintf("delay(%q, sender = %q, %s)", s.oneOf("3ms", "17ms", "63ms", "240ms"), sender, filter)
	case 5:
		return fmt.Sprintf("duplicate(sender = %q, %s, by = %q)", sender, filter, s.oneOf("1ms", "7ms", "110ms"))
	case 6:
		return fmt.Sprintf("reorder(sender = %q, %s)", sender, filter)
	case 7:
		return fmt.Sprintf("at(\"%dms\", kill(%q))", 30+s.IntN(900), sender)
	}
	return fmt.Sprintf("at(\"%dms\", cut())\nat(\"%dms\", heal())", 30+s.IntN(300), 600+s.IntN(1500))
}
