package cprogram_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finwait/engine"
	"finwait/scenario"
	"finwait/scenario/cprogram"
)

// quiet are the calls that the trace leaves out: they have nothing to do with a socket.
var quiet = []string{"sleep", "spawn", "exit"}

// calls is what the programs of a host got from their calls, in the order in which they got it.
func calls(log *scenario.Log, host string) []string {
	var out []string
	for _, ev := range log.Events {
		if r, ok := ev.Body.(*engine.Returned); ok && r.Host == host && !slices.Contains(quiet, r.Call) {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s", r.Call, r.Ret, r.Errno)))
		}
	}
	return out
}

// TestOnTheKernel compiles the programs of whole scenarios and runs them on this machine's kernel, between two network
// namespaces: each gets from its calls what the engine gives it. The scenarios are those of which no segment is lost, late
// or of a chosen moment. The wire is faster than the scenarios' 10 ms, which none of them depends on.
func TestOnTheKernel(t *testing.T) {
	gcc(t)
	lib := library(t)
	var runs []scenario.Run
	for _, name := range []string{
		"close/four-way", "close/merged", "close/late-data", "close/linger-zero", "close/linger2", "close/unread",
		"close/simultaneous", "close/never-closed", "close/shutdown", "close/work-after-eof", "data/old-duplicate", "open/refused", "practice/close",
	} {
		runs = append(runs, choices(t, lib, name)...)
	}
	own, err := filepath.Glob("testdata/kernel/*.star")
	if err != nil || len(own) == 0 {
		t.Fatal("no scenarios in testdata/kernel: ", err)
	}
	names := map[int]string{}
	for _, file := range own {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names[len(runs)] = filepath.Base(file)
		runs = append(runs, scenario.Run{Source: string(text)})
	}
	for i, run := range runs {
		name := run.Scenario
		if name == "" {
			name = names[i]
		}
		for _, choice := range run.Vary {
			name += "," + choice
		}
		t.Run(strings.ReplaceAll(name, "/", "-"), func(t *testing.T) {
			t.Parallel()
			onTheKernel(t, lib, run)
		})
	}
}

// live is a program that runs in a namespace.
type live struct {
	host   string
	want   []string
	binary string
	trace  string
	done   chan error
	cmd    *exec.Cmd
}

func (l *live) got(t *testing.T) []string {
	text, err := os.ReadFile(l.trace)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if len(text) == 0 {
		return nil
	}
	return lines
}

// tries is how often programs run before a difference counts: on a busy machine two segments may have come where a program
// in the engine reads the first. What the kernel does otherwise it does each time.
const tries = 3

func onTheKernel(t *testing.T, lib scenario.Library, run scenario.Run) {
	programs, log := generate(t, lib, run)
	header, err := filepath.Abs("testdata/trace.h")
	if err != nil {
		t.Fatal(err)
	}
	binaries := map[string]string{}
	for _, p := range programs {
		if p.Err != nil {
			t.Fatal(p.Err)
		}
		binary, said := compile(t, p.Text, "-std=gnu17", "-O1", "-w", "-pthread", "-include", header)
		if said != "" {
			t.Fatal(said)
		}
		binaries[p.Host] = binary
	}
	for i := range tries {
		difference := ""
		t.Run(fmt.Sprintf("try-%d", i+1), func(t *testing.T) { difference = once(t, programs, binaries, log) })
		if difference == "" {
			return
		}
		t.Log(difference)
	}
	t.Error("they differ each time")
}

// once runs the programs and says in what their calls differ from the engine's.
func once(t *testing.T, programs []cprogram.Program, binaries map[string]string, log *scenario.Log) (difference string) {
	spaces := join(t, cprogram.Of(log).Hosts)
	var all []*live
	for _, p := range programs {
		all = append(all, &live{host: p.Host, want: calls(log, p.Host), binary: binaries[p.Host], trace: filepath.Join(t.TempDir(), "trace"), done: make(chan error, 1)})
	}
	for _, l := range slices.Backward(all) { // the server first: in the engine the SYN takes 10 ms to it
		l.start(t, spaces[l.host])
		if slices.Contains(l.want, "listen 0") {
			l.until(t, func() bool { return slices.Contains(l.got(t), "listen 0") })
		}
	}
	for _, l := range all {
		l.until(t, func() bool { return len(l.got(t)) >= len(l.want) })
	}
	time.Sleep(100 * time.Millisecond) // in which nothing more may come
	for _, l := range all {
		if got := l.got(t); !slices.Equal(got, l.want) {
			difference += fmt.Sprintf("%s: its calls gave on the kernel\n  %s\nand in the engine\n  %s\n", l.host, strings.Join(got, "\n  "), strings.Join(l.want, "\n  "))
		}
	}
	return difference
}

func (l *live) start(t *testing.T, at namespace) {
	t.Helper()
	l.cmd = at.command(l.binary)
	l.cmd.Env = append(os.Environ(), "TRACE="+l.trace)
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { l.done <- l.cmd.Wait() }()
	t.Cleanup(func() {
		l.cmd.Process.Kill() // it may have ended long ago
		<-l.done
	})
}

// until waits for what a program is to do; it may take a while on a busy machine.
func (l *live) until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
}
