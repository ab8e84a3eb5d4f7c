package export_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// kernelSockets makes the scripts' calls.
type kernelSockets struct {
	fds map[int]int // the kernel's by the script's
}

const (
	kernelBindPort    = 8080 // what "..." stands for in bind()
	kernelConnectPort = 8081 // and in connect()
)

// kernelResult is what a call gave back.
type kernelResult struct {
	ret   int
	errno string
	out   string // what it wrote through a pointer, in the script's notation
	at    time.Time
}

var kernelSymbols = map[string]int{
	"SOL_SOCKET": unix.SOL_SOCKET, "SOL_TCP": unix.SOL_TCP,
	"SO_ERROR": unix.SO_ERROR, "SO_KEEPALIVE": unix.SO_KEEPALIVE, "SO_LINGER": unix.SO_LINGER, "SO_RCVBUF": unix.SO_RCVBUF,
	"SO_REUSEADDR": unix.SO_REUSEADDR, "SO_SNDBUF": unix.SO_SNDBUF,
	"TCP_KEEPCNT": unix.TCP_KEEPCNT, "TCP_KEEPIDLE": unix.TCP_KEEPIDLE, "TCP_KEEPINTVL": unix.TCP_KEEPINTVL, "TCP_LINGER2": unix.TCP_LINGER2,
	"TCP_NODELAY": unix.TCP_NODELAY, "TCP_USER_TIMEOUT": unix.TCP_USER_TIMEOUT,
	"SHUT_RD": unix.SHUT_RD, "SHUT_WR": unix.SHUT_WR, "SHUT_RDWR": unix.SHUT_RDWR, "O_RDWR": unix.O_RDWR, "O_NONBLOCK": unix.O_NONBLOCK,
	"POLLIN": unix.POLLIN, "POLLOUT": unix.POLLOUT, "POLLERR": unix.POLLERR, "POLLHUP": unix.POLLHUP, "POLLRDHUP": unix.POLLRDHUP,
	"POLLNVAL": unix.POLLNVAL,
}

// symbol reads a number, or names with | between.
func symbol(text string) (int, error) {
	n := 0
	for _, name := range strings.Split(text, "|") {
		v, known := kernelSymbols[name]
		if !known {
			var err error
			if v, err = strconv.Atoi(name); err != nil {
				return 0, fmt.Errorf("the name %q", name)
			}
		}
		n |= v
	}
	return n, nil
}

// kernels is the kernel's descriptor for a script's, -1 for one that is not open.
func (k *kernelSockets) kernels(fd int) int {
	if n, open := k.fds[fd]; open {
		return n
	}
	return -1
}

// make makes a call in the calling thread.
func (k *kernelSockets) make(c *kernelCall) (r kernelResult, err error) {
	n := make([]int, len(c.args)) // the arguments that are numbers
	for i, a := range c.args {
		if a != "..." && a[0] != '[' && a[0] != '{' && a != "SOCK_STREAM" && a != "IPPROTO_TCP" && a != "F_SETFL" {
			if n[i], err = symbol(a); err != nil {
				return r, err
			}
		}
	}
	fd := k.kernels(n[0])
	if c.name == "socket" || c.name == "poll" {
		fd = -1
	}
	var failed error
	switch c.name {
	case "socket":
		if r.ret, failed = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP); failed == nil {
			failed = unix.SetsockoptString(r.ret, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "cubic") // the kernel's default, but not everywhere
		}
	case "bind":
		failed = unix.Bind(fd, &unix.SockaddrInet4{Port: kernelBindPort, Addr: kernelLocal})
	case "listen":
		failed = unix.Listen(fd, n[1])
	case "accept":
		r.ret, _, failed = unix.Accept4(fd, unix.SOCK_CLOEXEC)
	case "connect":
		failed = unix.Connect(fd, &unix.SockaddrInet4{Port: kernelConnectPort, Addr: kernelRemote})
	case "read", "recv":
		r.ret, failed = unix.Read(fd, make([]byte, n[2]))
	case "write", "send":
		r.ret, failed = unix.Write(fd, make([]byte, n[2]))
	case "close":
		failed = unix.Close(fd)
	case "shutdown":
		failed = unix.Shutdown(fd, n[1])
	case "fcntl":
		_, failed = unix.FcntlInt(uintptr(fd), unix.F_SETFL, n[2])
	case "setsockopt":
		failed = setOption(fd, n[1], n[2], c.args[3])
	case "getsockopt":
		r.out, failed = getOption(fd, n[1], n[2])
	case "poll":
		r.ret, r.out, failed = k.poll(c.args[0], n[2])
	default:
		return r, fmt.Errorf("the call %s", c.name)
	}
	r.at = time.Now()
	if failed != nil {
		errno, ok := failed.(unix.Errno)
		if !ok {
			return r, failed
		}
		r.ret, r.errno = -1, unix.ErrnoName(errno)
	}
	return r, nil
}

func setOption(fd, level, name int, value string) error {
	if name == unix.SO_LINGER && level == unix.SOL_SOCKET {
		var l unix.Linger
		if _, err := fmt.Sscanf(value, "{onoff=%d, linger=%d}", &l.Onoff, &l.Linger); err != nil {
			return err
		}
		return unix.SetsockoptLinger(fd, level, name, &l)
	}
	v, err := strconv.Atoi(strings.Trim(value, "[]"))
	if err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, level, name, v)
}

func getOption(fd, level, name int) (string, error) {
	v, err := unix.GetsockoptInt(fd, level, name)
	if name == unix.SO_ERROR && v != 0 {
		return "[" + unix.ErrnoName(unix.Errno(v)) + "]", err
	}
	return fmt.Sprintf("[%d]", v), err
}

// poll takes and gives back the list of descriptors.
func (k *kernelSockets) poll(list string, timeout int) (int, string, error) {
	var fds []unix.PollFd
	var heads []string
	for _, entry := range strings.Split(strings.Trim(list, "[]{}"), "}, {") {
		var fd int
		var events string
		if _, err := fmt.Sscanf(entry, "fd=%d, events=%s", &fd, &events); err != nil {
			return 0, "", err
		}
		events = strings.TrimSuffix(events, ",")
		mask, err := symbol(events)
		if err != nil {
			return 0, "", err
		}
		fds = append(fds, unix.PollFd{Fd: int32(k.kernels(fd)), Events: int16(mask)})
		heads = append(heads, fmt.Sprintf("{fd=%d, events=%s, revents=", fd, events))
	}
	n, err := unix.Poll(fds, timeout)
	for i, fd := range fds {
		heads[i] += pollText(fd.Revents) + "}"
	}
	return n, "[" + strings.Join(heads, ", ") + "]", err
}

// pollNames are in the order of the engine's.
var pollNames = []string{"POLLIN", "POLLOUT", "POLLRDHUP", "POLLERR", "POLLHUP", "POLLNVAL"}

func pollText(mask int16) string {
	var found []string
	for _, name := range pollNames {
		if int(mask)&kernelSymbols[name] != 0 {
			found = append(found, name)
		}
	}
	if found == nil {
		return "0"
	}
	return strings.Join(found, "|")
}
