package verify

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// sampler reads the sockets of both hosts from INET_DIAG, whenever something was sent or has arrived and every few
// milliseconds, and notes what is new.
type sampler struct {
	log   *recording
	diag  [2]int // a netlink socket in each namespace
	seen  [2]map[string]diagSocket
	nudge chan struct{}
	stop  chan struct{}
	done  chan struct{}
	last  time.Duration
	late  time.Duration // how long ago the sample before was, at most, when a state had changed

	onState func(key string, rec *record)
}

// sampledEvery is the README's "every few milliseconds".
const sampledEvery = 4 * time.Millisecond

// diagSocket is what a sample shows of a socket.
type diagSocket struct {
	state, timer           string
	recvq, sendq           int
	retrans, expires       int
	orphan                 bool
	local, remote          string
	acceptQueue, listening int // of a listener: its queue and backlog
}

var diagStates = []string{1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT", 7: "CLOSED", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN_RECV"}

var diagTimers = []string{"off", "retrans", "keepalive", "timewait", "persist"}

func startSampler(log *recording, hosts [2]*netns.Host, onState func(string, *record)) (*sampler, error) {
	s := &sampler{log: log, nudge: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}), onState: onState}
	for i, h := range hosts {
		s.seen[i] = map[string]diagSocket{}
		err := h.Do(func() (err error) {
			s.diag[i], err = unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	go s.run()
	return s, nil
}

// something says that the sockets may have changed.
func (s *sampler) something() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

func (s *sampler) end() {
	close(s.stop)
	<-s.done
	for _, fd := range s.diag {
		unix.Close(fd)
	}
}

func (s *sampler) run() {
	runtime.LockOSThread()
	defer close(s.done)
	every := time.NewTicker(sampledEvery)
	defer every.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-s.nudge:
		case <-every.C:
		}
		for host := range s.diag {
			s.sample(host)
		}
		s.last = netns.Monotonic()
	}
}

func (s *sampler) sample(host int) {
	now, err := dumpSockets(s.diag[host])
	if err != nil {
		return // the namespace ends
	}
	at, name := netns.Monotonic(), hostNames[host]
	for key, d := range now {
		before, known := s.seen[host][key]
		if !known {
			before.state = "CLOSED"
		}
		ends := func() map[string]any { return map[string]any{"host": name, "local": d.local, "remote": d.remote} }
		if before.state != d.state {
			s.state(at, name, d, before.state, d.state)
		}
		if d.state == "LISTEN" {
			if !known || before.acceptQueue != d.acceptQueue || before.listening != d.listening {
				b := ends()
				b["accept_queue"], b["backlog"] = d.acceptQueue, d.listening
				s.log.add("queue", at, nil, b)
			}
			continue
		}
		was := before
		was.expires = d.expires
		if was != d || !known {
			b := ends()
			b["state"], b["recvq"], b["sendq"], b["timer"] = d.state, d.recvq, d.sendq, d.timer
			b["retrans"], b["expires_ms"], b["orphan"] = d.retrans, d.expires, d.orphan
			s.log.add("sock", at, nil, b)
		}
	}
	for key, before := range s.seen[host] {
		if _, still := now[key]; !still {
			s.state(at, name, before, before.state, "CLOSED")
		}
	}
	s.seen[host] = now
}

func (s *sampler) state(at time.Duration, host string, d diagSocket, from, to string) {
	if s.last != 0 {
		s.late = max(s.late, at-s.last)
	}
	rec := s.log.add("state", at, nil, map[string]any{"host": host, "local": d.local, "remote": d.remote, "from": from, "to": to})
	s.onState(stateKey(host, d.local, d.remote, to), rec)
}

// left lists the sockets for a trace's last line.
func (s *sampler) left() map[string]any {
	out := map[string]any{}
	for host, seen := range s.seen {
		list := []any{}
		for _, d := range seen {
			list = append(list, map[string]any{"local": d.local, "remote": d.remote, "state": d.state, "timer": d.timer, "retrans": d.retrans, "expires_ms": d.expires})
		}
		out[hostNames[host]] = list
	}
	return out
}

const (
	sizeOfMessage = 72 // of an inet_diag_msg, after the header
	dumpRequest   = 20 // SOCK_DIAG_BY_FAMILY
)

// dumpSockets asks for all TCP sockets of a namespace, by their ends.
func dumpSockets(fd int) (map[string]diagSocket, error) {
	req := make([]byte, 16+56) // nlmsghdr, inet_diag_req_v2
	binary.NativeEndian.PutUint32(req, uint32(len(req)))
	binary.NativeEndian.PutUint16(req[4:], dumpRequest)
	binary.NativeEndian.PutUint16(req[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	req[16], req[17] = unix.AF_INET, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(req[20:], ^uint32(1<<7|1<<13)) // every state but CLOSE, bound or not
	if _, err := unix.Write(fd, req); err != nil {
		return nil, err
	}
	out, b := map[string]diagSocket{}, make([]byte, 65536)
	for {
		n, err := unix.Read(fd, b)
		if err != nil {
			return nil, err
		}
		for m := b[:n]; len(m) >= 16; {
			size, kind := int(binary.NativeEndian.Uint32(m)), binary.NativeEndian.Uint16(m[4:])
			switch {
			case kind == unix.NLMSG_DONE:
				return out, nil
			case kind == unix.NLMSG_ERROR || size < 16+sizeOfMessage || size > len(m):
				return nil, fmt.Errorf("an answer of kind %d", kind)
			}
			d := parseDiag(m[16:size])
			if have, twice := out[d.local+" "+d.remote]; !twice || have.state == "TIME_WAIT" {
				out[d.local+" "+d.remote] = d
			}
			m = m[(size+3)&^3:]
		}
	}
}

func parseDiag(m []byte) (d diagSocket) {
	d.state = diagStates[m[1]]
	if int(m[2]) < len(diagTimers) {
		d.timer = diagTimers[m[2]]
	}
	d.retrans = int(m[3])
	end := func(port, addr int) string {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(m[addr:])), binary.BigEndian.Uint16(m[port:])).String()
	}
	d.local, d.remote = end(4, 8), end(6, 24)
	d.expires = int(binary.NativeEndian.Uint32(m[52:]))
	rqueue, wqueue := int(binary.NativeEndian.Uint32(m[56:])), int(binary.NativeEndian.Uint32(m[60:]))
	d.orphan = binary.NativeEndian.Uint32(m[68:]) == 0 // no inode
	if d.state == "LISTEN" {
		d.remote, d.acceptQueue, d.listening = "*", rqueue, wqueue
		return d
	}
	d.recvq, d.sendq = rqueue, wqueue
	return d
}
