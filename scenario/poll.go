package scenario

import (
	"strings"

	"go.starlark.net/starlark"

	"finwait/engine"
)

// sysPoll takes a descriptor or a list of them and a timeout, None for ever. It gives a dict from the descriptors that are
// ready to their events, empty when the time is over.
func sysPoll(c *coroutine, t *starlark.Thread, b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var fds, timeout starlark.Value
	if err := in.unpack(b, "fds", &fds, "timeout?", &timeout); err != nil {
		return nil, err
	}
	ms := int64(-1)
	if timeout != nil && timeout != starlark.None {
		d, err := toDuration(timeout)
		if err != nil {
			return nil, err
		}
		ms = int64((d + engine.Millisecond - 1) / engine.Millisecond)
	}
	args := []engine.Arg{engine.Num(ms)}
	list, err := toDescriptors(fds)
	if err != nil {
		return nil, err
	}
	for _, fd := range list {
		args = append(args, engine.Num(fd))
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: -1, Args: args})
	if err != nil {
		return nil, err
	}
	return polled(list, r.Out), nil
}

// maxPolled bounds the descriptors of one poll.
const maxPolled = 64

func toDescriptors(v starlark.Value) ([]int64, error) {
	list := []starlark.Value{v}
	if it, ok := v.(starlark.Iterable); ok {
		list = nil
		for x := range starlark.Elements(it) {
			if list = append(list, x); len(list) > maxPolled {
				return nil, wrong("os.poll() takes at most %d descriptors", "os.poll() 最多等待 %d 个描述符", maxPolled)
			}
		}
	}
	var fds []int64
	for _, x := range list {
		n, err := toNumber(x)
		if err != nil {
			return nil, err
		}
		fds = append(fds, n)
	}
	return fds, nil
}

// polled pairs the descriptors with what poll found of each: "POLLIN|POLLHUP", or "0" for nothing.
func polled(fds []int64, out string) *starlark.Dict {
	d := starlark.NewDict(len(fds))
	for i, events := range strings.Fields(out) {
		if i < len(fds) && events != "0" {
			d.SetKey(starlark.MakeInt64(fds[i]), starlark.String(events)) // a fresh dict takes an int key
		}
	}
	return d
}
