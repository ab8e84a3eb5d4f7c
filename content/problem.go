package content

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is a mistake in the content: where it is and what is wrong there.
type Problem struct {
	File string // path inside the content folder
	Line int    // counted from 1; 0 where the file as a whole is meant
	Msg  string
}

func (p *Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Msg
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
}

// Problems collects mistakes, so that an author sees all of them at once.
type Problems []*Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// add records err. A Problem keeps its place, any other error gets file and line.
func (ps *Problems) add(file string, line int, err error) {
	var one *Problem
	var many Problems
	switch {
	case err == nil:
	case errors.As(err, &many):
		*ps = append(*ps, many...)
	case errors.As(err, &one):
		*ps = append(*ps, one)
	default:
		*ps = append(*ps, &Problem{File: file, Line: line, Msg: err.Error()})
	}
}

func (ps *Problems) addf(file string, line int, format string, args ...any) {
	*ps = append(*ps, &Problem{File: file, Line: line, Msg: fmt.Sprintf(format, args...)})
}

// has says whether a mistake in a line is recorded already.
func (ps Problems) has(file string, line int) bool {
	return slices.ContainsFunc(ps, func(p *Problem) bool { return p.File == file && p.Line == line })
}

// err is nil when nothing was recorded.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
