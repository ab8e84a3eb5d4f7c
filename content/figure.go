package content

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"finwait/engine"
)

// places gives the event of each moment, by name.
type places map[string]fields

// locate finds every moment in the log of its run.
func locate(moments []*moment, logs map[string][]fields) (places, error) {
	at := map[string]int{}
	found := places{}
	var ps Problems
	for _, m := range moments {
		log, ok := logs[m.run]
		if !ok {
			ps.addf("", m.line, "moment %s: no run %q is defined above", m.name, m.run)
			continue
		}
		from := 0
		if m.after != "" {
			i, ok := at[m.after]
			if !ok {
				ps.addf("", m.line, "moment %s: no moment %q is defined above", m.name, m.after)
				continue
			}
			from = i + 1
		}
		i := m.find(log, from)
		if i < 0 {
			ps.addf("", m.line, "moment %s: the run has no such event", m.name)
			continue
		}
		at[m.name] = i
		found[m.name] = log[i]
	}
	return found, ps.err()
}

var figureForm = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// fill replaces the figures of a text, {{…}}, by what the run gives:
//
//	{{t fin-1}}           the moment's time, "90 ms"
//	{{gap fin-1 ack-1}}   the time between two moments, "50 ms"
//	{{fin-1.seqno}}       a field of the moment's event
func (p places) fill(file, text string) (string, error) {
	var ps Problems
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = figureForm.ReplaceAllStringFunc(line, func(s string) string {
			out, err := p.figure(strings.Fields(s[2 : len(s)-2]))
			if err != nil {
				ps.addf(file, i+1, "%s: %v", s, err)
			}
			return out
		})
	}
	return strings.Join(lines, "\n"), ps.err()
}

// figure evaluates the words of one placeholder.
func (p places) figure(words []string) (string, error) {
	switch {
	case len(words) == 2 && words[0] == "t":
		ev, err := p.moment(words[1])
		return Clock(ev.t()), err
	case len(words) == 3 && words[0] == "gap":
		a, err := p.moment(words[1])
		if err != nil {
			return "", err
		}
		b, err := p.moment(words[2])
		if err == nil && b.t() < a.t() {
			err = fmt.Errorf("%s comes before %s", words[2], words[1])
		}
		return Clock(b.t() - a.t()), err
	case len(words) == 1:
		name, field, _ := strings.Cut(words[0], ".")
		ev, err := p.moment(name)
		if err != nil {
			return "", err
		}
		return show(ev.get(field))
	}
	return "", fmt.Errorf("want {{t MOMENT}}, {{gap MOMENT MOMENT}} or {{MOMENT.FIELD}}")
}

func (p places) moment(name string) (fields, error) {
	ev, ok := p[name]
	if !ok {
		return nil, fmt.Errorf("lesson.star defines no moment %q", name)
	}
	return ev, nil
}

// show writes a field's value; durations end in _us and read as a clock does.
func show(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case float64:
		return strconv.FormatInt(int64(v), 10), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("the event has no such field")
}

// micros is the moment's time.
func (p places) micros(name string) (engine.Micros, int) {
	seq, _ := p[name]["seq"].(float64)
	return p[name].t(), int(seq)
}
