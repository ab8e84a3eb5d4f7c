package export_test

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// kernelNet is a network namespace with a TUN device, behind which the scripts' other end is. It belongs to the thread that
// made it.
type kernelNet struct {
	tun    *os.File
	tap    int // a packet socket that sees what the kernel sends, with its own time stamps
	closed chan struct{}
}

var (
	kernelLocal  = [4]byte{192, 168, 0, 1}
	kernelRemote = [4]byte{192, 0, 2, 1}
)

// newKernelNet moves the calling thread, which must be locked, into a new network namespace.
func newKernelNet() (*kernelNet, error) {
	fd, err := netns.Enter(netip.AddrFrom4(kernelLocal).String() + "/16")
	if err != nil {
		return nil, err
	}
	n := &kernelNet{closed: make(chan struct{})}
	if n.tap, err = openTap(); err != nil {
		return nil, err
	}
	n.tun = os.NewFile(uintptr(fd), "tun")
	go n.swallow()
	return n, nil
}

// openTap listens to what the device sends.
func openTap() (int, error) {
	iface, err := net.InterfaceByName(netns.Device)
	if err != nil {
		return -1, err
	}
	all := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL}) // what is sent is seen by a socket for all protocols alone
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(all))
	if err != nil {
		return -1, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return -1, err
	}
	return fd, unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: iface.Index})
}

// swallow takes from the device what the tap has seen.
func (n *kernelNet) swallow() {
	defer close(n.closed)
	b := make([]byte, 65536)
	for {
		if _, err := n.tun.Read(b); err != nil {
			return
		}
	}
}

func (n *kernelNet) close() error {
	err := n.tun.Close()
	<-n.closed
	unix.Close(n.tap)
	return err
}

// next waits until a time for a TCP packet that the kernel sends; nil is none.
func (n *kernelNet) next(until time.Time) ([]byte, time.Time, error) {
	for {
		wait := time.Until(until)
		fds := []unix.PollFd{{Fd: int32(n.tap), Events: unix.POLLIN}}
		ts := unix.NsecToTimespec(max(0, wait.Nanoseconds()))
		got, err := unix.Ppoll(fds, &ts, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || got == 0 {
			return nil, time.Time{}, err
		}
		b, oob := make([]byte, 65536), make([]byte, 256)
		size, oobn, _, from, err := unix.Recvmsg(n.tap, b, oob, 0)
		if err != nil {
			return nil, time.Time{}, err
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if !ok || ll.Pkttype != unix.PACKET_OUTGOING || size < 40 || b[9] != unix.IPPROTO_TCP {
			continue
		}
		at, err := stampOf(oob[:oobn])
		return b[:size], at, err
	}
}

func stampOf(oob []byte) (time.Time, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return time.Time{}, err
	}
	for _, m := range msgs {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:]))), nil
		}
	}
	return time.Time{}, fmt.Errorf("a packet without a time stamp")
}

// inject lets a TCP segment arrive.
func (n *kernelNet) inject(tcp []byte) error {
	b := make([]byte, 20, 20+len(tcp))
	b[0], b[8], b[9] = 0x45, 255, unix.IPPROTO_TCP
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(tcp)))
	copy(b[12:], kernelRemote[:])
	copy(b[16:], kernelLocal[:])
	binary.BigEndian.PutUint16(b[10:], ^fold(sum(0, b)))
	pseudo := sum(uint32(unix.IPPROTO_TCP)+uint32(len(tcp)), b[12:20])
	binary.BigEndian.PutUint16(tcp[16:], ^fold(sum(pseudo, tcp)))
	_, err := n.tun.Write(append(b, tcp...))
	return err
}

func sum(s uint32, b []byte) uint32 {
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		s += uint32(b[len(b)-1]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
