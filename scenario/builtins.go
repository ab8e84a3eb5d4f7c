package scenario

import (
	"errors"
	"regexp"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"finwait/engine"
)

type builtin func(s *setup, b *starlark.Builtin, in invocation) (starlark.Value, error)

// invocation is one call of a builtin.
type invocation struct {
	thread *starlark.Thread
	args   starlark.Tuple
	kwargs []starlark.Tuple
	pos    syntax.Position
}

func (in invocation) unpack(b *starlark.Builtin, pairs ...any) error {
	err := starlark.UnpackArgs(b.Name(), in.args, in.kwargs, pairs...)
	for _, p := range pairs { // UnpackArgs keeps the text of an Unpacker's error, not the error
		if u, ok := p.(interface{ failed() error }); ok && u.failed() != nil {
			return u.failed()
		}
	}
	return err
}

// declarations are the builtins of a scenario's top level.
var declarations = map[string]builtin{
	"scenario":  (*setup).declareScenario,
	"link":      (*setup).declareLink,
	"host":      (*setup).declareHost,
	"process":   (*setup).declareProcess,
	"drop":      fault(engine.FaultDrop),
	"delay":     fault(engine.FaultDelay),
	"duplicate": fault(engine.FaultDuplicate),
	"reorder":   fault(engine.FaultDelay),
	"cut":       (*setup).declareLinkAction,
	"heal":      (*setup).declareLinkAction,
	"kill":      (*setup).declareKill,
	"power_off": (*setup).declarePowerOff,
	"sysctl":    (*setup).declareSysctl,
	"at":        (*setup).declareAt,
	"vary":      (*setup).declareVary,
	"expect":    (*setup).declareExpect,
}

// builtins binds the declarations to this setup. They work while the top level is executed, not in programs.
func (s *setup) builtins() starlark.StringDict {
	d := starlark.StringDict{
		repeatName: starlark.NewBuiltin(repeatName, repeat),
		loopName:   starlark.NewBuiltin(loopName, loop),
		"print": starlark.NewBuiltin("print", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return nil, wrong("print() has nowhere to write: what a program does is in the run's log", "print() 没有地方可以输出：程序做了什么，都在运行日志里")
		}),
	}
	for name, f := range declarations {
		d[name] = starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if s.machine.current != nil || s.closed {
				return nil, wrong("%s() belongs to the top level of the file, not into a program", "%s() 应写在文件的顶层，不能写在程序里", b.Name())
			}
			return f(s, b, invocation{t, args, kwargs, t.CallFrame(1).Pos})
		})
	}
	return d
}

func (s *setup) declareScenario(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		title text
		link  starlark.Value
		until duration
	)
	if err := in.unpack(b, "title", &title, "link?", &link, "until?", &until); err != nil {
		return nil, err
	}
	if s.title != nil {
		return nil, wrong("scenario() is called twice", "scenario() 调用了两次")
	}
	s.title, s.until = &title.Text, until.t
	if link != nil {
		l, ok := link.(linkValue)
		if !ok {
			return nil, wrong("link should be link(delay = …), not %s", "link 应写成 link(delay = …)，而不是 %s", link.Type())
		}
		s.delay = l.delay
	}
	return starlark.None, nil
}

func (s *setup) declareLink(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	delay := duration{t: defaultDelay}
	if err := in.unpack(b, "delay?", &delay); err != nil {
		return nil, err
	}
	return linkValue{delay.t}, nil
}

var hostName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

func checkName(name string) error {
	if !hostName.MatchString(name) {
		return wrong("the name %q is not made of a-z, 0-9 and -, a letter first, at most 31", "名字 %q 只能由 a-z、0-9 和 - 组成，以字母开头，最多 31 个字符", name)
	}
	return nil
}

func (s *setup) declareHost(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		h       = &hostDef{pos: in.pos}
		program starlark.Callable
		sysctl  *starlark.Dict
	)
	err := in.unpack(b, "name", &h.Name, "program?", &program, "sysctl?", &sysctl, "profile?", &h.Profile, "addr?", &h.Addr)
	if err != nil {
		return nil, err
	}
	if err := checkName(h.Name); err != nil {
		return nil, err
	}
	switch {
	case s.host(h.Name) != nil:
		return nil, wrong("there is a host %q already", "已经有一台主机叫 %q", h.Name)
	case len(s.hosts) == maxHosts:
		return nil, wrong("a scenario has at most %d hosts", "一个场景最多 %d 台主机", maxHosts)
	case h.Profile != "" && h.Profile != "linux" && h.Profile != "rfc9293":
		return nil, wrong(`there is no profile %q: use "linux" or "rfc9293"`, `没有 %q 这种协议栈：请用 "linux" 或 "rfc9293"`, h.Profile)
	}
	if h.Profile == "" {
		h.Profile = "linux"
	}
	if h.Addr != "" {
		if _, err := engine.ParseAddr(h.Addr); err != nil {
			return nil, wrong("%q is not an IPv4 address", "%q 不是 IPv4 地址", h.Addr)
		}
	}
	if err := s.takeSysctls(h, sysctl); err != nil {
		return nil, err
	}
	s.hosts = append(s.hosts, h)
	if program == nil {
		return starlark.None, nil
	}
	return starlark.None, s.addProc(procDef{h.Name, h.Name, 0, program, in.pos})
}

// takeSysctls checks a host's settings; an error stands at the line of its name.
func (s *setup) takeSysctls(h *hostDef, sysctl *starlark.Dict) error {
	if sysctl == nil {
		return nil
	}
	h.Sysctl = map[string]int64{}
	for _, item := range sysctl.Items() {
		name, ok := starlark.AsString(item[0])
		if !ok {
			return wrong("the name of a sysctl is a string, not %s", "sysctl 的名字应当是字符串，而不是 %s", item[0].Type())
		}
		value, err := checkSysctl(name, item[1])
		if err != nil {
			err.pos = s.source.literal(name, h.pos)
			return err
		}
		h.Sysctl[name] = value
	}
	return nil
}

func checkSysctl(name string, v starlark.Value) (int64, *problem) {
	n, ok := v.(starlark.Int)
	value, fits := int64(0), false
	if ok {
		value, fits = n.Int64()
	}
	if !fits {
		return 0, wrong("the value of %s is a whole number, not %s", "%s 的值应当是整数，而不是 %s", name, v)
	}
	var refused *engine.SysctlError
	if err := engine.CheckSysctl(name, value); errors.As(err, &refused) {
		for _, known := range engine.Sysctls {
			if known.Name == name {
				return 0, wrong("%s takes %d to %d, not %d", "%s 的取值是 %d 到 %d，不能是 %d", name, known.Min, known.Max, value)
			}
		}
		return 0, wrong("there is no sysctl %q here", "这里没有名为 %q 的 sysctl", name)
	}
	return value, nil
}

func (s *setup) declareProcess(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	p := procDef{pos: in.pos}
	var start duration
	if err := in.unpack(b, "host", &p.host, "name", &p.name, "program", &p.fn, "at?", &start); err != nil {
		return nil, err
	}
	p.at = start.t
	if err := checkName(p.name); err != nil {
		return nil, err
	}
	return starlark.None, s.addProc(p)
}

func (s *setup) addProc(p procDef) error {
	switch {
	case s.host(p.host) == nil:
		return s.noHost(p.host)
	case s.hasProc(p.host, p.name):
		return wrong("the host %q has a process %q already", "主机 %q 上已经有进程 %q", p.host, p.name)
	case len(s.procs) == maxProcs:
		return wrong("a scenario has at most %d processes", "一个场景最多 %d 个进程", maxProcs)
	}
	if fn, ok := p.fn.(*starlark.Function); ok && fn.NumParams() != 1 && !fn.HasVarargs() {
		return wrong("a program takes one argument, os: def %s(os)", "程序只有一个参数 os：def %s(os)", fn.Name())
	}
	s.procs = append(s.procs, p)
	return nil
}

func (s *setup) noHost(name string) error {
	return wrong("there is no host %q above this line", "这一行之前没有名为 %q 的主机", name)
}

func (s *setup) declareVary(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		c    Choice
		list *starlark.List
	)
	if err := in.unpack(b, "name", &c.Name, "choices", &list); err != nil {
		return nil, err
	}
	for v := range list.Elements() {
		choice, ok := starlark.AsString(v)
		if !ok || choice == "" || len(choice) > maxName || slices.Contains(c.Choices, choice) {
			return nil, wrong("the choices of vary() are different strings, not %s", "vary() 的各个选项应当是互不相同的字符串，而不是 %s", v)
		}
		c.Choices = append(c.Choices, choice)
	}
	switch {
	case len(c.Choices) == 0:
		return nil, wrong("vary() needs at least one choice", "vary() 至少要有一个选项")
	case c.Name == "" || len(c.Name) > maxName:
		return nil, wrong("vary() needs a name of at most %d bytes", "vary() 需要一个不超过 %d 字节的名字", maxName)
	case slices.ContainsFunc(s.vary, func(o Choice) bool { return o.Name == c.Name }):
		return nil, wrong("%q is varied twice", "%q 变化了两次", c.Name)
	case len(s.vary) == MaxVary:
		return nil, wrong("a scenario varies at most %d things", "一个场景最多有 %d 个变化项", MaxVary)
	}
	c.Chosen = c.Choices[0]
	if chosen, ok := s.chosen[c.Name]; ok {
		if !slices.Contains(c.Choices, chosen) {
			return nil, &problem{code: CodeBadVary, text: both("%s is one of %q, not %q", "%s 只能取 %q 之一，不能是 %q", c.Name, c.Choices, chosen)}
		}
		c.Chosen = chosen
	}
	s.vary = append(s.vary, c)
	return starlark.String(c.Chosen), nil
}

func (s *setup) declareExpect(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		claim text
		check starlark.Callable
	)
	if err := in.unpack(b, "text", &claim, "check", &check); err != nil {
		return nil, err
	}
	if len(s.expected) == maxExpects {
		return nil, wrong("a scenario has at most %d expectations", "一个场景最多 %d 条预期", maxExpects)
	}
	s.expected = append(s.expected, expectation{claim.Text, check, in.pos})
	return starlark.None, nil
}

// choices gives the run's choices by name, for meta.
func (s *setup) choices() map[string]string {
	m := map[string]string{}
	for _, c := range s.vary {
		m[c.Name] = c.Chosen
	}
	return m
}
