package verify

import (
	"container/heap"
	"encoding/binary"
	"net"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

const relayDelay = 10 * time.Millisecond

// relay is the link: it holds each packet for a while and applies the fault rules, in a thread of its own.
type relay struct {
	log     *recording
	hosts   [2]*netns.Host // client and server
	seen    func()         // something was sent or has arrived
	mu      sync.Mutex
	rules   []*relayRule
	flights flights
	late    time.Duration // by how much a packet was too late at most
	lo      int           // a packet socket that sees what the client sends to itself
	stop    [2]int        // a pipe whose closing ends it
	done    chan struct{}
}

var hostNames = [2]string{"client", "server"}

type relayRule struct {
	Rule
	matched int
}

// flight is a packet that is to arrive.
type flight struct {
	due   time.Duration
	order int
	to    int
	raw   []byte
	sent  *record
}

type flights []*flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	return f[i].due < f[j].due || f[i].due == f[j].due && f[i].order < f[j].order
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(*flight)) }
func (f *flights) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

func startRelay(log *recording, hosts [2]*netns.Host, seen func()) (*relay, error) {
	r := &relay{log: log, hosts: hosts, seen: seen, done: make(chan struct{})}
	if err := unix.Pipe2(r.stop[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	var err error
	if r.lo, err = r.listenToLoopback(); err != nil {
		return nil, err
	}
	go r.run()
	return r, nil
}

func (r *relay) listenToLoopback() (fd int, err error) {
	err = r.hosts[0].Do(func() error {
		lo, err := net.InterfaceByName("lo")
		if err != nil {
			return err
		}
		all := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL}) // what is sent is seen by a socket for all protocols alone
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(all)); err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: lo.Index})
	})
	return fd, err
}

// loopback notes what the client sends to itself; nothing can happen to it.
func (r *relay) loopback(b []byte) {
	for {
		n, from, err := unix.Recvfrom(r.lo, b, 0)
		if err != nil {
			return
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if p, isTCP := parseTCP(b[:n]); ok && isTCP && ll.Pkttype == unix.PACKET_OUTGOING {
			r.log.segment(netns.Monotonic(), hostNames[0], hostNames[0], p)
			r.seen()
		}
	}
}

func (r *relay) end() {
	unix.Close(r.stop[1])
	<-r.done
	unix.Close(r.stop[0])
	unix.Close(r.lo)
}

func (r *relay) addRule(rule Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rules = append(r.rules, &relayRule{Rule: rule})
}

func (r *relay) removeRule(rule Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, have := range r.rules {
		if ruleKey(have.Rule) == ruleKey(rule) {
			r.rules = append(r.rules[:i:i], r.rules[i+1:]...)
			return
		}
	}
}

func (r *relay) run() {
	runtime.LockOSThread()
	defer close(r.done)
	b, order := make([]byte, 65536), 0
	fds := []unix.PollFd{{Fd: int32(r.hosts[0].Tun), Events: unix.POLLIN}, {Fd: int32(r.hosts[1].Tun), Events: unix.POLLIN}, {Fd: int32(r.stop[0]), Events: unix.POLLIN}, {Fd: int32(r.lo), Events: unix.POLLIN}}
	for {
		var wait *unix.Timespec
		if len(r.flights) > 0 {
			ts := unix.NsecToTimespec(max(0, r.flights[0].due-netns.Monotonic()).Nanoseconds())
			wait = &ts
		}
		if _, err := unix.Ppoll(fds, wait, nil); err != nil && err != unix.EINTR {
			return
		}
		if fds[2].Revents != 0 {
			return
		}
		if fds[3].Revents != 0 {
			r.loopback(b)
		}
		for from := range r.hosts {
			for {
				n, err := unix.Read(r.hosts[from].Tun, b)
				if err != nil {
					break
				}
				if p, ok := parseTCP(b[:n]); ok {
					order++
					r.take(from, order, p)
				}
			}
		}
		for len(r.flights) > 0 && r.flights[0].due <= netns.Monotonic() {
			r.arrive(heap.Pop(&r.flights).(*flight))
		}
	}
}

// take puts a packet on the link, as the engine's link does: each rule that matches acts on it.
func (r *relay) take(from, order int, p tcpPacket) {
	at := netns.Monotonic()
	rec := r.log.segment(at, hostNames[from], hostNames[1-from], p)
	due := []time.Duration{at + relayDelay}
	r.mu.Lock()
	for _, rule := range r.rules {
		if !rule.matches(hostNames[from], p) {
			continue
		}
		by := time.Duration(rule.MS * float64(time.Millisecond))
		switch {
		case rule.Action == "drop":
			due = nil
			rec.body["fate"] = "dropped"
		case len(due) == 0:
		case rule.Action == "delay":
			due[0] += by
			rec.body["fate"] = "delayed"
		case rule.Action == "dup":
			due = append(due, due[0]+by)
			rec.body["fate"] = "duplicated"
		}
	}
	r.mu.Unlock()
	for _, d := range due {
		heap.Push(&r.flights, &flight{d, order, 1 - from, p.raw, rec})
	}
	r.seen()
}

func (r *relay) arrive(f *flight) {
	now := netns.Monotonic()
	r.late = max(r.late, now-f.due)
	at := r.log.micros(now)
	if _, err := unix.Write(r.hosts[f.to].Tun, f.raw); err != nil {
		return
	}
	r.log.mu.Lock()
	list, _ := f.sent.body["arrive"].([]int64)
	f.sent.body["arrive"] = append(list, at)
	r.log.mu.Unlock()
	r.seen()
}

func (r *relayRule) matches(from string, p tcpPacket) bool {
	if r.Host != from || r.Payload && p.length == 0 || strings.ContainsAny(p.flags, r.Lacks) {
		return false
	}
	for _, f := range r.Has {
		if !p.has(f) {
			return false
		}
	}
	r.matched++
	n, counted := r.Nth.(int)
	return !counted || n == r.matched
}
