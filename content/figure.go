package content

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// places gives the event of each moment, by name.
type places map[string]fields

// locate finds every moment in the log of its run.
func locate(moments []*moment, logs map[string]*scenario.Log) (places, error) {
	at := map[string]int{}
	found := places{}
	all := map[string][]fields{}
	var ps Problems
	for _, m := range moments {
		if logs[m.run] == nil {
			ps.addf("", m.line, "moment %s: no run %q is defined above", m.name, m.run)
			continue
		}
		log := all[m.run]
		if log == nil {
			var err error
			if log, err = decoded(logs[m.run].Events); err != nil {
				return nil, err
			}
			all[m.run] = log
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

// filling is what a text's placeholders can name.
type filling struct {
	places
	figures map[string]string
	proofs  map[string]*proof
}

// fill replaces what a text takes from runs, {{…}}:
//
//	{{t fin-1}}           the moment's time, "90 ms"
//	{{gap fin-1 ack-1}}   the time between two moments, "50 ms"
//	{{fin-1.seqno}}       a field of the moment's event
//	{{delack}}            a figure of lesson.star
//	{{sysctl net.ipv4.tcp_fin_timeout}}  a setting's default on Linux
//	{{= eof}}             nothing to read: the sentence before it is held by the check eof
func (f filling) fill(file, text string) (string, error) {
	var ps Problems
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = figureForm.ReplaceAllStringFunc(line, func(s string) string {
			out, err := f.placeholder(strings.Fields(s[2 : len(s)-2]))
			if err != nil {
				ps.addf(file, i+1, "%s: %v", s, err)
			}
			return out
		})
	}
	return strings.Join(lines, "\n"), ps.err()
}

func (f filling) placeholder(words []string) (string, error) {
	if len(words) > 1 && words[0] == "=" {
		return f.citation(words[1:])
	}
	out, err := f.figure(words)
	// A figure and its unit stay on one line.
	return string(figureOpen) + strings.ReplaceAll(out, " ", "\u00a0") + string(figureClose), err
}

// citation marks the checks that hold a sentence.
func (f filling) citation(names []string) (string, error) {
	var out string
	for _, name := range names {
		if f.proofs[name] == nil {
			return "", fmt.Errorf("there is no check %q", name)
		}
		out += string(proofOpen) + name + string(proofClose)
	}
	return out, nil
}

// figure evaluates the words of one placeholder.
func (f filling) figure(words []string) (string, error) {
	switch {
	case len(words) == 2 && words[0] == "t":
		ev, err := f.moment(words[1])
		return Clock(ev.t()), err
	case len(words) == 2 && words[0] == "sysctl":
		return sysctlDefault(words[1])
	case len(words) == 3 && words[0] == "gap":
		a, err := f.moment(words[1])
		if err != nil {
			return "", err
		}
		b, err := f.moment(words[2])
		if err == nil && b.t() < a.t() {
			err = fmt.Errorf("%s comes before %s", words[2], words[1])
		}
		return Clock(b.t() - a.t()), err
	case len(words) == 1:
		if out, ok := f.figures[words[0]]; ok {
			return out, nil
		}
		name, field, _ := strings.Cut(words[0], ".")
		ev, err := f.moment(name)
		if err != nil {
			return "", err
		}
		return show(ev.get(field))
	}
	return "", fmt.Errorf("want {{t MOMENT}}, {{gap MOMENT MOMENT}}, {{MOMENT.FIELD}}, {{FIGURE}}, {{sysctl NAME}} or {{= CHECK}}")
}

// sysctlDefault is a setting's default, with its unit where it is a time.
func sysctlDefault(name string) (string, error) {
	for _, s := range engine.Sysctls {
		if s.Name == name {
			value := strconv.FormatInt(s.Default, 10)
			if s.Unit == "s" || s.Unit == "ms" {
				value += " " + s.Unit
			}
			return value, nil
		}
	}
	return "", fmt.Errorf("there is no sysctl %q", name)
}

func (p places) moment(name string) (fields, error) {
	ev, ok := p[name]
	if !ok {
		return nil, fmt.Errorf("lesson.star defines no moment %q", name)
	}
	return ev, nil
}

// show writes a field's value; a number as it stands in the log.
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
