package scenario

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"finwait/engine"
)

// sysPoll takes what to wait for and a timeout, None for ever. It gives a dict from the descriptors that are ready to
// their events, empty when the time is over.
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
	list, err := toWaits(fds)
	if err != nil {
		return nil, err
	}
	args := []engine.Arg{engine.Num(ms)}
	for _, w := range list {
		args = append(args, engine.Num(w.fd))
		if w.events != "" {
			args = append(args, engine.Str(w.events))
		}
	}
	r, err := c.call(t, engine.Call{Name: b.Name(), FD: -1, Args: args})
	if err != nil {
		return nil, err
	}
	return polled(list, r.Out), nil
}

// maxPolled bounds the descriptors of one poll.
const maxPolled = 64

// wait is one descriptor of a poll with the events asked for, as "POLLIN|POLLOUT"; empty asks for all.
type wait struct {
	fd     int64
	events string
}

// toWaits reads a descriptor, a list of them, or a dict from descriptors to events, in the dict's order.
func toWaits(v starlark.Value) ([]wait, error) {
	list := []starlark.Value{v}
	if it, ok := v.(starlark.Iterable); ok {
		list = nil
		for x := range starlark.Elements(it) {
			if list = append(list, x); len(list) > maxPolled {
				return nil, wrong("os.poll() takes at most %d descriptors", "os.poll() 最多等待 %d 个描述符", maxPolled)
			}
		}
	}
	asked, _ := v.(*starlark.Dict)
	var waits []wait
	for _, x := range list {
		n, err := toNumber(x)
		if err != nil {
			return nil, err
		}
		w := wait{fd: n}
		if asked != nil {
			events, _, _ := asked.Get(x) // x is one of its keys
			if w.events, err = toEvents(events); err != nil {
				return nil, err
			}
		}
		waits = append(waits, w)
	}
	return waits, nil
}

// pollEvents are what a program can ask poll for, in the order of their bits.
var pollEvents = []string{"POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLRDHUP"}

func toEvents(v starlark.Value) (string, error) {
	text, ok := starlark.AsString(v)
	for event := range strings.SplitSeq(text, "|") {
		if ok = ok && slices.Contains(pollEvents, event); !ok {
			return "", wrong(`%s are not events of os.poll(): write "POLLIN", "POLLOUT", "POLLRDHUP", or several with | between`,
				`%s 不是 os.poll() 的事件：请写 "POLLIN"、"POLLOUT"、"POLLRDHUP"，多个之间用 | 隔开`, v)
		}
	}
	return text, nil
}

// polled pairs the descriptors with what poll found of each: "POLLIN|POLLHUP", or "0" for nothing.
func polled(waits []wait, out string) *starlark.Dict {
	d := starlark.NewDict(len(waits))
	for i, events := range strings.Fields(out) {
		if i < len(waits) && events != "0" {
			d.SetKey(starlark.MakeInt64(waits[i].fd), starlark.String(events)) // a fresh dict takes an int key
		}
	}
	return d
}
