package scenario

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"finwait/engine"
)

// The codes of errors, beside those of refused inputs (engine.RefusalCode).
const (
	CodeUnknownScenario = "unknown_scenario" // no scenario of that name
	CodeBadRun          = "bad_run"          // the run's JSON, or a combination in it, is not one
	CodeBadToken        = "bad_token"        // not a token, or a damaged one
	CodeTokenTooLong    = "token_too_long"   // the run does not fit into a token
	CodeEngineChanged   = "engine_changed"   // the run belongs to another engine version
	CodeContentChanged  = "content_changed"  // the scenario's text is not what the run was made with
	CodeBadVary         = "bad_vary"         // no such choice
	CodeBadSeed         = "bad_seed"         // not in 0..2^53-1
	CodeScenario        = "scenario_error"   // a mistake in the source
	CodeSteps           = "scenario_steps"   // too many steps of computation
	CodeEvents          = "scenario_events"  // a program made more events than a run may have
	CodeDay             = "scenario_day"     // a program was still running after one virtual day
	CodeMemory          = "scenario_memory"  // too much memory
	CodeTimeout         = "scenario_timeout" // too much real time
	CodeBusy            = "scenario_busy"    // too many runs are waiting
)

// Error is what is wrong with a run or with the source of a scenario, for a person. Where the source is to blame, File,
// Line and Col (from 1; 0 is unknown) say where, and Text is that line.
type Error struct {
	Code    string      `json:"code"`
	Message engine.Text `json:"message"`
	File    string      `json:"file,omitempty"`
	Line    int         `json:"line,omitempty"`
	Col     int         `json:"col,omitempty"`
	Text    string      `json:"text,omitempty"`
}

// Error gives one line: "file:line:col: message".
func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Message.En
	case e.Line == 0:
		return e.File + ": " + e.Message.En
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message.En)
}

// Bounds of what an error quotes, in bytes: of the source's line, and of a message, which may quote a value of any size.
const (
	maxQuoted  = 200
	maxMessage = 500
)

// clip shortens a text to n bytes.
func clip(text string, n int) string {
	if len(text) > n {
		text = strings.ToValidUTF8(text[:n], "") + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

// both formats a message in both languages with the same arguments.
func both(en, zh string, args ...any) engine.Text {
	return engine.Text{En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}
}

// refuse makes an Error without a place in a source.
func refuse(code, en, zh string, args ...any) *Error {
	return &Error{Code: code, Message: both(en, zh, args...)}
}

// problem is an error that a builtin raises: it has a code and both languages, and gets its place when it leaves Starlark.
type problem struct {
	code string
	text engine.Text
	pos  syntax.Position // where it is known better than by the call stack
}

func (p *problem) Error() string { return p.text.En }

// wrong is a mistake in the source.
func wrong(en, zh string, args ...any) *problem {
	return &problem{code: CodeScenario, text: both(en, zh, args...)}
}

// explain makes an Error of whatever parsing, resolving or running a source returned.
func (s *source) explain(err error) *Error {
	e := &Error{Code: CodeScenario, File: s.file}
	var (
		known   *problem
		ready   *Error
		parse   syntax.Error
		names   resolve.ErrorList
		running *starlark.EvalError
		pos     syntax.Position
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &parse):
		pos, e.Message = parse.Pos, translate(parse.Msg)
	case errors.As(err, &names) && len(names) > 0:
		pos, e.Message = names[0].Pos, translate(names[0].Msg)
	case errors.As(err, &running):
		pos, e.Message = innermost(running.CallStack), translate(running.Msg)
	default:
		e.Message = translate(err.Error())
	}
	if errors.As(err, &known) {
		e.Code, e.Message = known.code, known.text
		if known.pos.IsValid() {
			pos = known.pos
		}
	}
	return s.locate(e, int(pos.Line), int(pos.Col))
}

// locate fills in a place and the text of its line.
func (s *source) locate(e *Error, line, col int) *Error {
	e.Message = engine.Text{En: clip(e.Message.En, maxMessage), Zh: clip(e.Message.Zh, maxMessage)}
	e.File, e.Line, e.Col, e.Text = s.file, line, col, s.line(line)
	return e
}

// line is the text of a line of the source, without its indentation.
func (s *source) line(n int) string {
	lines := strings.SplitN(s.text, "\n", n+1)
	if n < 1 || n > len(lines) {
		return ""
	}
	return clip(strings.TrimSpace(lines[n-1]), maxQuoted)
}

// innermost is the place of the deepest frame that is written in Starlark.
func innermost(stack starlark.CallStack) syntax.Position {
	for i := range stack {
		if pos := stack.At(i).Pos; pos.Line > 0 {
			return pos
		}
	}
	return syntax.Position{}
}

// Stopped is the error of a run that was stopped from outside, in the place where it was last seen. Line 0 is unknown.
func Stopped(code string, r Run, line, col int) *Error {
	s := newSource(r)
	return s.locate(&Error{Code: code, Message: stopReasons[code]}, line, col)
}

// Busy is the error where too many runs wait.
func Busy() *Error {
	return refuse(CodeBusy, "too many runs are waiting; try again in a moment", "正在等待的运行太多，请稍后再试")
}
