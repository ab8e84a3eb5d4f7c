package stream

import (
	"errors"
	"fmt"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// The codes of refused frames, beside those of runs (scenario.Code…) and of refused inputs (engine.RefusalCode).
const (
	CodeBadFrame       = "bad_frame"        // not a text frame with one JSON object
	CodeFrameTooLarge  = "frame_too_large"  // longer than MaxClientFrame
	CodeUnknownOp      = "unknown_op"       // no such op
	CodeUnknownField   = "unknown_field"    // a member that the op does not have
	CodeBadField       = "bad_field"        // a member that is missing, has a wrong type or is out of range
	CodeStreamInUse    = "stream_in_use"    // the name belongs to an open stream, which goes on
	CodeTooManyStreams = "too_many_streams" // MaxStreams are open
	CodeBadAfter       = "bad_after"        // past the end of the run
	CodeUnknownAttempt = "unknown_attempt"  // no such attempt, or not this learner's
	CodeTooManyRuns    = "too_many_runs"    // the session has had too much computed
	CodeInternal       = "internal"         // a fault of the server's
)

// refuse makes an error in both languages from the same arguments.
func refuse(code, en, zh string, args ...any) *scenario.Error {
	return &scenario.Error{Code: code, Message: engine.Text{En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}}
}

// RetryError refuses work for now: the session may ask again after some time.
type RetryError struct {
	Err   *scenario.Error
	After time.Duration
}

func (e *RetryError) Error() string { return e.Err.Error() }

// Unwrap gives the error for people.
func (e *RetryError) Unwrap() error { return e.Err }

func tooManyRuns(after time.Duration) *RetryError {
	s := int64((after + time.Second - 1) / time.Second)
	return &RetryError{After: after, Err: refuse(CodeTooManyRuns,
		"you have had many runs computed in a short time; go on in %d s", "短时间内计算的运行太多了，请在 %d 秒后继续", s)}
}

// failure puts an error into a frame. What is no error for people is a fault of the server's: it is reported, and the
// client gets the report's id.
func (c *Conn) failure(stream string, err error) *Failure {
	var known *scenario.Error
	if !errors.As(err, &known) {
		id := c.server.report(err)
		known = refuse(CodeInternal, "something went wrong on the server (%s)", "服务器出了错（%s）", id)
		return &Failure{Op: opError, Stream: stream, Code: CodeInternal, Message: c.pick(known.Message), ID: id}
	}
	f := &Failure{
		Op: opError, Stream: stream, Code: known.Code, Message: c.pick(known.Message),
		File: known.File, Line: known.Line, Col: known.Col, Text: known.Text,
	}
	var retry *RetryError
	if errors.As(err, &retry) {
		f.RetryAfterMS = max(retry.After.Milliseconds(), 1)
	}
	return f
}

// pick gives the text in the session's language.
func (c *Conn) pick(t engine.Text) string {
	if c.lang == "zh" {
		return t.Zh
	}
	return t.En
}
