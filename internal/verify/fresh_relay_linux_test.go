package verify

import (
	"container/heap"
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
	go r.run()
	return r, nil
}

func (r *relay) end() {
	unix.Close(r.stop[1])
	<-r.done
	unix.Close(r.stop[0])
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
	fds := []unix.PollFd{{Fd: int32(r.hosts[0].Tun), Events: unix.POLLIN}, {Fd: int32(r.hosts[1].Tun), Events: unix.POLLIN}, {Fd: int32(r.stop[0]), Events: unix.POLLIN}}
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
