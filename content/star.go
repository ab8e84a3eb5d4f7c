package content

import (
	"errors"
	"fmt"
	"strings"

	"finwait/engine"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// dataSteps bounds a data file; they are lists of calls, not programs.
const dataSteps = 1_000_000

// runData executes a data file, which calls the builtins of env.
func runData(file, src string, env starlark.StringDict) error {
	_, err := globals(file, src, env)
	return err
}

// globals does so too, and gives what the file defines, frozen.
func globals(file, src string, env starlark.StringDict) (starlark.StringDict, error) {
	thread := &starlark.Thread{Name: file, Print: func(*starlark.Thread, string) {}}
	thread.SetMaxExecutionSteps(dataSteps)
	defined, err := starlark.ExecFileOptions(&syntax.FileOptions{TopLevelControl: true}, thread, file, src, env)
	defined.Freeze()
	return defined, placed(file, err)
}

// placed turns an error of Starlark into a Problem at the line that caused it.
func placed(file string, err error) error {
	var (
		syn syntax.Error
		res resolve.ErrorList
		ev  *starlark.EvalError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syn):
		return &Problem{File: file, Line: int(syn.Pos.Line), Msg: syn.Msg}
	case errors.As(err, &res):
		return &Problem{File: file, Line: int(res[0].Pos.Line), Msg: res[0].Msg}
	case errors.As(err, &ev):
		return &Problem{File: file, Line: callLine(file, ev.CallStack), Msg: ev.Msg}
	}
	return &Problem{File: file, Msg: err.Error()}
}

// callLine is the line of the innermost frame that lies in file.
func callLine(file string, stack starlark.CallStack) int {
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i].Pos.Filename() == file {
			return int(stack[i].Pos.Line)
		}
	}
	return 0
}

// here is the line of file from which a builtin was called.
func here(thread *starlark.Thread) int {
	if thread.CallStackDepth() < 2 {
		return 0
	}
	return int(thread.CallFrame(1).Pos.Line)
}

// asText reads {"en": …, "zh": …}, as scenarios write texts.
func asText(v starlark.Value) (engine.Text, error) {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return engine.Text{}, fmt.Errorf(`want {"en": "…", "zh": "…"}, got %s`, v.Type())
	}
	m, err := asStrings(d)
	t := engine.Text{En: m["en"], Zh: m["zh"]}
	if err == nil && (len(m) != 2 || strings.TrimSpace(t.En) == "" || strings.TrimSpace(t.Zh) == "") {
		err = errors.New(`a text is needed in both languages: {"en": "…", "zh": "…"}`)
	}
	return t, err
}

// asStrings reads a dict of strings.
func asStrings(d *starlark.Dict) (map[string]string, error) {
	m := map[string]string{}
	if d == nil {
		return m, nil
	}
	for _, kv := range d.Items() {
		k, ok1 := starlark.AsString(kv[0])
		v, ok2 := starlark.AsString(kv[1])
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("want strings in %s", d)
		}
		m[k] = v
	}
	return m, nil
}

// asList reads a list of strings.
func asList(l *starlark.List) ([]string, error) {
	var out []string
	for i := 0; l != nil && i < l.Len(); i++ {
		s, ok := starlark.AsString(l.Index(i))
		if !ok {
			return nil, fmt.Errorf("want strings in %s", l)
		}
		out = append(out, s)
	}
	return out, nil
}
