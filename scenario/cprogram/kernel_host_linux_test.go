package cprogram_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"finwait/engine"
)

// kernelHost is a host on this machine's kernel: a network namespace, which belongs to one thread, with a TUN device whose
// other end is in the test's hand.
type kernelHost struct {
	meta    engine.HostMeta
	addr    netip.Addr
	ports   [2]int64 // from which connect() chooses
	tun     *os.File
	work    chan func() // done by the thread of the namespace
	packets chan packet // what the kernel sends
	pending []packet    // what it has sent and the log has not come to
	off     bool
}

const tunName = "link0"

// newKernelHost makes a host. It ends with close.
func newKernelHost(meta engine.HostMeta) (*kernelHost, error) {
	h := &kernelHost{meta: meta, addr: netip.MustParseAddr(meta.Addr), ports: [2]int64{32768, 60999}, work: make(chan func()), packets: make(chan packet, 4096)}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread, in its own namespace, ends with the goroutine
		err := h.setUp()
		ready <- err
		if err == nil {
			for f := range h.work {
				f()
			}
		}
	}()
	if err := <-ready; err != nil {
		return nil, err
	}
	go h.listen()
	return h, nil
}

func (h *kernelHost) setUp() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("a network namespace: %w", err)
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/dev/net/tun: %w", err)
	}
	req, err := unix.NewIfreq(tunName)
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		return fmt.Errorf("TUNSETIFF: %w", err)
	}
	ip := exec.Command("ip", "-batch", "-")
	ip.Stdin = strings.NewReader(fmt.Sprintf("link set lo up\naddr add %s/24 dev %s\nlink set %s up\nroute add default dev %s\n", h.meta.Addr, tunName, tunName, tunName))
	if out, err := ip.CombinedOutput(); err != nil {
		return fmt.Errorf("ip: %w: %s", err, out)
	}
	if err := h.setSysctl("net.ipv4.tcp_no_metrics_save", 1); err != nil { // the engine's connections learn nothing from earlier ones
		return err
	}
	for name, sizes := range bufferSizes {
		if err := os.WriteFile("/proc/sys/net/ipv4/"+name, []byte(sizes), 0); err != nil {
			return err
		}
	}
	for name, value := range h.meta.Sysctl {
		if err := h.setSysctl(name, value); err != nil {
			return err
		}
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	h.tun = os.NewFile(uintptr(fd), "tun")
	return nil
}

// bufferSizes are those that docs/fidelity.md names: the window's scale follows from the one, and how much a write() takes at once
// from the other.
var bufferSizes = map[string]string{"tcp_rmem": "4096 131072 6291456", "tcp_wmem": "4096 87040 4194304"}

const portRangeFile = "/proc/sys/net/ipv4/ip_local_port_range"

// setSysctl sets what the host's namespace has; the ports are one setting there, and two in the engine.
func (h *kernelHost) setSysctl(name string, value int64) error {
	switch name {
	case "net.ipv4.ip_local_port_range.low":
		h.ports[0] = value
	case "net.ipv4.ip_local_port_range.high":
		h.ports[1] = value
	default:
		return os.WriteFile("/proc/sys/"+strings.ReplaceAll(name, ".", "/"), fmt.Append(nil, value), 0)
	}
	return nil
}

// urgently lets this process and what it starts go before all others: whether a close() still merges with the answer to a
// FIN is a matter of a tick.
func urgently() error { return schedule(unix.SCHED_FIFO, 10) }

// calmly ends that.
func calmly() error { return schedule(unix.SCHED_NORMAL, 0) }

func schedule(policy, priority uint32) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		tid, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		err = unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy, Priority: priority}, 0)
		if err != nil && err != unix.ESRCH {
			return err
		}
	}
	return nil
}

// in has the thread of the namespace do something, and waits for it.
func (h *kernelHost) in(f func() error) error {
	done := make(chan error)
	h.work <- func() { done <- f() }
	return <-done
}

// listen takes what the kernel sends.
func (h *kernelHost) listen() {
	b := make([]byte, 65536)
	for {
		n, err := h.tun.Read(b)
		if err != nil {
			return
		}
		if p, ok := parsePacket(b[:n]); ok {
			h.packets <- p
		}
	}
}

func (h *kernelHost) close() {
	h.tun.Close()
	close(h.work)
}

// start runs a program on the host.
func (h *kernelHost) start(binary, name, gate string) (*exec.Cmd, error) {
	cmd := exec.Command(binary)
	cmd.Dir = filepath.Dir(binary)
	cmd.Env = append(os.Environ(), "PROGRAM="+name, "GATE="+gate)
	return cmd, h.in(cmd.Start)
}

// sockets lists the host's sockets as the kernel shows them.
func (h *kernelHost) sockets() (text string, err error) {
	err = h.in(func() error {
		b, err := os.ReadFile("/proc/thread-self/net/tcp")
		text = string(b)
		return err
	})
	return text, err
}
