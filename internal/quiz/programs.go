package quiz

import (
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// programText is a host's program as a question shows it.
type programText struct {
	host  string
	lines []scenario.SourceLine
}

// program is the program of a host, by its first call.
func (r *Run) program(host string) programText {
	p := programText{host: host}
	if line := r.firstLine(host); line > 0 {
		p.lines = r.log.Program(line)
	}
	return p
}

// bothEnds are the hosts of nearly every run, one of them first.
func bothEnds(first string) []string { return []string{first, other(first)} }

// other is the end that a host talks to.
func other(host string) string {
	if host == "client" {
		return "server"
	}
	return "client"
}

// firstLine is where a host's program makes its first call.
func (r *Run) firstLine(host string) int {
	for _, ev := range r.events {
		if c, ok := ev.Body.(*engine.CallMade); ok && c.Host == host && c.Line > 0 {
			return c.Line
		}
	}
	return 0
}

// listing is the program with a line marked; 0 marks none.
func (p programText) listing(lang string, mark int) Listing {
	l := Listing{Title: hostLabel(lang, p.host)}
	for i, line := range p.lines {
		if i > 0 && !indented(line) && (indented(p.lines[i-1]) || strings.HasPrefix(line.Text, "def ")) {
			l.Lines, l.Numbers = append(l.Lines, ""), append(l.Numbers, 0)
		}
		l.Lines, l.Numbers = append(l.Lines, line.Text), append(l.Numbers, line.Number)
		if line.Number == mark {
			l.Mark = mark
		}
	}
	return l
}

func indented(l scenario.SourceLine) bool { return strings.HasPrefix(l.Text, " ") }

// numbered is a text with its lines counted from 1.
func numbered(title, text string) Listing {
	l := Listing{Title: title, Lines: strings.Split(strings.TrimSpace(text), "\n")}
	for i := range l.Lines {
		l.Numbers = append(l.Numbers, i+1)
	}
	return l
}
