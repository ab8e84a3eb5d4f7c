package content

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"finwait/engine"

	"go.starlark.net/starlark"
)

// moment names one event of a run: the nth, after the event of another moment, whose fields have these values.
type moment struct {
	name  string
	run   string         // the run's name in lesson.star; empty is the lesson's own
	want  map[string]any // field → value, as in the event's JSON
	nth   int
	after string
	line  int
}

// asJSON turns a Starlark value into what encoding/json would decode.
func asJSON(v starlark.Value) (any, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return nil, fmt.Errorf("%s is too large", v)
		}
		return float64(n), nil
	}
	return nil, fmt.Errorf("want a string, a number or a bool, got %s", v.Type())
}

// fields is an event as its JSON object.
type fields map[string]any

// decoded gives each event of a log as its JSON object.
func decoded(events []engine.Event) ([]fields, error) {
	out := make([]fields, len(events))
	for i, ev := range events {
		if err := json.Unmarshal(engine.AppendJSON(nil, ev), &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// find gives the index of the moment's event at or after from, or -1.
func (m *moment) find(log []fields, from int) int {
	left := m.nth
	for i := from; i < len(log); i++ {
		if log[i].match(m.want) {
			if left--; left == 0 {
				return i
			}
		}
	}
	return -1
}

func (f fields) match(want map[string]any) bool {
	for k, v := range want {
		if f.get(k) != v {
			return false
		}
	}
	return true
}

// get follows a path of dots, e.g. "abs.seq"; nil where there is nothing.
func (f fields) get(path string) any {
	head, rest, more := strings.Cut(path, ".")
	v := f[head]
	if !more {
		return v
	}
	inner, _ := v.(map[string]any)
	return fields(inner).get(rest)
}

// t is the event's time.
func (f fields) t() engine.Micros {
	n, _ := f["t"].(float64)
	return engine.Micros(n)
}

// Clock writes a time or a duration the way the product shows it: "90 ms", "1.02 s", "60.2 s", "250 µs".
func Clock(t engine.Micros) string {
	switch {
	case t == 0:
		return "0 ms"
	case t < engine.Millisecond:
		return strconv.FormatInt(int64(t), 10) + " µs"
	case t < engine.Second:
		return decimal(int64(t), 1000, 1) + " ms"
	case t < 10*engine.Second:
		return decimal(int64(t), 1_000_000, 2) + " s"
	default:
		return decimal(int64(t), 1_000_000, 1) + " s"
	}
}

// decimal divides n by unit, rounded to places digits, without zeros at the end.
func decimal(n, unit int64, places int) string {
	s := strconv.FormatFloat(float64(n)/float64(unit), 'f', places, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
