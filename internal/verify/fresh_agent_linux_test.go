package verify

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// order is a call that a program is to make, and outcome what came of it. A program is this test's binary once more, so that
// it can be killed.
type order struct {
	ID   int    `json:"id"`
	FD   string `json:"fd"`
	Call string `json:"call"`
	Args []any  `json:"args"`
}

type outcome struct {
	ID    int           `json:"id"`
	At    time.Duration `json:"at"`
	Begun bool          `json:"begun"` // the call is about to be made
	Ret   any           `json:"ret"`
	Errno *string       `json:"errno"`
}

const agentVariable = "FINWAIT_TEST_PROGRAM"

// agent makes the calls that it is told to, each in a thread of its own.
func agent() {
	var mu sync.Mutex
	fds, enc := map[string]int{}, json.NewEncoder(os.Stdout)
	tell := func(o outcome) {
		mu.Lock()
		defer mu.Unlock()
		_ = enc.Encode(o) // who does not listen any more has killed us
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		mu.Lock()
		fd, known := fds[o.FD]
		mu.Unlock()
		if !known {
			fd = -1
		}
		go func() {
			tell(outcome{ID: o.ID, At: netns.Monotonic(), Begun: true})
			ret, made, err := perform(fd, o)
			out := outcome{ID: o.ID, At: netns.Monotonic(), Ret: ret}
			switch {
			case err != nil:
				name := unix.ErrnoName(err.(unix.Errno))
				out.Ret, out.Errno = -1, &name
			case made != "":
				mu.Lock()
				fds[made] = ret.(int)
				mu.Unlock()
				out.Ret = made
			}
			tell(out)
		}()
	}
}

func (o order) text(i int) string { s, _ := o.Args[i].(string); return s }

func (o order) number(i int) int {
	switch v := o.Args[i].(type) {
	case float64:
		return int(v)
	case int:
		return v
	}
	return 0
}

// perform makes a call. Of one that makes a descriptor it gives the symbol of that too.
func perform(fd int, o order) (ret any, made string, err error) {
	ret = 0
	switch o.Call {
	case "socket":
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP); err == nil {
			err = unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "cubic") // the kernel's default, but not everywhere
		}
		return fd, o.FD, err
	case "bind":
		err = unix.Bind(fd, address(o))
	case "connect":
		err = unix.Connect(fd, address(o))
	case "listen":
		err = unix.Listen(fd, o.number(0))
	case "accept":
		fd, _, err = unix.Accept4(fd, unix.SOCK_CLOEXEC)
		return fd, o.text(0), err
	case "send":
		ret, err = unix.SendmsgN(fd, make([]byte, o.number(0)), nil, nil, unix.MSG_NOSIGNAL)
	case "recv":
		ret, err = unix.Read(fd, make([]byte, o.number(0)))
	case "recv_eof_close":
		err = untilEOF(fd)
	case "close":
		err = unix.Close(fd)
	case "shutdown":
		err = unix.Shutdown(fd, map[string]int{"SHUT_RD": unix.SHUT_RD, "SHUT_WR": unix.SHUT_WR, "SHUT_RDWR": unix.SHUT_RDWR}[o.text(0)])
	case "setblocking":
		err = unix.SetNonblock(fd, o.number(0) == 0)
	case "setsockopt":
		err = setOption(fd, o)
	case "getsockopt":
		name := socketOptions[o.text(0)]
		ret, err = unix.GetsockoptInt(fd, name[0], name[1])
	case "poll":
		ret, err = pollOne(fd, o.number(0))
	default:
		err = unix.ENOSYS
	}
	return ret, "", err
}

// untilEOF reads to the end of file and closes at once.
func untilEOF(fd int) error {
	for b := make([]byte, recvSize); ; {
		switch n, err := unix.Read(fd, b); {
		case err != nil:
			return err
		case n == 0:
			return unix.Close(fd)
		}
	}
}

func address(o order) unix.Sockaddr {
	a := netip.MustParseAddr(o.text(0))
	return &unix.SockaddrInet4{Addr: a.As4(), Port: o.number(1)}
}

var socketOptions = map[string][2]int{
	"SO_REUSEADDR": {unix.SOL_SOCKET, unix.SO_REUSEADDR}, "SO_KEEPALIVE": {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	"SO_LINGER": {unix.SOL_SOCKET, unix.SO_LINGER}, "SO_RCVBUF": {unix.SOL_SOCKET, unix.SO_RCVBUF}, "SO_SNDBUF": {unix.SOL_SOCKET, unix.SO_SNDBUF},
	"SO_ERROR": {unix.SOL_SOCKET, unix.SO_ERROR}, "TCP_NODELAY": {unix.IPPROTO_TCP, unix.TCP_NODELAY},
	"TCP_KEEPIDLE": {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE}, "TCP_KEEPINTVL": {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
	"TCP_KEEPCNT": {unix.IPPROTO_TCP, unix.TCP_KEEPCNT}, "TCP_LINGER2": {unix.IPPROTO_TCP, unix.TCP_LINGER2},
	"TCP_USER_TIMEOUT": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
}

func setOption(fd int, o order) error {
	name := socketOptions[o.text(0)]
	if pair, ok := o.Args[1].([]any); ok {
		on, seconds := pair[0].(float64), pair[1].(float64)
		return unix.SetsockoptLinger(fd, name[0], name[1], &unix.Linger{Onoff: int32(on), Linger: int32(seconds)})
	}
	return unix.SetsockoptInt(fd, name[0], name[1], o.number(1))
}

func pollOne(fd, timeout int) (string, error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLOUT | unix.POLLRDHUP}}
	if _, err := unix.Poll(fds, timeout); err != nil {
		return "", err
	}
	text := ""
	for i, bit := range []int16{unix.POLLIN, unix.POLLOUT, unix.POLLRDHUP, unix.POLLERR, unix.POLLHUP, unix.POLLNVAL} {
		if fds[0].Revents&bit != 0 {
			text += "|" + []string{"POLLIN", "POLLOUT", "POLLRDHUP", "POLLERR", "POLLHUP", "POLLNVAL"}[i]
		}
	}
	return text[min(1, len(text)):], nil
}
