package quiz

import (
	"fmt"
	"slices"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// dict reads what generate gave, member by member. Its errors name the member.
type dict struct {
	members *starlark.Dict
	asked   map[string]bool // names of members that were asked for
}

func newDict(members *starlark.Dict) dict { return dict{members, map[string]bool{}} }

// unknown is a member that nothing asked for; empty where there is none.
func (d dict) unknown() string {
	for _, key := range d.members.Keys() {
		if name, ok := starlark.AsString(key); !ok || !d.asked[name] {
			return key.String()
		}
	}
	return ""
}

func (d dict) get(name string) starlark.Value {
	d.asked[name] = true
	v, ok, _ := d.members.Get(starlark.String(name))
	if !ok {
		return starlark.None
	}
	return v
}

func (d dict) has(name string) bool { return d.get(name) != starlark.None }

func (d dict) wrong(name, want string) error {
	return fmt.Errorf("%q is %s; want %s", name, d.get(name).Type(), want)
}

// run reads a run.
func (d dict) run(name string) (*Run, error) {
	if r, ok := d.get(name).(*Run); ok {
		return r, nil
	}
	return nil, d.wrong(name, "a run")
}

// runs reads a list of runs.
func (d dict) runs(name string) ([]*Run, error) {
	return listOf(d, name, "a list of runs", func(v starlark.Value) (*Run, bool) {
		r, ok := v.(*Run)
		return r, ok
	})
}

// event reads an event of a run's log.
func (d dict) event(name string) (engine.Event, error) {
	if ev, ok := scenario.EventOf(d.get(name)); ok {
		return ev, nil
	}
	return engine.Event{}, d.wrong(name, "an event of a run's log")
}

// events reads a list of them.
func (d dict) events(name string) ([]engine.Event, error) {
	return listOf(d, name, "a list of events", scenario.EventOf)
}

// dicts reads a list of dicts.
func (d dict) dicts(name string) ([]dict, error) {
	return listOf(d, name, "a list of dicts", func(v starlark.Value) (dict, bool) {
		m, ok := v.(*starlark.Dict)
		return newDict(m), ok
	})
}

// strings reads a list of strings, or gives the other list where there is none.
func (d dict) strings(name string, other []string) ([]string, error) {
	if !d.has(name) {
		return slices.Clone(other), nil
	}
	return listOf(d, name, "a list of strings", starlark.AsString)
}

func listOf[T any](d dict, name, want string, read func(starlark.Value) (T, bool)) ([]T, error) {
	list, ok := d.get(name).(starlark.Indexable)
	if !ok {
		return nil, d.wrong(name, want)
	}
	all := make([]T, list.Len())
	for i := range all {
		if all[i], ok = read(list.Index(i)); !ok {
			return nil, fmt.Errorf("%q has %s at place %d; want %s", name, list.Index(i).Type(), i+1, want)
		}
	}
	return all, nil
}

// micros reads a time in µs, or gives the other one where there is none.
func (d dict) micros(name string, other engine.Micros) (engine.Micros, error) {
	if !d.has(name) {
		return other, nil
	}
	if i, ok := d.get(name).(starlark.Int); ok {
		if n, ok := i.Int64(); ok {
			return engine.Micros(n), nil
		}
	}
	return 0, d.wrong(name, "a time in µs")
}

// str reads a string, or gives the other one where there is none and other is not empty.
func (d dict) str(name, other string) (string, error) {
	if !d.has(name) && other != "" {
		return other, nil
	}
	if s, ok := starlark.AsString(d.get(name)); ok {
		return s, nil
	}
	return "", d.wrong(name, "a string")
}

// text reads a text in both languages.
func (d dict) text(name string) (engine.Text, error) {
	t, err := asText(d.get(name))
	if err != nil {
		err = fmt.Errorf("%q: %w", name, err)
	}
	return t, err
}

// choices reads a dict of strings; absent is none.
func (d dict) choices(name string) (map[string]string, error) {
	all := map[string]string{}
	if !d.has(name) {
		return all, nil
	}
	m, ok := d.get(name).(*starlark.Dict)
	if !ok {
		return nil, d.wrong(name, "a dict of strings")
	}
	for _, kv := range m.Items() {
		k, ok1 := starlark.AsString(kv[0])
		v, ok2 := starlark.AsString(kv[1])
		if !ok1 || !ok2 {
			return nil, d.wrong(name, "a dict of strings")
		}
		all[k] = v
	}
	return all, nil
}

// function reads a function of a log.
func (d dict) function(name string) (starlark.Callable, error) {
	if fn, ok := d.get(name).(starlark.Callable); ok {
		return fn, nil
	}
	return nil, d.wrong(name, "a function of a log")
}

// ask reads a function of a log that says True or False, and asks it of a run.
func (d dict) ask(name string, run *Run) (bool, error) {
	fn, err := d.function(name)
	if err != nil {
		return false, err
	}
	return truth(fn, run.events)
}

// count reads a function of a log that gives a number, and asks it of a run.
func (d dict) count(name string, run *Run) (int64, error) {
	fn, err := d.function(name)
	if err != nil {
		return 0, err
	}
	v, err := call(fn, run.events)
	if err != nil {
		return 0, err
	}
	if i, ok := v.(starlark.Int); ok {
		if n, ok := i.Int64(); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%q gives %s; want a number", name, v.Type())
}

// truth asks a function about a log.
func truth(fn starlark.Callable, events []engine.Event) (bool, error) {
	v, err := call(fn, events)
	if err != nil {
		return false, err
	}
	b, ok := v.(starlark.Bool)
	if !ok {
		return false, fmt.Errorf("%s gives %s; want True or False", fn.Name(), v.Type())
	}
	return bool(b), nil
}

func call(fn starlark.Callable, events []engine.Event) (starlark.Value, error) {
	return starlark.Call(newThread(fn.Name(), generateSteps), fn, starlark.Tuple{scenario.View(events)}, nil)
}

// sortInputs orders inputs by time, as a run needs them.
func sortInputs(inputs []engine.Input) {
	slices.SortStableFunc(inputs, func(a, b engine.Input) int { return int(a.At - b.At) })
}
