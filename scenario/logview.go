package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"finwait/engine"
)

// logValue is what the check of an expect() gets: a sequence of events with a few ways to select them. Each method takes
// named filters and gives a list in the log's order.
type logValue struct{ events []engine.Event }

// View is a run's log as the checks of expect() see it, for other Starlark that asks about logs.
func View(events []engine.Event) starlark.Value { return &logValue{slices.Clip(events)} }

func (l *logValue) String() string             { return fmt.Sprintf("log of %d events", len(l.events)) }
func (*logValue) Type() string                 { return "log" }
func (*logValue) Freeze()                      {}
func (l *logValue) Truth() starlark.Bool       { return len(l.events) > 0 }
func (*logValue) Hash() (uint32, error)        { return 0, errors.New("unhashable: log") }
func (l *logValue) Len() int                   { return len(l.events) }
func (l *logValue) Index(i int) starlark.Value { return eventValue{l.events[i]} }

// Iterate implements starlark.Iterable.
func (l *logValue) Iterate() starlark.Iterator { return &logIterator{log: l} }

type logIterator struct {
	log *logValue
	i   int
}

func (it *logIterator) Next(p *starlark.Value) bool {
	if it.i == it.log.Len() {
		return false
	}
	*p = it.log.Index(it.i)
	it.i++
	return true
}

func (*logIterator) Done() {}

var logMethods = map[string]func(l *logValue, b *starlark.Builtin, in invocation) (starlark.Value, error){
	"events":   (*logValue).eventsOf,
	"segments": (*logValue).segments,
	"states":   (*logValue).states,
	"returns":  (*logValue).returns,
}

// AttrNames implements starlark.HasAttrs.
func (*logValue) AttrNames() []string {
	return []string{"end", "events", "returns", "segments", "states"}
}

// Attr implements starlark.HasAttrs.
func (l *logValue) Attr(name string) (starlark.Value, error) {
	if name == "end" {
		return starlark.MakeInt64(int64(l.events[len(l.events)-1].T)), nil
	}
	method, ok := logMethods[name]
	if !ok {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return method(l, b, invocation{t, args, kwargs, t.CallFrame(1).Pos})
	}), nil
}

// list collects what pick takes.
func (l *logValue) list(pick func(engine.Event) (starlark.Value, bool)) *starlark.List {
	var found []starlark.Value
	for _, ev := range l.events {
		if v, ok := pick(ev); ok {
			found = append(found, v)
		}
	}
	return starlark.NewList(found)
}

// eventsOf is log.events(kind = None, host = None).
func (l *logValue) eventsOf(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var kind, host string
	if err := in.unpack(b, "kind?", &kind, "host?", &host); err != nil {
		return nil, err
	}
	return l.list(func(ev engine.Event) (starlark.Value, bool) {
		v := eventValue{ev}
		at, _ := v.Attr("host")
		return v, (kind == "" || kind == string(ev.Body.Kind())) && (host == "" || at == starlark.String(host))
	}), nil
}

// segments is log.segments(sender = None, flags = "", lacks = "", data = None, retransmission = None): the same words as
// in drop().
func (l *logValue) segments(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		sender, letters, without string
		data, again              starlark.Value = starlark.None, starlark.None
	)
	if err := in.unpack(b, "sender?", &sender, "flags?", &letters, "lacks?", &without, "data?", &data, "retransmission?", &again); err != nil {
		return nil, err
	}
	has, err := parseFlags(letters)
	if err != nil {
		return nil, err
	}
	lacks, err := parseFlags(without)
	if err != nil {
		return nil, err
	}
	is := func(want starlark.Value, got bool) bool { return want == starlark.None || bool(want.Truth()) == got }
	return l.list(func(ev engine.Event) (starlark.Value, bool) {
		s, ok := ev.Body.(*engine.SegmentSent)
		return eventValue{ev}, ok && (sender == "" || s.From == sender) && s.Flags&has == has && s.Flags&lacks == 0 &&
			is(data, s.Len > 0) && is(again, s.Retransmission)
	}), nil
}

// states is log.states(host, sock = None): the names of the states that the host's connections entered, in order. A
// listener's are left out unless its number is given.
func (l *logValue) states(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		host string
		sock int
	)
	if err := in.unpack(b, "host", &host, "sock?", &sock); err != nil {
		return nil, err
	}
	if err := l.knows(host); err != nil {
		return nil, err
	}
	return l.list(func(ev engine.Event) (starlark.Value, bool) {
		s, ok := ev.Body.(*engine.StateChange)
		if !ok || s.Host != host {
			return nil, false
		}
		return starlark.String(s.To), s.Sock == sock || sock == 0 && s.Remote != "*"
	}), nil
}

// returns is log.returns(host = None, call = None): the returns of calls.
func (l *logValue) returns(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var host, call string
	if err := in.unpack(b, "host?", &host, "call?", &call); err != nil {
		return nil, err
	}
	return l.list(func(ev engine.Event) (starlark.Value, bool) {
		r, ok := ev.Body.(*engine.Returned)
		return eventValue{ev}, ok && (host == "" || r.Host == host) && (call == "" || r.Call == call)
	}), nil
}

// knows refuses the name of a host that is not there: an expectation about it would hold for nothing.
func (l *logValue) knows(host string) error {
	meta := l.events[0].Body.(*engine.Meta)
	if slices.ContainsFunc(meta.Hosts, func(h engine.HostMeta) bool { return h.Name == host }) {
		return nil
	}
	return wrong("there is no host %q", "没有名为 %q 的主机", host)
}

// eventValue is one event: seq, t, kind, rule, cause, and the fields of its kind by their names in the log.
type eventValue struct{ engine.Event }

func (e eventValue) String() string {
	return string(engine.AppendJSON(nil, e.Event))
}
func (eventValue) Type() string          { return "event" }
func (eventValue) Freeze()               {}
func (eventValue) Truth() starlark.Bool  { return true }
func (eventValue) Hash() (uint32, error) { return 0, errors.New("unhashable: event") }

// EventOf gives the event that a value of a View is; false where it is something else.
func EventOf(v starlark.Value) (engine.Event, bool) {
	e, ok := v.(eventValue)
	return e.Event, ok
}

// AttrNames implements starlark.HasAttrs.
func (e eventValue) AttrNames() []string {
	names := []string{"seq", "t", "kind", "rule", "cause"}
	t := reflect.TypeOf(e.Body).Elem()
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Attr implements starlark.HasAttrs. A field that only other kinds of events have is None, so that one loop can look at
// all of them.
func (e eventValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "seq":
		return starlark.MakeInt(e.Seq), nil
	case "t":
		return starlark.MakeInt64(int64(e.T)), nil
	case "kind":
		return starlark.String(e.Body.Kind()), nil
	case "rule":
		return starlark.String(e.Rule), nil
	case "cause":
		return starlark.MakeInt(e.Cause), nil
	}
	if v, ok := field(reflect.ValueOf(e.Body).Elem(), name); ok {
		return v, nil
	}
	if eventFields[name] {
		return starlark.None, nil
	}
	return nil, nil
}

// record is a struct inside an event, e.g. opts or abs.
type record struct{ v reflect.Value }

func (r record) String() string      { return fmt.Sprintf("%+v", r.v.Interface()) }
func (record) Type() string          { return "record" }
func (record) Freeze()               {}
func (record) Truth() starlark.Bool  { return true }
func (record) Hash() (uint32, error) { return 0, errors.New("unhashable: record") }
func (r record) Attr(name string) (starlark.Value, error) {
	v, _ := field(r.v, name)
	return v, nil
}

// AttrNames implements starlark.HasAttrs.
func (r record) AttrNames() []string {
	var names []string
	for i := range r.v.NumField() {
		names = append(names, jsonName(r.v.Type().Field(i)))
	}
	slices.Sort(names)
	return names
}

// eventFields are the names of the fields of all kinds.
var eventFields = func() map[string]bool {
	names := map[string]bool{}
	for _, body := range []engine.Body{
		&engine.Meta{}, &engine.SegmentSent{}, &engine.Fate{}, &engine.Deliver{}, &engine.CallMade{}, &engine.Returned{},
		&engine.StateChange{}, &engine.TimerChange{}, &engine.Queue{}, &engine.ListenQueue{}, &engine.Process{},
		&engine.InputApplied{}, &engine.Expect{}, &engine.End{},
	} {
		t := reflect.TypeOf(body).Elem()
		for i := range t.NumField() {
			names[jsonName(t.Field(i))] = true
		}
	}
	delete(names, "-")
	return names
}()

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// field finds a struct's field by its name in the log.
func field(v reflect.Value, name string) (starlark.Value, bool) {
	for i := range v.NumField() {
		if f := v.Type().Field(i); jsonName(f) == name && name != "-" {
			return toStarlark(v.Field(i)), true
		}
	}
	return nil, false
}

func toStarlark(v reflect.Value) starlark.Value {
	if s, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer && v.Kind() != reflect.Struct {
		return starlark.String(s.String())
	}
	switch v.Kind() {
	case reflect.String:
		return starlark.String(v.String())
	case reflect.Bool:
		return starlark.Bool(v.Bool())
	case reflect.Int, reflect.Int64, reflect.Int32:
		return starlark.MakeInt64(v.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return starlark.MakeUint64(v.Uint())
	case reflect.Slice:
		items := make(starlark.Tuple, v.Len())
		for i := range items {
			items[i] = toStarlark(v.Index(i))
		}
		return items
	case reflect.Pointer:
		if v.IsNil() {
			return starlark.None
		}
		return toStarlark(v.Elem())
	case reflect.Struct:
		if a, ok := v.Interface().(engine.Arg); ok && a.IsStr {
			return starlark.String(a.Str)
		} else if ok {
			return starlark.MakeInt64(a.Int)
		}
		return record{v}
	}
	return starlark.None
}

// judge asks each expectation and logs the answer.
func (x *execution) judge() error {
	view := &logValue{slices.Clip(x.log.Events)}
	m := x.setup.machine
	for _, e := range x.setup.expected {
		t := m.thread("expect")
		var v starlark.Value
		err := m.spend(t, func() (err error) {
			v, err = starlark.Call(t, e.check, starlark.Tuple{view}, nil)
			return err
		})
		if err != nil && x.meetsOtherRun(err) {
			x.sim.Emit(&engine.Expect{Text: e.text, Holds: false})
			continue
		}
		if err != nil {
			return err
		}
		holds, ok := v.(starlark.Bool)
		if !ok {
			p := wrong("the check of expect() says True or False, not %s", "expect() 的检查应当给出 True 或 False，而不是 %s", v.Type())
			p.pos = e.pos
			return p
		}
		x.sim.Emit(&engine.Expect{Text: e.text, Holds: bool(holds)})
	}
	return nil
}

// meetsOtherRun says that a check failed because a learner's inputs made another run than it was written for: it may look
// for a segment that was never sent. Then it does not hold. A check that uses up the steps is still a mistake.
func (x *execution) meetsOtherRun(err error) bool {
	var eval *starlark.EvalError
	return len(x.log.Run.Inputs) > 0 && x.setup.machine.failed == nil && errors.As(err, &eval)
}
