package scenario

import (
	"errors"

	"go.starlark.net/starlark"

	"finwait/engine"
)

// machine runs the Starlark of one run: its threads share one budget of steps and one place for what went wrong.
type machine struct {
	source  *source
	limits  Limits
	steps   uint64 // left
	current *coroutine
	all     []*coroutine
	failed  error             // the first error of a program
	hosts   map[string]string // addresses by name, for connect()
}

var stopReasons = map[string]engine.Text{
	CodeSteps:   both("the program is still computing after %d steps: is there an endless loop?", "程序算了 %d 步还没有结束：是不是有死循环？", MaxSteps),
	CodeMemory:  both("the program needs too much memory", "程序用的内存太多"),
	CodeTimeout: both("the program takes too long", "程序运行的时间太长"),
}

// thread makes a Starlark thread that is bound to the budget. Between instructions the limits' OnStep may stop it.
func (m *machine) thread(name string) *starlark.Thread {
	t := &starlark.Thread{Name: name}
	t.Print = func(*starlark.Thread, string) {} // print is not in the language of scenarios
	return t
}

// spend lets a thread run inside f with what is left of the budget.
func (m *machine) spend(t *starlark.Thread, f func() error) error {
	start, end := t.Steps, t.Steps+m.steps
	t.SetMaxExecutionSteps(end)
	onStep := m.limits.OnStep
	if onStep != nil {
		t.SetMaxExecutionSteps(1) // so that OnMaxSteps is called before each instruction
	}
	t.OnMaxSteps = func(t *starlark.Thread) {
		if t.Steps >= end && (placed(t) || t.Steps >= end+searchSteps) {
			t.Cancel(CodeSteps)
		}
		if onStep == nil {
			return
		}
		pos := t.CallFrame(0).Pos
		if code := onStep(int(pos.Line), int(pos.Col)); code != "" {
			t.Cancel(code)
		}
	}
	err := f()
	m.steps -= min(t.Steps-start, m.steps)
	return m.stopped(err)
}

// searchSteps is how long a computation may go on over its budget until it stands where the interpreter knows the line:
// it notes places at calls and operators, not at jumps. See markLoop.
const searchSteps = 200

// placed says that the present place is more than the start of the function.
func placed(t *starlark.Thread) bool {
	fn, ok := t.DebugFrame(0).Callable().(*starlark.Function)
	return !ok || t.CallFrame(0).Pos != fn.Position()
}

// stopped gives a cancelled computation the code and the words of its reason.
func (m *machine) stopped(err error) error {
	var eval *starlark.EvalError
	if !errors.As(err, &eval) {
		return err
	}
	for code, text := range stopReasons {
		if eval.Msg == "Starlark computation cancelled: "+code {
			return &problem{code: code, text: text, pos: innermost(eval.CallStack)}
		}
	}
	return err
}

// stop ends every program that is still there. No goroutine is left after it.
func (m *machine) stop() {
	for _, c := range m.all {
		c.Stop()
	}
}
