package web

import (
	"strings"

	"finwait/engine"
)

// CheatSheet is the reference on one page of paper.
type CheatSheet struct {
	Reference
}

// errnoLine is an error and the calls that can fail with it.
type errnoLine struct {
	Errno engine.Errno
	Calls string
	Means string
}

// errnos lists the errors in order, each with its calls.
func (c CheatSheet) errnos() []errnoLine {
	calls := map[engine.Errno][]string{}
	var order []engine.Errno
	for _, f := range c.Index.Failures {
		if calls[f.Errno] == nil {
			order = append(order, f.Errno)
		}
		calls[f.Errno] = append(calls[f.Errno], f.Call+"()")
	}
	var out []errnoLine
	for _, e := range order {
		out = append(out, errnoLine{e, strings.Join(calls[e], c.Say["list.separator"]), c.Say["errno."+string(e)]})
	}
	return out
}
