package verify

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"finwait/engine"
)

// driver runs the engine with a trace's input.
type driver struct {
	trace   *Trace
	sim     *engine.Sim
	record  engine.Recorder
	seen    int               // events that were looked at
	waiting map[int][]int     // by line waited for: the lines of calls and rules
	fds     map[string]int    // by "host proc symbol"
	binds   map[string]string // call waiting to name a descriptor: by call key
	eofs    map[string]int    // recv_eof_close under way: line, by call key
	returns map[string]int    // trace line of a return, by call key
	states  map[string][]int  // trace lines of states, by what they say, in order
	rules   map[string]func() // to remove a rule, by what it says
	err     error
}

// Verify drives the engine with a trace's input and compares. Where the kernel's clock stood is the one input that a trace
// does not hold: where in its 4 ms tick decides whether a close within the tick merges with the ACK of a FIN, and where its
// timer wheel stood decides which of two timers of a second comes first. So times of the clock are tried, and the first that
// agrees, else the first of all, counts.
func Verify(t *Trace) ([]engine.Event, []Difference, error) {
	var events []engine.Event
	var found []Difference
	for phase := engine.Micros(0); phase < wheel; phase += engine.Millisecond {
		e, err := Drive(t, phase)
		if err != nil {
			return nil, nil, err
		}
		d := Compare(t, e)
		if phase == 0 || len(d) == 0 {
			events, found = e, d
		}
		if len(d) == 0 {
			break
		}
	}
	return events, found, nil
}

// wheel is after how long a clock of the traced kernel's tick (4 ms, CONFIG_HZ=250) stands on the wheel of timers from 0.25 s
// on, whose slots are 8 ticks, as it did before.
const wheel = 8 * 4 * engine.Millisecond

// Drive computes the engine's log for a trace's input, with the hosts' clocks phase into a tick. The log ends a little
// after the trace does.
func Drive(t *Trace, phase engine.Micros) ([]engine.Event, error) {
	d := &driver{
		trace: t, waiting: map[int][]int{}, fds: map[string]int{}, binds: map[string]string{}, eofs: map[string]int{},
		returns: map[string]int{}, states: map[string][]int{}, rules: map[string]func(){},
	}
	if err := d.setUp(phase); err != nil {
		return nil, err
	}
	d.matched(0, 0)
	for d.err == nil {
		more, _ := d.sim.Step()
		for ; d.seen < len(d.record.Events); d.seen++ {
			d.look(d.record.Events[d.seen])
		}
		if !more {
			break
		}
	}
	return d.record.Events, d.err
}

// slack is how much longer the engine runs than the trace, so that what a coarse timer let happen later is still seen.
const slack = 3 * engine.Second

func (d *driver) setUp(phase engine.Micros) error {
	t := d.trace
	sysctls, err := t.Meta.sysctls()
	if err != nil {
		return err
	}
	end := t.Records[len(t.Records)-1].T
	d.sim = engine.NewSim(engine.Config{
		Delay: engine.Micros(t.Meta.DelayMS * 1000), Until: end + end/20 + slack, Replay: newReplay(t), Phase: phase,
		Sink: d.record.Append,
	})
	hosts := make([]string, 0, len(t.Meta.Addresses))
	for name := range t.Meta.Addresses {
		hosts = append(hosts, name)
	}
	sort.Strings(hosts)
	for _, name := range hosts {
		if err := d.sim.AddHost(engine.HostConfig{Name: name, Addr: t.Meta.Addresses[name], Sysctl: sysctls}); err != nil {
			return err
		}
	}
	for _, r := range t.Meta.Rules {
		if err := d.addRule(r); err != nil {
			return err
		}
	}
	procs := map[string]bool{}
	for line, rec := range t.Records {
		switch rec.Kind {
		case "call", "rule", "rule_removed":
			if p := rec.Host + " " + rec.Proc; rec.Kind == "call" && !procs[p] {
				procs[p] = true
				if err := d.sim.AddProcess(rec.Host, rec.Proc); err != nil {
					return err
				}
			}
			if rec.After != nil {
				d.waiting[rec.After.Line] = append(d.waiting[rec.After.Line], line)
			} else {
				d.issue(line, rec.T)
			}
		case "return":
			d.returns[callKey(rec.Host, rec.Proc, rec.ID)] = line
		case "state":
			key := stateKey(rec.Host, rec.Local, rec.Remote, rec.To)
			d.states[key] = append(d.states[key], line)
		}
	}
	return d.err
}

func callKey(host, proc string, id int) string { return fmt.Sprintf("%s %s %d", host, proc, id) }

func stateKey(host, local, remote, to string) string {
	return host + " " + local + " " + remote + " " + to
}

// matched says that the engine reached what a line of the trace shows: what waited for it is due after its gap.
func (d *driver) matched(line int, at engine.Micros) {
	for _, w := range d.waiting[line] {
		d.issue(w, at+d.trace.Records[w].After.Gap)
	}
	delete(d.waiting, line)
}

// look sees whether an event of the engine is one that the trace's script waited for.
func (d *driver) look(e engine.Event) {
	switch b := e.Body.(type) {
	case *engine.Returned:
		d.returned(e.T, b)
	case *engine.StateChange:
		key := stateKey(b.Host, b.Local, b.Remote, stateName(b.To))
		if lines := d.states[key]; len(lines) > 0 {
			d.states[key] = lines[1:]
			d.matched(lines[0], e.T)
		}
	case *engine.Process:
		if b.Action == engine.ProcessKill {
			d.matched(d.returns[callKey(b.Host, b.Proc, -1)], e.T)
		}
	}
}

func (d *driver) returned(at engine.Micros, b *engine.Returned) {
	key := callKey(b.Host, b.Proc, b.ID)
	if symbol, ok := d.binds[key]; ok && b.Ret >= 0 {
		d.fds[symbol] = int(b.Ret)
	}
	if line, ok := d.eofs[key]; ok {
		rec := d.trace.Records[line]
		next := engine.Call{Name: "recv", FD: b.FD, Args: []engine.Arg{engine.Num(recvSize)}}
		switch {
		case b.Call == "recv" && b.Ret > 0:
			d.sim.CallAt(at, rec.Host, rec.Proc, rec.ID, next)
			return
		case b.Call == "recv" && b.Ret == 0:
			next.Name, next.Args = "close", nil
			d.sim.CallAt(at, rec.Host, rec.Proc, rec.ID, next)
			return
		}
		delete(d.eofs, key)
	}
	if line, ok := d.returns[key]; ok {
		d.matched(line, at)
	}
}

const recvSize = 65536

// issue makes a call, or changes a rule, at a time.
func (d *driver) issue(line int, at engine.Micros) {
	rec := d.trace.Records[line]
	var err error
	switch {
	case rec.Kind == "rule":
		d.sim.At(at, func() { d.fail(d.addRule(rec.rule)) })
	case rec.Kind == "rule_removed":
		d.sim.At(at, func() { d.removeRule(rec.rule) })
	case rec.Call == "kill":
		d.sim.Schedule(at, engine.Do{Kill: &engine.ProcAction{Host: rec.Host, Proc: rec.Proc}})
	default:
		err = d.call(line, at)
	}
	d.fail(err)
}

func (d *driver) fail(err error) {
	if d.err == nil && err != nil {
		d.err = fmt.Errorf("%s: %w", d.trace.Name, err)
	}
}

func ruleKey(r Rule) string { return fmt.Sprintf("%+v", r) }

func (d *driver) addRule(r Rule) error {
	f, err := r.fault()
	if err == nil {
		d.rules[ruleKey(r)] = d.sim.AddFault(f)
	}
	return err
}

func (d *driver) removeRule(r Rule) {
	if remove := d.rules[ruleKey(r)]; remove != nil {
		remove()
	} else {
		d.fail(fmt.Errorf("no rule %+v is in force", r))
	}
}

// call translates a traced call: symbolic descriptors to numbers, lengths to data.
func (d *driver) call(line int, at engine.Micros) error {
	rec := d.trace.Records[line]
	key := callKey(rec.Host, rec.Proc, rec.ID)
	c := engine.Call{Name: rec.Call, FD: -1}
	symbol := func(fd string) string { return rec.Host + " " + rec.Proc + " " + fd }
	fd, known := d.fds[symbol(rec.FD)]
	if !known {
		fd = -1
	}
	switch rec.Call {
	case "socket":
		d.binds[key] = symbol(rec.FD)
	case "accept":
		var name string
		if len(rec.Args) > 0 {
			if err := json.Unmarshal(rec.Args[0], &name); err != nil {
				return err
			}
		}
		d.binds[key] = symbol(name)
		c.FD = fd
	case "recv_eof_close":
		d.eofs[key] = line
		c = engine.Call{Name: "recv", FD: fd, Args: []engine.Arg{engine.Num(recvSize)}}
	case "setblocking":
		c.Name, c.FD = "fcntl", fd
		var v any
		if err := json.Unmarshal(rec.Args[0], &v); err != nil {
			return err
		}
		nonblock := engine.Num(1)
		if v == true || v == float64(1) {
			nonblock = engine.Num(0)
		}
		c.Args = []engine.Arg{engine.Str("O_NONBLOCK"), nonblock}
	case "poll":
		args, err := arguments(rec.Args)
		if err != nil {
			return err
		}
		c.Args = pollArguments(args, fd)
	case "send":
		var n int
		if err := json.Unmarshal(rec.Args[0], &n); err != nil {
			return err
		}
		c.FD, c.Data = fd, make([]byte, n)
	default:
		args, err := arguments(rec.Args)
		if err != nil {
			return err
		}
		c.FD, c.Args = fd, args
	}
	d.sim.CallAt(at, rec.Host, rec.Proc, rec.ID, c)
	return nil
}

// pollArguments puts the descriptor between the time-out and the events asked for, which may be missing.
func pollArguments(args []engine.Arg, fd int) []engine.Arg {
	timeout := engine.Num(-1)
	var events []string
	for _, a := range args {
		if a.IsStr {
			events = append(events, a.Str)
		} else {
			timeout = a
		}
	}
	out := []engine.Arg{timeout, engine.Num(int64(fd))}
	if len(events) > 0 {
		out = append(out, engine.Str(strings.Join(events, "|")))
	}
	return out
}

// arguments flattens a call's arguments: SO_LINGER's pair becomes two.
func arguments(raw []json.RawMessage) ([]engine.Arg, error) {
	var out []engine.Arg
	for _, r := range raw {
		var v any
		if err := json.Unmarshal(r, &v); err != nil {
			return nil, err
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, x := range list {
			switch x := x.(type) {
			case float64:
				out = append(out, engine.Num(int64(x)))
			case string:
				out = append(out, engine.Str(x))
			case bool:
				n := engine.Num(0)
				if x {
					n = engine.Num(1)
				}
				out = append(out, n)
			default:
				return nil, fmt.Errorf("argument %s is neither a number nor a text", r)
			}
		}
	}
	return out, nil
}
