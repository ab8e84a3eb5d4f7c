package export

import (
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// args writes a call's arguments as packetdrill takes them: addresses and data are its own affair, "...".
func (f *sockets) args(c *pdCall) (text string, ok bool) {
	fd := 0
	if c.sock != nil {
		fd = c.sock.script
	}
	n := func(i int) int64 {
		if i < len(c.made.Args) {
			return c.made.Args[i].Int
		}
		return 0
	}
	word := "" // an input can make calls with too few arguments
	if len(c.made.Args) > 0 {
		word = c.made.Args[0].Str
	}
	switch c.made.Call {
	case "socket":
		return "..., SOCK_STREAM, IPPROTO_TCP", true
	case "bind", "connect", "accept":
		return fmt.Sprintf("%d, ..., ...", fd), true
	case "listen":
		return fmt.Sprintf("%d, %d", fd, n(0)), true
	case "read", "write":
		return fmt.Sprintf("%d, ..., %d", fd, n(0)), true
	case "recv", "send":
		return fmt.Sprintf("%d, ..., %d, 0", fd, n(0)), true
	case "close":
		return fmt.Sprint(fd), true
	case "shutdown":
		return fmt.Sprintf("%d, %s", fd, word), slices.Contains([]string{"SHUT_RD", "SHUT_WR", "SHUT_RDWR"}, word)
	case "fcntl":
		flags := "O_RDWR"
		if n(1) != 0 {
			flags += "|O_NONBLOCK"
		}
		return fmt.Sprintf("%d, F_SETFL, %s", fd, flags), word == "O_NONBLOCK"
	case "setsockopt", "getsockopt":
		return optionArgs(c, fd)
	case "poll":
		return pollArgs(c), true
	}
	return "", false
}

// levels are the options that packetdrill knows by name, with their levels.
var levels = map[string]string{
	"SO_ERROR": "SOL_SOCKET", "SO_KEEPALIVE": "SOL_SOCKET", "SO_LINGER": "SOL_SOCKET", "SO_RCVBUF": "SOL_SOCKET",
	"SO_REUSEADDR": "SOL_SOCKET", "SO_SNDBUF": "SOL_SOCKET",
	"TCP_KEEPCNT": "SOL_TCP", "TCP_KEEPIDLE": "SOL_TCP", "TCP_KEEPINTVL": "SOL_TCP", "TCP_LINGER2": "SOL_TCP",
	"TCP_NODELAY": "SOL_TCP", "TCP_USER_TIMEOUT": "SOL_TCP",
}

func optionArgs(c *pdCall, fd int) (string, bool) {
	args := append(slices.Clone(c.made.Args), engine.Num(0), engine.Num(0))
	name := args[0].Str
	head := fmt.Sprintf("%d, %s, %s, ", fd, levels[name], name)
	switch {
	case levels[name] == "":
		return "", false
	case c.made.Call == "setsockopt" && name == "SO_LINGER":
		return head + fmt.Sprintf("{onoff=%d, linger=%d}, 8", args[1].Int, args[2].Int), true
	case c.made.Call == "setsockopt":
		return head + fmt.Sprintf("[%d], 4", args[1].Int), true
	case c.back == nil || c.back.Out == "":
		return "", false
	}
	return head + fmt.Sprintf("[%s], [4]", c.back.Out), true
}

// pollArgs writes the descriptors with the events asked for and found, their number, and the time-out.
func pollArgs(c *pdCall) string {
	var found []string
	if c.back != nil {
		found = strings.Fields(c.back.Out)
	}
	var fds []string
	rest := c.made.Args[1:]
	for i, k := range c.polled {
		events, revents := "POLLIN|POLLOUT|POLLRDHUP", "0"
		rest = rest[1:]
		if len(rest) > 0 && rest[0].IsStr {
			events, rest = rest[0].Str, rest[1:]
		}
		if i < len(found) {
			revents = found[i]
		}
		fds = append(fds, fmt.Sprintf("{fd=%d, events=%s, revents=%s}", k.script, events, revents))
	}
	return fmt.Sprintf("[%s], %d, %d", strings.Join(fds, ", "), len(fds), c.made.Args[0].Int)
}
