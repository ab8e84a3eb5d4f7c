package netns

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Device is the name of the TUN device in each namespace.
const Device = "finwait0"

// Enter moves the calling thread, which must be locked and end with its goroutine, into a new network namespace. It gives
// the TUN device of that, which has the address (with its prefix length) and the route to everything.
func Enter(address string) (tun int, err error) {
	if err := unshare(); err != nil {
		return -1, fmt.Errorf("a network namespace: %w", err)
	}
	if tun, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		return -1, fmt.Errorf("/dev/net/tun: %w", err)
	}
	if err := setUp(tun, address); err != nil {
		unix.Close(tun)
		return -1, err
	}
	return tun, nil
}

// unshare makes a namespace with a small table of connections of its own: who lists the sockets of a host goes through all
// of the table, and the machine's is as large as its memory allows. The settings that follow from the table's size stay.
func unshare() error {
	const dir = "/proc/sys/net/ipv4/"
	follow := map[string][]byte{"tcp_max_syn_backlog": nil, "tcp_max_tw_buckets": nil}
	for name := range follow {
		value, err := os.ReadFile(dir + name)
		if err != nil {
			return err
		}
		follow[name] = value
	}
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	if err := os.WriteFile(dir+"tcp_child_ehash_entries", []byte("512"), 0); err != nil { // of the next one's
		return err
	}
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	for name, value := range follow {
		if err := os.WriteFile(dir+name, value, 0); err != nil {
			return err
		}
	}
	return nil
}

func setUp(tun int, address string) error {
	req, err := unix.NewIfreq(Device)
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(tun, unix.TUNSETIFF, req); err != nil {
		return fmt.Errorf("TUNSETIFF: %w", err)
	}
	ip := exec.Command("ip", "-batch", "-")
	ip.Stdin = strings.NewReader(strings.NewReplacer("ADDRESS", address, "DEVICE", Device).Replace(
		"link set lo up\naddr add ADDRESS dev DEVICE\nlink set DEVICE up\nroute add default dev DEVICE\n"))
	if out, err := ip.CombinedOutput(); err != nil {
		return fmt.Errorf("ip: %w: %s", err, out)
	}
	return unix.SetNonblock(tun, true)
}

// Host is a namespace with a thread that stays in it.
type Host struct {
	Tun  int // not blocking
	work chan func()
}

// NewHost makes a host with an address, which has its prefix length. It ends with Close.
func NewHost(address string) (*Host, error) {
	h := &Host{work: make(chan func())}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread, in its own namespace, ends with the goroutine
		var err error
		h.Tun, err = Enter(address)
		ready <- err
		if err == nil {
			for f := range h.work {
				f()
			}
		}
	}()
	return h, <-ready
}

// Do has the thread of the namespace do something, and waits for it. What it starts is on the host.
func (h *Host) Do(f func() error) error {
	done := make(chan error)
	h.work <- func() { done <- f() }
	return <-done
}

// Sysctl sets what a namespace has of its own.
func (h *Host) Sysctl(name, value string) error {
	return h.Do(func() error {
		return os.WriteFile("/proc/sys/"+strings.ReplaceAll(name, ".", "/"), []byte(value), 0)
	})
}

// Close lets the thread end; the device is its user's to close.
func (h *Host) Close() { close(h.work) }

const priority = 10

// Urgently lets this process and what it starts go before all others: which segment comes first, and whether a close()
// still merges with the answer to a FIN, is a matter of a tick.
func Urgently() error { return scheduleAll(unix.SCHED_FIFO, priority) }

// Calmly ends that.
func Calmly() error { return scheduleAll(unix.SCHED_NORMAL, 0) }

// ThreadUrgently is Urgently for the calling thread alone, which must be locked.
func ThreadUrgently() error { return schedule(0, unix.SCHED_FIFO, priority) }

func scheduleAll(policy, priority uint32) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		tid, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := schedule(tid, policy, priority); err != nil && err != unix.ESRCH {
			return err
		}
	}
	return nil
}

func schedule(tid int, policy, priority uint32) error {
	return unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy, Priority: priority}, 0)
}

// Monotonic is the kernel's clock that never jumps, the same for all processes.
func Monotonic() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // there is one on every Linux
	}
	return time.Duration(ts.Nano())
}

// Sleep waits in the kernel: Go's own timers would need another thread to wake this one.
func Sleep(d time.Duration) {
	for d > 0 {
		ts, rest := unix.NsecToTimespec(d.Nanoseconds()), unix.Timespec{}
		if err := unix.Nanosleep(&ts, &rest); err != unix.EINTR {
			return
		}
		d = time.Duration(rest.Nano())
	}
}
