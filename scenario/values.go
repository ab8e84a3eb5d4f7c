package scenario

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"finwait/engine"
)

// duration takes "10ms", "1.5s", "2h" or an int of µs, up to one virtual day.
type duration struct {
	t   engine.Micros
	err error
}

// Unpack implements starlark.Unpacker.
func (d *duration) Unpack(v starlark.Value) error {
	d.t, d.err = toDuration(v)
	return d.err
}

func (d *duration) failed() error { return d.err }

func toDuration(v starlark.Value) (engine.Micros, error) {
	var t engine.Micros
	switch v := v.(type) {
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			n = -1
		}
		t = engine.Micros(n)
	case starlark.String:
		d, err := time.ParseDuration(string(v))
		if err != nil {
			return 0, wrong("%s is not a time: write \"10ms\", \"1.5s\", or a number of µs", "%s 不是时间：请写 \"10ms\"、\"1.5s\"，或微秒数", v)
		}
		if d%time.Microsecond != 0 {
			return 0, wrong("%s is not a whole number of µs", "%s 不是整数微秒", v)
		}
		t = engine.Micros(d / time.Microsecond)
	default:
		return 0, wrong("%s is not a time: write \"10ms\", \"1.5s\", or a number of µs", "%s 不是时间：请写 \"10ms\"、\"1.5s\"，或微秒数", v.Type())
	}
	if t < 0 || t > engine.Day {
		return 0, wrong("the time %s is not between 0 and one day", "时间 %s 不在 0 到一天之间", v)
	}
	return t, nil
}

// text takes a string, which serves both languages, or {"en": …, "zh": …}.
type text struct {
	engine.Text
	err error
}

// Unpack implements starlark.Unpacker.
func (t *text) Unpack(v starlark.Value) error {
	t.err = t.read(v)
	return t.err
}

func (t *text) failed() error { return t.err }

func (t *text) read(v starlark.Value) error {
	switch v := v.(type) {
	case starlark.String:
		t.En, t.Zh = string(v), string(v)
	case *starlark.Dict:
		for _, item := range v.Items() {
			key, _ := starlark.AsString(item[0])
			value, ok := starlark.AsString(item[1])
			switch {
			case !ok || key != "en" && key != "zh":
				return wrong(`a text is a string or {"en": "…", "zh": "…"}`, `文本应写成字符串，或 {"en": "…", "zh": "…"}`)
			case key == "en":
				t.En = value
			default:
				t.Zh = value
			}
		}
		if t.En == "" || t.Zh == "" {
			return wrong(`the text lacks "en" or "zh"`, `文本缺少 "en" 或 "zh"`)
		}
	default:
		return wrong(`a text is a string or {"en": "…", "zh": "…"}, not %s`, `文本应写成字符串，或 {"en": "…", "zh": "…"}，而不是 %s`, v.Type())
	}
	if len(t.En) > maxText || len(t.Zh) > maxText {
		return wrong("the text is longer than %d bytes", "文本超过了 %d 字节", maxText)
	}
	return nil
}

// linkValue is what link() returns.
type linkValue struct{ delay engine.Micros }

func (l linkValue) String() string      { return fmt.Sprintf("link(delay = %d)", l.delay) }
func (linkValue) Type() string          { return "link" }
func (linkValue) Freeze()               {}
func (linkValue) Truth() starlark.Bool  { return true }
func (linkValue) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: link") }

// timed is what at() takes. moveTo gives it its time, once.
type timed interface {
	starlark.Value
	moveTo(engine.Micros) bool
}

// action is what kill(), cut() and their like return: something that happens once. It acts at the start unless at() moves
// it.
type action struct {
	at    engine.Micros
	do    engine.Do
	moved bool
	name  string
	pos   syntax.Position
}

func (a *action) String() string      { return a.name + "(…)" }
func (*action) Type() string          { return "action" }
func (*action) Freeze()               {}
func (*action) Truth() starlark.Bool  { return true }
func (*action) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: action") }

func (a *action) moveTo(t engine.Micros) bool {
	if a.moved {
		return false
	}
	a.at, a.moved = t, true
	return true
}

// standing is what drop(), delay(), duplicate() and reorder() return: a rule of the link. It holds from the start unless
// at() moves that.
type standing struct {
	engine.Fault
	moved bool
	name  string
}

func (f *standing) String() string      { return f.name + "(…)" }
func (*standing) Type() string          { return "fault" }
func (*standing) Freeze()               {}
func (*standing) Truth() starlark.Bool  { return true }
func (*standing) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: fault") }

func (f *standing) moveTo(t engine.Micros) bool {
	if f.moved {
		return false
	}
	f.Since, f.moved = t, true
	return true
}
