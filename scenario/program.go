package scenario

import (
	"errors"
	"iter"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"finwait/engine"
)

// coroutine is one thread of a program: Starlark that runs until its next system call. It implements engine.Program.
// iter.Pull hands control over directly, so exactly one side runs at any time.
type coroutine struct {
	machine *machine
	thread  *starlark.Thread
	next    func() (engine.Call, bool)
	cancel  func()
	yield   func(engine.Call) bool

	result engine.Result // of the last call
	errno  engine.Errno
	status int
	calls  int             // made so far
	last   string          // the call it is in
	pos    syntax.Position // and where that is
}

// errStopped unwinds a program that will not be resumed.
var errStopped = errors.New("the program was stopped")

// spawn makes a thread that calls fn(os, args…).
func (m *machine) spawn(name string, fn starlark.Callable, args starlark.Tuple) *coroutine {
	c := &coroutine{machine: m, thread: m.thread(name)}
	c.next, c.cancel = iter.Pull(func(yield func(engine.Call) bool) {
		c.yield = yield
		args := append(starlark.Tuple{&osValue{m}}, args...)
		if _, err := starlark.Call(c.thread, fn, args, nil); err != nil && !errors.Is(err, errStopped) {
			c.status = 1
			m.fail(err)
		}
	})
	m.all = append(m.all, c)
	return c
}

// fail keeps the first error; every program ends at its next turn then.
func (m *machine) fail(err error) {
	if m.failed == nil {
		m.failed = m.stopped(err)
	}
}

// Resume implements engine.Program.
func (c *coroutine) Resume(r engine.Result) (engine.Call, int, bool) {
	if c.machine.failed != nil {
		c.Stop()
		return engine.Call{}, 1, false
	}
	c.result = r
	outer := c.machine.current
	c.machine.current = c
	var (
		call engine.Call
		ok   bool
	)
	c.machine.spend(c.thread, func() error {
		call, ok = c.next()
		return nil
	})
	c.machine.current = outer
	if ok {
		c.calls++
		c.last = call.Name
	}
	return call, c.status, ok
}

// Stop implements engine.Program.
func (c *coroutine) Stop() { c.cancel() }

// call makes a system call and waits for its result.
func (c *coroutine) call(t *starlark.Thread, call engine.Call) (engine.Result, error) {
	for _, a := range call.Args {
		if len(a.Str) > maxName { // each call is logged with its arguments
			return engine.Result{}, wrong("this text is too long for os.%s()", "这段文本对 os.%s() 来说太长了", call.Name)
		}
	}
	c.pos = t.CallFrame(1).Pos
	call.Line = int(c.pos.Line)
	if !c.yield(call) {
		return engine.Result{}, errStopped
	}
	if c.result.Ret < 0 {
		c.errno = c.result.Errno
	}
	return c.result, nil
}
