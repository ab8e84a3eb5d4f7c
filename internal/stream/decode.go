package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// Decode reads a frame of a client into an *Open, *Credit or *Close. It is strict: what it does not know, it refuses. The
// name of the stream is given where the frame has one, also beside an error.
func Decode(frame []byte) (op any, stream string, err *scenario.Error) {
	members, err := split(frame)
	if err != nil {
		return nil, "", err
	}
	if json.Unmarshal(members["stream"], &stream) != nil || !goodName(stream) {
		stream = ""
	}
	var name string
	if json.Unmarshal(members["op"], &name) != nil || name == "" {
		return nil, stream, badField("op", ops())
	}
	var known interface{ check() *scenario.Error }
	switch name {
	case opOpen:
		known = &Open{}
	case opCredit:
		known = &Credit{}
	case opClose:
		known = &Close{}
	default:
		return nil, stream, refuse(CodeUnknownOp, "there is no op %.40q; a client has open, credit and close",
			"没有 %.40q 这个操作；客户端可用 open、credit、close", name)
	}
	if err := fill(known, members); err != nil {
		return nil, stream, err
	}
	if err := known.check(); err != nil {
		return nil, stream, err
	}
	return known, stream, nil
}

func ops() engine.Text {
	return engine.Text{En: `"open", "credit" or "close"`, Zh: `"open"、"credit" 或 "close"`}
}

// split takes the members of the one object that a frame is; a repeated member is refused.
func split(frame []byte) (map[string]json.RawMessage, *scenario.Error) {
	d := json.NewDecoder(bytes.NewReader(frame))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, badFrame()
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, badFrame()
		}
		if _, ok := members[name]; ok {
			return nil, refuse(CodeBadFrame, "the member %.40q is repeated", "成员 %.40q 出现了两次", name)
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, badFrame()
		}
		members[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, badFrame()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badFrame()
	}
	return members, nil
}

func badFrame() *scenario.Error {
	return refuse(CodeBadFrame, "a frame is a text frame with one JSON object", "每一帧应当是文本帧，内容是一个 JSON 对象")
}

// fill decodes members into the fields that are tagged with their exact names.
func fill(op any, members map[string]json.RawMessage) *scenario.Error {
	v := reflect.ValueOf(op).Elem()
	left := len(members)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		raw, ok := members[name]
		if !ok {
			continue
		}
		left--
		f := v.Field(i)
		err := json.Unmarshal(raw, f.Addr().Interface())
		empty := f.Kind() == reflect.String && f.Len() == 0
		notObject := f.Type() == reflect.TypeFor[json.RawMessage]() && raw[0] != '{'
		if err != nil || empty || notObject || string(raw) == "null" {
			return badField(name, wants[name])
		}
	}
	if left == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !hasField(v.Type(), name) {
			return refuse(CodeUnknownField, "%q has no member %.40q", "%q 没有 %.40q 这个成员", v.Field(0), name)
		}
	}
	panic("every member has a field")
}

func hasField(t reflect.Type, name string) bool {
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
			return true
		}
	}
	return false
}

// wants says what a member must be.
var wants = map[string]engine.Text{
	"stream":  {En: "1 to 32 letters, digits, dots, dashes and underscores", Zh: "1 到 32 个字母、数字、点、连字符或下划线"},
	"run":     {En: "an object that describes a run", Zh: "描述一次运行的对象"},
	"token":   {En: "the token of a run", Zh: "一次运行的令牌"},
	"attempt": {En: "the id of an attempt", Zh: "一次测验的编号"},
	"base":    {En: "the token of a run", Zh: "一次运行的令牌"},
	"after":   {En: "a whole number from -1", Zh: "不小于 -1 的整数"},
	"credit":  {En: "a whole number from 0", Zh: "不小于 0 的整数"},
	"n":       {En: "a whole number from 1", Zh: "不小于 1 的整数"},
}

func badField(name string, want engine.Text) *scenario.Error {
	e := refuse(CodeBadField, "%q must be %s", "%q 应当是%s", name, "")
	e.Message.En += want.En
	e.Message.Zh += want.Zh
	return e
}

func (o *Open) check() *scenario.Error {
	sources := 0
	for _, there := range []bool{o.Run != nil, o.Token != "", o.Attempt != ""} {
		if there {
			sources++
		}
	}
	switch {
	case !goodName(o.Stream):
		return badField("stream", wants["stream"])
	case o.After != nil && *o.After < -1:
		return badField("after", wants["after"])
	case o.Credit < 0:
		return badField("credit", wants["credit"])
	case sources != 1:
		return refuse(CodeBadField, `"open" has exactly one of "run", "token" and "attempt"`,
			`"open" 必须恰好带有 "run"、"token"、"attempt" 之一`)
	}
	return nil
}

func (o *Credit) check() *scenario.Error {
	switch {
	case !goodName(o.Stream):
		return badField("stream", wants["stream"])
	case o.N < 1:
		return badField("n", wants["n"])
	}
	return nil
}

func (o *Close) check() *scenario.Error {
	if !goodName(o.Stream) {
		return badField("stream", wants["stream"])
	}
	return nil
}

// goodName answers whether a stream can be named so: nothing in it needs escaping, in JSON or in a log.
func goodName(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxStreamName
}
