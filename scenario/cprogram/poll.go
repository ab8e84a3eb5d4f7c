package cprogram

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// anyEvent is what os.poll() waits for where no events are named.
const anyEvent = "POLLIN | POLLOUT | POLLRDHUP"

var events = []string{"POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP"}

// pollCall writes the array of descriptors before the statement, and the call. It gives the array's name.
func (f *cfunc) pollCall(c *syntax.CallExpr) (x cexpr, array string, fds []syntax.Expr, err error) {
	if err := count(c, 1, 2); err != nil {
		return cexpr{}, "", nil, err
	}
	fds, asked, err := f.waits(c.Args[0])
	if err != nil {
		return cexpr{}, "", nil, err
	}
	timeout := "-1"
	if arg := argument(c, 1, "timeout"); arg != nil && f.known(arg) != starlark.None {
		us, err := f.micros(arg)
		if err != nil {
			return cexpr{}, "", nil, err
		}
		timeout = fmt.Sprint((us + 999) / 1000)
	}
	at := int(c.Lparen.Line)
	array = unique("fds", f.names, f.w.names)
	lines := []string{"struct pollfd " + array + "[] = {"}
	for i, fd := range fds {
		x, err := f.number(fd)
		if err != nil {
			return cexpr{}, "", nil, err
		}
		lines = append(lines, fmt.Sprintf(tab+"{ .fd = %s, .events = %s },", x.text, asked[i]))
	}
	for _, text := range append(lines, "};") {
		if err := f.prepare(c, at, "%s", text); err != nil {
			return cexpr{}, "", nil, err
		}
	}
	f.w.include("poll.h")
	return cexpr{text: fmt.Sprintf("poll(%s, %d, %s)", array, len(fds), timeout), kind: pollKind}, array, fds, nil
}

func (f *cfunc) poll(c *syntax.CallExpr) (cexpr, error) {
	x, _, _, err := f.pollCall(c)
	return x, err
}

// assignPoll keeps what poll() found: the program asks for it by descriptor.
func (f *cfunc) assignPoll(s *syntax.AssignStmt, l *local, c *syntax.CallExpr) error {
	if l.writes > 1 || l.hoisted {
		return noC(s, "what os.poll() gives needs a name of its own, used where it is assigned", "os.poll() 的结果要有自己的名字，并且在赋值的地方使用")
	}
	x, array, fds, err := f.pollCall(c)
	if err != nil {
		return err
	}
	l.fds, l.polled = array, slices.Clone(fds)
	f.calls = append(f.calls, int(c.Lparen.Line))
	f.put("%s = %s;", f.target(l, s), x.text)
	f.complainAbout(l, "poll")
	for i, fd := range fds {
		if id, ok := fd.(*syntax.Ident); ok && f.locals[id.Name] != nil && f.locals[id.Name].writes > 1 {
			l.polled[i] = nil // it may mean another one by the time it is asked for
		}
	}
	return nil
}

// waits are the descriptors of a poll, and the events asked for of each.
func (f *cfunc) waits(x syntax.Expr) (fds []syntax.Expr, asked []string, err error) {
	switch x := x.(type) {
	case *syntax.ListExpr:
		fds = x.List
	case *syntax.DictExpr:
		for _, entry := range x.List {
			e := entry.(*syntax.DictEntry)
			text, _ := starlark.AsString(orNone(f.known(e.Value)))
			list := strings.Split(text, "|")
			for _, event := range list {
				if !slices.Contains(events, event) {
					return nil, nil, noC(e, "the events of os.poll() are constants in C here", "这里写成 C 时，os.poll() 的事件必须是常量")
				}
				if event == "POLLRDHUP" {
					f.w.declare("_GNU_SOURCE")
				}
			}
			fds, asked = append(fds, e.Key), append(asked, strings.Join(list, " | "))
		}
		return fds, asked, nil
	default:
		fds = []syntax.Expr{x}
	}
	f.w.declare("_GNU_SOURCE") // for POLLRDHUP
	for range fds {
		asked = append(asked, anyEvent)
	}
	return fds, asked, nil
}

// revents is what poll() found of a descriptor.
func (f *cfunc) revents(fd syntax.Expr, l *local) (string, error) {
	id, ok := fd.(*syntax.Ident)
	for i, x := range l.polled {
		if known, is := x.(*syntax.Ident); ok && is && known.Name == id.Name {
			return fmt.Sprintf("%s[%d].revents", l.fds, i), nil
		}
	}
	return "", noC(fd, "what os.poll() found is asked for by a name that it was given, and that is not assigned again", "os.poll() 的结果要用传给它的名字来查，而且那个名字不能再赋值")
}

// hasEvent is "POLLIN" in ready[fd].
func (f *cfunc) hasEvent(x *syntax.BinaryExpr, index *syntax.IndexExpr) (condition, error) {
	id, ok := index.X.(*syntax.Ident)
	event, _ := starlark.AsString(orNone(f.known(x.X)))
	if !ok || f.locals[id.Name] == nil || f.locals[id.Name].kind != pollKind || !slices.Contains(events, event) {
		return condition{}, noC(x, `in has C here as "POLLIN" in ready[fd]`, `这里的 in 只有写成 "POLLIN" in ready[fd] 才能写成 C`)
	}
	if event == "POLLRDHUP" {
		f.w.declare("_GNU_SOURCE")
	}
	revents, err := f.revents(index.Y, f.locals[id.Name])
	yes := cexpr{text: revents + " & " + event, prec: bitPrec, kind: intKind}
	return condition{yes, cexpr{text: "!(" + yes.text + ")", prec: unaryPrec, kind: intKind}}, err
}

// micros is a constant time.
func (f *cfunc) micros(x syntax.Expr) (int64, error) {
	us := int64(-1)
	switch v := f.known(x).(type) {
	case starlark.Int:
		us, _ = v.Int64()
	case starlark.String:
		if d, err := time.ParseDuration(string(v)); err == nil {
			us = d.Microseconds()
		}
	}
	if us < 0 || us > int64(24*time.Hour/time.Microsecond) {
		return 0, noC(x, "a time is a constant in C here", "这里写成 C 时，时间必须是常量")
	}
	return us, nil
}

// sleepCall stands for sleep() and usleep(), which sleep writes: the one takes seconds, the other less than one.
func (f *cfunc) sleepCall(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 1, 1); err != nil {
		return cexpr{}, err
	}
	us, err := f.micros(c.Args[0])
	return cexpr{us: us, kind: none}, err
}

func (f *cfunc) sleep(us int64) error {
	f.w.include("unistd.h")
	if us >= 1e6 {
		f.put("sleep(%d);", us/1e6)
	}
	if us%1e6 != 0 || us == 0 {
		f.w.declare("_DEFAULT_SOURCE")
		f.put("usleep(%d);", us%1e6)
	}
	return nil
}
