package cprogram_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"

	"finwait/engine"
	"finwait/internal/netns"
)

// kernelHost is a host on this machine's kernel, the other end of whose device is in the test's hand.
type kernelHost struct {
	*netns.Host
	meta    engine.HostMeta
	addr    netip.Addr
	ports   [2]int64 // from which connect() chooses
	tun     *os.File
	packets chan packet // what the kernel sends
	pending []packet    // what it has sent and the log has not come to
	off     bool
}

// newKernelHost makes a host. It ends with close.
func newKernelHost(meta engine.HostMeta) (*kernelHost, error) {
	h := &kernelHost{meta: meta, addr: netip.MustParseAddr(meta.Addr), ports: [2]int64{32768, 60999}, packets: make(chan packet, 4096)}
	var err error
	if h.Host, err = netns.NewHost(meta.Addr + "/24"); err != nil {
		return nil, err
	}
	h.tun = os.NewFile(uintptr(h.Tun), "tun")
	if err := h.setUp(); err != nil {
		h.close()
		return nil, err
	}
	go h.listen()
	return h, nil
}

func (h *kernelHost) setUp() error {
	if err := h.Sysctl("net.ipv4.tcp_no_metrics_save", "1"); err != nil { // the engine's connections learn nothing from earlier ones
		return err
	}
	for name, sizes := range bufferSizes {
		if err := h.Sysctl(name, sizes); err != nil {
			return err
		}
	}
	for name, value := range h.meta.Sysctl {
		if err := h.setSysctl(name, value); err != nil {
			return err
		}
	}
	return nil
}

// bufferSizes are those that docs/fidelity.md names: the window's scale follows from the one, and how much a write() takes at once
// from the other.
var bufferSizes = map[string]string{"net.ipv4.tcp_rmem": "4096 131072 6291456", "net.ipv4.tcp_wmem": "4096 87040 4194304"}

const portRangeFile = "/proc/sys/net/ipv4/ip_local_port_range"

// setSysctl sets what the host's namespace has; the ports are one setting there, and two in the engine.
func (h *kernelHost) setSysctl(name string, value int64) error {
	switch name {
	case "net.ipv4.ip_local_port_range.low":
		h.ports[0] = value
	case "net.ipv4.ip_local_port_range.high":
		h.ports[1] = value
	default:
		return h.Sysctl(name, fmt.Sprint(value))
	}
	return nil
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
	h.Close()
}

// start runs a program on the host.
func (h *kernelHost) start(binary, name, gate string) (*exec.Cmd, error) {
	cmd := exec.Command(binary)
	cmd.Dir = filepath.Dir(binary)
	cmd.Env = append(os.Environ(), "PROGRAM="+name, "GATE="+gate)
	return cmd, h.Do(cmd.Start)
}

// sockets lists the host's sockets as the kernel shows them.
func (h *kernelHost) sockets() (text string, err error) {
	err = h.Do(func() error {
		b, err := os.ReadFile("/proc/thread-self/net/tcp")
		text = string(b)
		return err
	})
	return text, err
}
