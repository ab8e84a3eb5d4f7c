package stream

import (
	"context"

	"finwait/engine"
	"finwait/scenario"
)

// opened is a run that is ready to be sent.
type opened struct {
	token   string
	lines   *engine.Lines
	forkSeq *int // with a base
	next    int  // the first event to send
}

// open finds what an open asks for. Errors are as Server.Log's; a panic becomes one, so that one open's fault is not
// everybody's.
func (s *Server) open(ctx context.Context, session string, o *Open) (r *opened, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, panicked("open", p)
		}
	}()
	if o.Attempt != "" {
		return nil, refuse(CodeUnknownAttempt, "there is no such attempt of yours", "你没有这次测验")
	}
	run, err := o.run()
	if err != nil {
		return nil, err
	}
	lines, token, err := s.Log(ctx, session, run)
	if err != nil {
		return nil, err
	}
	r = &opened{token: token, lines: lines}
	if o.After != nil {
		if *o.After >= lines.Len() {
			return nil, refuse(CodeBadAfter, "the run ends with event %d; there is nothing after %d",
				"这次运行以事件 %d 结束，%d 之后没有事件", lines.Len()-1, *o.After)
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
		seq := scenario.ForkSeq(lines, other)
		r.forkSeq = &seq
	}
	return r, nil
}

func (o *Open) run() (scenario.Run, error) {
	if o.Token != "" {
		return scenario.ParseToken(o.Token)
	}
	return scenario.ParseRun(o.Run)
}
