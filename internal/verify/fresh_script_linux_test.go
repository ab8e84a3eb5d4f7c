package verify

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"time"

	"finwait/internal/netns"
)

// script drives two programs on two hosts, as a family of traces says, and records.
type script struct {
	*rand.Rand
	log      *recording
	relay    *relay
	sampler  *sampler
	hosts    [2]*netns.Host
	programs map[string]*program
	after    *record // what was last waited for
	title    string
	changed  map[string]any
	rules    []Rule
	running  bool

	mu     sync.Mutex
	states map[string][]*record
	arrive chan struct{} // closed when a state is seen, and made anew
	failed error
}

// program is one that makes calls.
type program struct {
	host    int
	cmd     *exec.Cmd
	in      io.WriteCloser
	id      int
	pending map[int]*pending
	mu      sync.Mutex
}

// pending is a call under way.
type pending struct {
	begun, done chan *record
	ret         any
	errno       string
}

var hostOf = map[string]int{"cli": 0, "srv": 1}

// set changes a setting before anything runs.
func (s *script) set(name string, value any) {
	s.changed[name] = value
}

// fault gives a rule that holds from the start, or from now on.
func (s *script) fault(r Rule) Rule {
	if !s.running {
		s.rules = append(s.rules, r)
		return r
	}
	s.relay.addRule(r)
	s.log.add("rule", 0, s.after, ruleBody(r))
	return r
}

func (s *script) unfault(r Rule) {
	s.relay.removeRule(r)
	s.log.add("rule_removed", 0, s.after, ruleBody(r))
}

func ruleBody(r Rule) map[string]any {
	b := map[string]any{"host": r.Host, "nth": r.Nth, "action": r.Action}
	if r.Has != "" {
		b["has"] = r.Has
	}
	if r.Lacks != "" {
		b["lacks"] = r.Lacks
	}
	if r.Payload {
		b["payload"] = true
	}
	if r.MS != 0 {
		b["ms"] = r.MS
	}
	return b
}

// begin makes hosts and programs.
func (s *script) begin() (err error) {
	for i, addr := range []string{"10.9.0.1/24", "10.9.0.2/24"} {
		if s.hosts[i], err = netns.NewHost(addr); err != nil {
			return err
		}
		if err := s.hosts[i].Sysctl("net.ipv4.tcp_rmem", "4096 131072 6291456"); err != nil { // the kernel's default, but not on machines with much memory
			return err
		}
		for name, v := range s.changed {
			full := "net.ipv4." + name
			if name == "core/somaxconn" {
				full = "net.core.somaxconn"
			}
			if err := s.hosts[i].Sysctl(full, fmt.Sprint(v)); err != nil {
				return err
			}
		}
	}
	for name, host := range hostOf {
		if err := s.startProgram(name, host); err != nil {
			return err
		}
	}
	s.log = newRecording()
	if s.sampler, err = startSampler(s.log, s.hosts, s.sawState); err != nil {
		return err
	}
	if s.relay, err = startRelay(s.log, s.hosts, s.sampler.something); err != nil {
		return err
	}
	for _, r := range s.rules {
		s.relay.addRule(r)
	}
	s.running = true
	return nil
}

func (s *script) startProgram(name string, host int) error {
	p := &program{host: host, pending: map[int]*pending{}, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), agentVariable+"="+name)
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.hosts[host].Do(p.cmd.Start); err != nil {
		return err
	}
	s.programs[name] = p
	go s.hear(name, p, out)
	return nil
}

// hear notes what a program tells.
func (s *script) hear(name string, p *program, out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			s.fail(err)
			return
		}
		p.mu.Lock()
		c := p.pending[o.ID]
		p.mu.Unlock()
		if o.Begun {
			rec := <-c.begun
			s.log.mu.Lock()
			rec.at = o.At
			s.log.mu.Unlock()
			c.begun <- rec
			continue
		}
		call := (<-c.begun).body
		if c.ret = o.Ret; o.Errno != nil {
			c.errno = *o.Errno
		}
		c.done <- s.log.add("return", o.At, nil, map[string]any{"host": call["host"], "proc": name, "fd": call["fd"], "call": call["call"], "ret": o.Ret, "errno": o.Errno, "id": o.ID})
		s.sampler.something()
	}
}

func (s *script) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = errors.Join(s.failed, err)
}

// start makes a call and goes on.
func (s *script) start(proc, fd, call string, args ...any) *pending {
	p := s.programs[proc]
	if args == nil {
		args = []any{}
	}
	p.id++
	c := &pending{begun: make(chan *record, 1), done: make(chan *record, 1)}
	p.mu.Lock()
	p.pending[p.id] = c
	p.mu.Unlock()
	c.begun <- s.log.add("call", 0, s.after, map[string]any{"host": hostNames[p.host], "proc": proc, "fd": fd, "call": call, "args": args, "id": p.id})
	if err := json.NewEncoder(p.in).Encode(order{p.id, fd, call, args}); err != nil {
		s.fail(err)
	}
	return c
}

// longestWait is how long a call is waited for that may block.
const longestWait = 5 * time.Second

// wait waits for a call to return; false where it does not in time, or its program is dead.
func (s *script) wait(c *pending) bool { return s.waitFor(c, longestWait) }

func (s *script) waitFor(c *pending, most time.Duration) bool {
	select {
	case rec := <-c.done:
		s.after = rec
		return true
	case <-time.After(most):
		return false
	}
}

// do makes a call and waits for it.
func (s *script) do(proc, fd, call string, args ...any) *pending {
	c := s.start(proc, fd, call, args...)
	s.wait(c)
	s.breathe()
	return c
}

// breathe is the time that a script needs between two calls.
func (s *script) breathe() { time.Sleep(time.Duration(200+s.IntN(500)) * time.Microsecond) }

func (s *script) ms(n int) {
	time.Sleep(time.Duration(n)*time.Millisecond + time.Duration(s.IntN(900))*time.Microsecond)
}

func (s *script) seconds(n int) { s.ms(1000 * n) }

// kill ends a program from outside.
func (s *script) kill(proc string) {
	p := s.programs[proc]
	s.log.add("call", 0, s.after, map[string]any{"host": hostNames[p.host], "proc": proc, "fd": nil, "call": "kill", "args": []any{"SIGKILL"}, "id": -1})
	if err := p.cmd.Process.Kill(); err != nil {
		s.fail(err)
	}
}

func (s *script) sawState(key string, rec *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[key] = append(s.states[key], rec)
	close(s.arrive)
	s.arrive = make(chan struct{})
}

// until waits for a socket's state that was not waited for before; false where it does not come.
func (s *script) until(host, local, remote, state string, most time.Duration) bool {
	key := stateKey(host, local, remote, state)
	for end := time.Now().Add(most); time.Now().Before(end); {
		s.mu.Lock()
		seen, arrive := s.states[key], s.arrive
		if len(seen) > 0 {
			s.states[key], s.after = seen[1:], seen[0]
			s.mu.Unlock()
			s.breathe()
			return true
		}
		s.mu.Unlock()
		select {
		case <-arrive:
		case <-time.After(time.Until(end)):
		}
	}
	return false
}

// latest is how much later than due a packet may arrive, or a sample be taken. A recording that is worse is made again: the
// machine had other things to do.
const latest = 5 * time.Millisecond

var errLate = errors.New("the machine was too busy")

// end stops everything and gives the trace.
func (s *script) end(name string) ([]byte, error) {
	s.ms(300)
	s.relay.end()
	s.sampler.end()
	var settings map[string]any
	err := s.hosts[0].Do(func() (err error) {
		settings, err = readSysctls()
		return err
	})
	s.log.add("end", 0, nil, map[string]any{"sockets": s.sampler.left(), "counters": map[string]any{}, "notes": []any{}, "error": nil})
	rules := []any{}
	for _, r := range s.rules {
		rules = append(rules, ruleBody(r))
	}
	if s.relay.late > latest || s.sampler.late > sampledEvery+latest {
		return nil, errLate
	}
	trace, encoded := s.log.bytes(map[string]any{
		"scenario": name, "title": s.title, "kernel": kernelRelease(), "sysctls": settings, "changed": s.changed, "delay_ms": relayDelay.Milliseconds(),
		"addresses": map[string]string{"client": "10.9.0.1", "server": "10.9.0.2"}, "rules": rules,
		"note": "congestion control is cubic on every socket; CONFIG_HZ=250 (timers tick in 4 ms)",
	})
	return trace, errors.Join(err, encoded, s.failed)
}
