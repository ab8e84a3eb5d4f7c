package stream

import (
	"context"

	"finwait/engine"
	"finwait/scenario"
)

// opened is a run that is ready to be sent.
type opened struct {
	token   string
	engine  int
	lines   *engine.Lines
	forkSeq *int // with a base
	next    int  // the first event to send
}

// Attempt is what a learner may see of the run of a question that was given out for a grade: a log of its own.
type Attempt struct {
	Lines  *engine.Lines
	Token  string // of the whole run; empty before the answer
	Engine int    // the version that made the log
}

// FindAttempt gives the attempt of an id, or nil where the connection's learner has none of that id.
type FindAttempt func(ctx context.Context, id string) (*Attempt, error)

// open finds what an open asks for. Errors are as Server.Log's; a panic becomes one, so that one open's fault is not
// everybody's.
func (s *Server) open(ctx context.Context, session string, find FindAttempt, o *Open) (r *opened, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, panicked("open", p)
		}
	}()
	if o.Attempt != "" {
		r, err = openAttempt(ctx, find, o.Attempt)
	} else {
		r, err = s.openRun(ctx, session, o)
	}
	if err != nil {
		return nil, err
	}
	if o.After != nil {
		if *o.After >= r.lines.Len() {
			return nil, refuse(CodeBadAfter, "the run ends with event %d; there is nothing after %d",
				"这次运行以事件 %d 结束，%d 之后没有事件", r.lines.Len()-1, *o.After)
		}
		r.next = *o.After + 1
	}
	if o.Base != "" {
		base, err := scenario.ParseToken(o.Base)
		if err != nil {
			return nil, err
		}
		other, _, err := s.Log(ctx, session, base)
		if err != nil {
			return nil, err
		}
		seq := scenario.ForkSeq(r.lines, other)
		r.forkSeq = &seq
	}
	return r, nil
}

func (s *Server) openRun(ctx context.Context, session string, o *Open) (*opened, error) {
	run, err := o.run()
	if err != nil {
		return nil, err
	}
	lines, token, err := s.Log(ctx, session, run)
	if err != nil {
		return nil, err
	}
	return &opened{token: token, engine: engine.Version, lines: lines}, nil
}

func openAttempt(ctx context.Context, find FindAttempt, id string) (*opened, error) {
	var a *Attempt
	if find != nil {
		var err error
		if a, err = find(ctx, id); err != nil {
			return nil, err
		}
	}
	if a == nil {
		return nil, refuse(CodeUnknownAttempt, "there is no such attempt of yours", "你没有这次测验")
	}
	return &opened{token: a.Token, engine: a.Engine, lines: a.Lines}, nil
}

func (o *Open) run() (scenario.Run, error) {
	if o.Token != "" {
		return scenario.ParseToken(o.Token)
	}
	return scenario.ParseRun(o.Run)
}
