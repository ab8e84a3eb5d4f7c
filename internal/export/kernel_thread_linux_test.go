package export_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// kernelCaller is a thread that makes calls, one at a time, while the script goes on.
type kernelCaller struct {
	sockets *kernelSockets
	wake    int // an eventfd
	tid     int
	call    atomic.Pointer[kernelCall]
	begun   atomic.Bool
	outcome atomic.Pointer[kernelOutcome]
}

type kernelOutcome struct {
	kernelResult
	err error
}

func newKernelCaller(k *kernelSockets) (*kernelCaller, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	c := &kernelCaller{sockets: k, wake: fd}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		c.tid = unix.Gettid()
		ready <- netns.ThreadUrgently()
		c.loop()
	}()
	return c, <-ready
}

func (c *kernelCaller) loop() {
	defer unix.Close(c.wake)
	b := make([]byte, 8)
	for {
		if _, err := unix.Read(c.wake, b); err == unix.EINTR {
			continue
		} else if err != nil {
			return
		}
		call := c.call.Load()
		if call == nil {
			return
		}
		c.begun.Store(true)
		r, err := c.sockets.make(call)
		c.outcome.Store(&kernelOutcome{r, err})
	}
}

func (c *kernelCaller) signal(call *kernelCall) error {
	c.begun.Store(false)
	c.outcome.Store(nil)
	c.call.Store(call)
	_, err := unix.Write(c.wake, binary.NativeEndian.AppendUint64(nil, 1))
	return err
}

// start lets the thread make a call, and returns when the call is done or blocks.
func (c *kernelCaller) start(call *kernelCall) error {
	if err := c.signal(call); err != nil {
		return err
	}
	path := fmt.Sprintf("/proc/self/task/%d/syscall", c.tid)
	for end := time.Now().Add(time.Second); time.Now().Before(end); netns.Sleep(20 * time.Microsecond) {
		if o := c.outcome.Load(); o != nil {
			return o.err
		}
		if !c.begun.Load() {
			continue
		}
		b, err := os.ReadFile(path) // the number of the call that it waits in, or "running"
		number, _, _ := strings.Cut(string(b), " ")
		if nr, e := strconv.Atoi(number); err == nil && e == nil && nr >= 0 && nr != unix.SYS_FUTEX { // a lock of Go's
			return nil
		}
	}
	return fmt.Errorf("%s() neither blocks nor returns", call.name)
}

// wait gives the result of the call, ok false where there is none by then.
func (c *kernelCaller) wait(until time.Time) (r kernelResult, ok bool, err error) {
	for {
		if o := c.outcome.Load(); o != nil {
			return o.kernelResult, true, o.err
		}
		if time.Now().After(until) {
			return r, false, nil
		}
		netns.Sleep(20 * time.Microsecond)
	}
}
