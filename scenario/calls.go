package scenario

import (
	"fmt"
	"slices"
	"strconv"

	"go.starlark.net/starlark"

	"finwait/engine"
)

// osValue is what a program gets as os: the system calls, errno, and the names of flags and options.
type osValue struct{ machine *machine }

func (*osValue) String() string        { return "os" }
func (*osValue) Type() string          { return "os" }
func (*osValue) Freeze()               {}
func (*osValue) Truth() starlark.Bool  { return true }
func (*osValue) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: os") }

// constants are texts equal to their names, so os.SHUT_WR and "SHUT_WR" are the same.
var constants = []string{
	"O_NONBLOCK", "POLLERR", "POLLHUP", "POLLIN", "POLLOUT", "POLLRDHUP", "SHUT_RD", "SHUT_RDWR", "SHUT_WR",
	"SO_ERROR", "SO_KEEPALIVE", "SO_LINGER", "SO_RCVBUF", "SO_REUSEADDR", "SO_SNDBUF",
	"TCP_KEEPCNT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_LINGER2", "TCP_NODELAY", "TCP_USER_TIMEOUT",
}

type syscall func(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error)

var syscalls = map[string]syscall{
	"socket":      plain(),
	"bind":        sysBind,
	"listen":      plain("backlog"),
	"accept":      plain(),
	"connect":     sysConnect,
	"read":        sysRead,
	"recv":        sysRead,
	"write":       sysWrite,
	"send":        sysWrite,
	"close":       plain(),
	"shutdown":    sysShutdown,
	"setsockopt":  sysSetsockopt,
	"getsockopt":  sysGetsockopt,
	"getsockname": sysName,
	"getpeername": sysName,
	"fcntl":       sysFcntl,
	"poll":        sysPoll,
	"sleep":       sysSleep,
	"spawn":       sysSpawn,
	"exit":        sysExit,
}

// AttrNames implements starlark.HasAttrs.
func (o *osValue) AttrNames() []string {
	names := append([]string{"errno"}, constants...)
	for name := range syscalls {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Attr implements starlark.HasAttrs.
func (o *osValue) Attr(name string) (starlark.Value, error) {
	if name == "errno" {
		if o.machine.current == nil {
			return starlark.String(""), nil
		}
		return starlark.String(o.machine.current.errno), nil
	}
	if slices.Contains(constants, name) {
		return starlark.String(name), nil
	}
	f, ok := syscalls[name]
	if !ok {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		c := o.machine.current
		if c == nil || c.thread != t {
			return nil, wrong("os.%s() can be called in a program alone", "os.%s() 只能在程序里调用", name)
		}
		return f(c, t, b, invocation{t, args, kwargs, t.CallFrame(1).Pos})
	}), nil
}

// fd is a descriptor argument. A call on what a failed call returned fails with EBADF, as in C.
type fd = int

// do makes a call and gives its number.
func (c *coroutine) do(t *starlark.Thread, b *starlark.Builtin, fd fd, args ...engine.Arg) (starlark.Value, error) {
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: fd, Args: args})
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(r.Ret), nil
}

// plain is a call that takes a descriptor, socket apart, and whole numbers.
func plain(names ...string) syscall {
	return func(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
		fd := -1
		numbers := make([]int, len(names))
		var pairs []any
		if b.Name() != "socket" {
			pairs = append(pairs, "fd", &fd)
		}
		for i, name := range names {
			pairs = append(pairs, name, &numbers[i])
		}
		if err := in.unpack(b, pairs...); err != nil {
			return nil, err
		}
		var args []engine.Arg
		for _, n := range numbers {
			args = append(args, engine.Num(int64(n)))
		}
		return c.do(t, b, fd, args...)
	}
}

// sysBind takes (fd, port) or (fd, addr, port).
func sysBind(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd   int
		addr string
		port int
	)
	if len(in.args)+len(in.kwargs) < 3 {
		if err := in.unpack(b, "fd", &fd, "port", &port); err != nil {
			return nil, err
		}
		return c.do(t, b, fd, engine.Num(int64(port)))
	}
	if err := in.unpack(b, "fd", &fd, "addr", &addr, "port", &port); err != nil {
		return nil, err
	}
	if err := c.machine.knows(addr); err != nil {
		return nil, err
	}
	return c.do(t, b, fd, engine.Str(addr), engine.Num(int64(port)))
}

func sysConnect(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd   int
		host string
		port int
	)
	if err := in.unpack(b, "fd", &fd, "host", &host, "port", &port); err != nil {
		return nil, err
	}
	if err := c.machine.knows(host); err != nil {
		return nil, err
	}
	return c.do(t, b, fd, engine.Str(host), engine.Num(int64(port)))
}

// knows refuses a name that is neither a host's nor an address: there is no resolver that could fail as a real one does.
func (m *machine) knows(host string) error {
	if _, ok := m.hosts[host]; ok || host == "" {
		return nil
	}
	if _, err := engine.ParseAddr(host); err != nil {
		return wrong("there is no host %q", "没有名为 %q 的主机", host)
	}
	return nil
}

// sysRead gives the data, "" at the end of file, None on an error.
func sysRead(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var fd, n int
	if err := in.unpack(b, "fd", &fd, "n", &n); err != nil {
		return nil, err
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: fd, Args: []engine.Arg{engine.Num(int64(n))}})
	switch {
	case err != nil:
		return nil, err
	case r.Ret < 0:
		return starlark.None, nil
	}
	return starlark.String(r.Data), nil
}

// maxWrite bounds one write, in bytes.
const maxWrite = 1 << 20

func sysWrite(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd   int
		data starlark.Value
	)
	if err := in.unpack(b, "fd", &fd, "data", &data); err != nil {
		return nil, err
	}
	var bytes []byte
	switch d := data.(type) {
	case starlark.String:
		bytes = []byte(d)
	case starlark.Bytes:
		bytes = []byte(d)
	default:
		return nil, wrong("os.%s() sends a string, not %s", "os.%s() 发送的是字符串，而不是 %s", b.Name(), data.Type())
	}
	if len(bytes) > maxWrite {
		return nil, wrong("os.%s() takes at most %d bytes at once, not %d", "os.%s() 一次最多 %d 字节，不能是 %d 字节", b.Name(), maxWrite, len(bytes))
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: fd, Data: bytes})
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(r.Ret), nil
}

func sysShutdown(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd  int
		how string
	)
	if err := in.unpack(b, "fd", &fd, "how", &how); err != nil {
		return nil, err
	}
	return c.do(t, b, fd, engine.Str(how))
}

func sysSetsockopt(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	if len(in.kwargs) > 0 || len(in.args) < 3 || len(in.args) > 4 {
		return nil, wrong(`os.setsockopt() takes a descriptor, a name and one or two numbers: os.setsockopt(s, "SO_LINGER", 1, 0)`,
			`os.setsockopt() 要描述符、选项名和一两个数：os.setsockopt(s, "SO_LINGER", 1, 0)`)
	}
	fd, err := starlark.AsInt32(in.args[0])
	name, ok := starlark.AsString(in.args[1])
	if err != nil || !ok {
		return nil, wrong("os.setsockopt() takes a descriptor and the name of an option", "os.setsockopt() 要描述符和选项名")
	}
	args := []engine.Arg{engine.Str(name)}
	for _, v := range in.args[2:] {
		n, err := toNumber(v)
		if err != nil {
			return nil, err
		}
		args = append(args, engine.Num(n))
	}
	return c.do(t, b, fd, args...)
}

// toNumber takes a whole number or a bool.
func toNumber(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		if n, ok := v.Int64(); ok {
			return n, nil
		}
	}
	return 0, wrong("%s is not a whole number", "%s 不是整数", v)
}

// sysGetsockopt gives a number where the value is one, else its text, as SO_ERROR's "ECONNREFUSED"; -1 on an error.
func sysGetsockopt(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd   int
		name string
	)
	if err := in.unpack(b, "fd", &fd, "name", &name); err != nil {
		return nil, err
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: fd, Args: []engine.Arg{engine.Str(name)}})
	if err != nil {
		return nil, err
	}
	if n, bad := strconv.ParseInt(r.Out, 10, 64); bad == nil {
		return starlark.MakeInt64(n), nil
	}
	if r.Ret < 0 || r.Out == "" {
		return starlark.MakeInt64(r.Ret), nil
	}
	return starlark.String(r.Out), nil
}

// sysName gives "10.0.0.2:80", or None on an error.
func sysName(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var fd int
	if err := in.unpack(b, "fd", &fd); err != nil {
		return nil, err
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: fd})
	switch {
	case err != nil:
		return nil, err
	case r.Ret < 0:
		return starlark.None, nil
	}
	return starlark.String(r.Out), nil
}

func sysFcntl(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		fd   int
		flag string
		on   starlark.Value = starlark.True
	)
	if err := in.unpack(b, "fd", &fd, "flag", &flag, "on?", &on); err != nil {
		return nil, err
	}
	n, err := toNumber(on)
	if err != nil {
		return nil, err
	}
	return c.do(t, b, fd, engine.Str(flag), engine.Num(n))
}

func sysSleep(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var d duration
	if err := in.unpack(b, "time", &d); err != nil {
		return nil, err
	}
	return c.do(t, b, -1, engine.Num(int64(d.t)))
}

// maxThreads bounds the threads of one run.
const maxThreads = 256

// sysSpawn starts fn(os, args…) as another thread of the process and gives its number.
func sysSpawn(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	if len(in.args) == 0 || len(in.kwargs) > 0 {
		return nil, wrong("os.spawn() takes a function and its arguments after os: os.spawn(serve, fd)", "os.spawn() 要一个函数，以及它在 os 之后的参数：os.spawn(serve, fd)")
	}
	fn, ok := in.args[0].(starlark.Callable)
	if !ok {
		return nil, wrong("os.spawn() takes a function, not %s", "os.spawn() 要一个函数，而不是 %s", in.args[0].Type())
	}
	if len(c.machine.all) >= maxThreads {
		return nil, wrong("a run has at most %d threads", "一次运行最多 %d 个线程", maxThreads)
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: -1, Thread: c.machine.spawn(fn.Name(), fn, in.args[1:])})
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(r.Ret), nil
}

func sysExit(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var status int
	if err := in.unpack(b, "status?", &status); err != nil {
		return nil, err
	}
	return c.do(t, b, -1, engine.Num(int64(status)))
}
