package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/scenario"
	"finwait/scenario/sandbox"
)

// child is the built child program.
var child string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "finwait-sandbox")
	if err != nil {
		panic(err)
	}
	child = filepath.Join(dir, "child")
	if out, err := exec.Command("go", "build", "-o", child, "./testdata/child").CombinedOutput(); err != nil {
		fmt.Printf("build the child: %v\n%s", err, out)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

func newPool(t *testing.T, o sandbox.Options) *sandbox.Pool {
	t.Helper()
	o.Command = []string{child}
	p, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

const good = `
scenario(title = "two hosts")

def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 1)
    c = os.accept(s)
    while os.read(c, 100):
        pass
    os.close(c)

def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.write(s, "hello")
    os.close(s)

host("server", server)
host("client", client)
`

func TestSameBytesAsInProcess(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	r := scenario.Run{Source: good, Seed: 5}
	here, err := scenario.Execute(nil, r, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		there, err := p.Execute(context.Background(), "s", r)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(here.Lines.Bytes(), there.Bytes()) || there.SHA256 != here.Lines.SHA256 || there.Len() != here.Lines.Len() {
			t.Fatal("a child gives another log")
		}
		for i := range there.Len() {
			if there.Time(i) != here.Lines.Time(i) {
				t.Fatalf("line %d has the time %d, want %d", i, there.Time(i), here.Lines.Time(i))
			}
		}
	}
	out, err := p.Do(context.Background(), "s", sandbox.Job{Run: r, Format: "title", View: sandbox.View{Host: "client"}})
	if err != nil || string(out) != "two hosts for client" {
		t.Errorf("the renderer gave %q, %v", out, err)
	}
	_, err = p.Do(context.Background(), "s", sandbox.Job{Run: r, Format: "nothing"})
	if err == nil {
		t.Error("an unknown format is taken")
	}
}

// bombs are sources that would harm a server. Each names the line that does it with a comment. Which limit stops one that
// grows step by step depends on the machine's speed.
var bombs = []struct{ name, codes, source string }{
	{"string", "scenario_memory", "x = 1\ny = \"x\" * 1000000000 # here"},
	{"string with underscores", "scenario_error", "x = \"x\" * 1_000_000_000 # here"},
	{"list", "scenario_memory", "y = [0] * 1000000000000 # here"},
	{"list of a power", "scenario_error", "y = [0]*10**12 # here"},
	{"element", "scenario_memory", "a = ['x']\nb = 1\na[0] *= 1000000000 # here"},
	{"append", "scenario_memory scenario_steps scenario_timeout", "a = []\nb = 'x' * 100000\nwhile True:\n    a.append(b + 'y') # here"},
	{"doubling", "scenario_memory scenario_timeout", "a = 'x' * 1000\nwhile True:\n    a = a + a # here"},
	{"doubling a list", "scenario_memory scenario_timeout", "a = [1] * 1000\nwhile True:\n    a.extend(a) # here"},
	{"range", "scenario_memory scenario_timeout", "a = 1\nb = list(range(1000000000)) # here\nc = 2"},
	{"sorted range", "scenario_memory scenario_timeout", "r = range(1000000000)\na = sorted(r) # here"},
	{"endless builtin", "scenario_timeout", "r = range(1000000000000)\na = 1\nb = max(r) # here"},
	{"replace", "scenario_memory scenario_timeout", "a = 'x' * 1000000\nb = a.replace('x', a) # here"},
	{"join", "scenario_memory scenario_timeout", "a = ['x' * 1000000] * 1000000\nb = ''.join(a) # here"},
	{"format", "scenario_memory scenario_timeout", "a = 'x' * 10000000\nb = '%s' * 1000 % tuple([a] * 1000) # here"},
	{"text of a deep list", "scenario_memory scenario_timeout", "a = []\nfor i in range(100000):\n    a = [a]\nb = str(a) # here"},
	{"set", "scenario_memory scenario_timeout", "a = set(range(1000000000)) # here"},
	{"comprehension", "scenario_memory scenario_steps scenario_timeout", "a = [x for x in range(1000000000)] # here"},
	{"numbers", "scenario_memory scenario_timeout", "n = 3\nwhile True:\n    n = n * n # here"},
	{"loop", "scenario_steps scenario_timeout", "n = 0\nwhile True:\n    n += 1 # here"},
	{"loop of nothing", "scenario_steps scenario_timeout", "def p(os):\n    while True: # here\n        pass\nhost('client', p)"},
	{"recursion", "scenario_error", "def f(n):\n    return f(n + 1) # here\nf(1)"},
	{"deep brackets", "scenario_error", strings.Repeat("(", 60000) + " # here"},
	{"deep minus", "scenario_error scenario_memory", "a = " + strings.Repeat("-", 60000) + "1 # here"},
	{"in a program", "scenario_memory scenario_timeout", "def p(os):\n    os.sleep('1s')\n    a = list(range(1000000000)) # here\nhost('client', p)"},
	{"in an expectation", "scenario_memory scenario_timeout", "host('client')\nexpect('x',\n    lambda log: len(list(range(1000000000))) > 0) # here"},
	{"calls", "scenario_events scenario_timeout", "def p(os):\n    while True:\n        os.sleep(1) # here\nhost('client', p)"},
	{"threads", "scenario_error scenario_events scenario_timeout", "def q(os):\n    os.sleep('1h')\ndef p(os):\n    while True:\n        os.spawn(q) # here\nhost('client', p)"},
	{"writes", "scenario_events scenario_timeout", "def p(os):\n    s = os.socket()\n    os.bind(s, 80)\n    os.listen(s, 9)\n    c = os.accept(s)\n    os.sleep('1h')\ndef q(os):\n    s = os.socket()\n    os.connect(s, 'server', 80)\n    os.fcntl(s, 'O_NONBLOCK')\n    a = 'x' * 1000000\n    while True:\n        os.write(s, a) # here\nhost('server', p)\nhost('client', q)"},
}

func TestBombsGetAnErrorWithTheirLine(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	for _, b := range bombs {
		t.Run(b.name, func(t *testing.T) {
			began := time.Now()
			_, err := p.Execute(context.Background(), "s", scenario.Run{Source: b.source})
			took := time.Since(began)
			var e *scenario.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *scenario.Error", err)
			}
			t.Logf("%v after %v", e, took.Round(time.Millisecond))
			if !strings.Contains(" "+b.codes+" ", " "+e.Code+" ") {
				t.Errorf("code %s, want %s", e.Code, b.codes)
			}
			lines := strings.Split(b.source, "\n")
			if e.Line < 1 || e.Line > len(lines) || !strings.HasSuffix(lines[e.Line-1], "# here") {
				t.Errorf("the error is at line %d: %.80s", e.Line, e.Text)
			}
			if e.Message.En == "" || e.Message.Zh == "" {
				t.Error("a language is missing")
			}
		})
	}
	if _, err := p.Execute(context.Background(), "s", scenario.Run{Source: good}); err != nil {
		t.Errorf("afterwards a good run fails: %v", err)
	}
}

// TestNeighboursAreUnharmed keeps one session throwing bombs, many at once, while another one runs.
func TestNeighboursAreUnharmed(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	stop := make(chan struct{})
	var bad sync.WaitGroup
	for i := range 6 {
		bad.Add(1)
		go func() {
			defer bad.Done()
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
					p.Execute(context.Background(), "bad", scenario.Run{Source: bombs[n%len(bombs)].source})
				}
			}
		}()
	}
	var worst time.Duration
	runs := 0
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); runs++ {
		began := time.Now()
		if _, err := p.Execute(context.Background(), "good", scenario.Run{Source: good, Seed: int64(runs)}); err != nil {
			t.Fatal(err)
		}
		worst = max(worst, time.Since(began))
	}
	close(stop)
	bad.Wait()
	t.Logf("the neighbour's slowest of %d runs took %v", runs, worst.Round(time.Millisecond))
	if runs < 2 {
		t.Errorf("the neighbour came to %d runs", runs)
	}
}

func TestTheQueueIsBounded(t *testing.T) {
	p := newPool(t, sandbox.Options{Size: 2, PerSession: 2, Waiting: 3})
	slow := scenario.Run{Source: "a = max(range(1000000000000))"}
	var wg sync.WaitGroup
	codes := make(chan string, 16)
	run := func(session string) { // and waits until it runs, waits or is refused
		wg.Add(1)
		before, refused := p.Load(), make(chan struct{})
		go func() {
			defer wg.Done()
			defer close(refused)
			_, err := p.Execute(context.Background(), session, slow)
			var e *scenario.Error
			errors.As(err, &e)
			codes <- session + " " + e.Code
		}()
		for p.Load() == before {
			select {
			case <-refused:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}
	for range 4 {
		run("one") // one runs, two wait, one is too many
	}
	run("two")   // runs: a session never has all children
	run("two")   // waits
	run("three") // too many in all
	wg.Wait()
	close(codes)
	count := map[string]int{}
	for c := range codes {
		count[c]++
	}
	want := map[string]int{"one scenario_timeout": 3, "one scenario_busy": 1, "two scenario_timeout": 2, "three scenario_busy": 1}
	for k, n := range want {
		if count[k] != n {
			t.Errorf("%s: %d times, want %d (%v)", k, count[k], n, count)
		}
	}
}

func TestALeaverFreesItsPlace(t *testing.T) {
	p := newPool(t, sandbox.Options{Size: 2, PerSession: 1})
	slow := scenario.Run{Source: "a = max(range(1000000000000))"}
	go p.Execute(context.Background(), "s", slow)
	for p.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Execute(ctx, "s", slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want that the caller left", err)
	}
	if _, err := p.Execute(context.Background(), "s", scenario.Run{Source: good}); err != nil {
		t.Errorf("the place of one that left is not free: %v", err)
	}
}

func TestClosedPool(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	if _, err := p.Execute(context.Background(), "s", scenario.Run{Source: good}); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if _, err := p.Execute(context.Background(), "s", scenario.Run{Source: good}); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAChildThatDoesNotStart(t *testing.T) {
	for _, command := range [][]string{{"/nonexistent"}, {"/bin/true"}} {
		p, err := sandbox.New(sandbox.Options{Command: command})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Execute(context.Background(), "s", scenario.Run{Source: good})
		var e *scenario.Error
		if err == nil || errors.As(err, &e) {
			t.Errorf("%v: got %v, want an error that is not the learner's", command, err)
		}
		p.Close()
	}
}
