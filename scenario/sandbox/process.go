package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// process is a child as its parent sees it.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	stderr *tail
	place  *place
}

// startWithin bounds the start of a child.
const startWithin = 10 * time.Second

// start starts a child and waits until it is ready.
func start(command []string) (*process, error) {
	place, err := newPlace()
	if err != nil {
		return nil, fmt.Errorf("start a sandbox: %w", err)
	}
	p := &process{cmd: exec.Command(command[0], command[1:]...), stderr: &tail{}, place: place}
	p.cmd.Env = environment
	p.cmd.Stderr = p.stderr
	p.cmd.ExtraFiles = place.files()
	p.in, err = p.cmd.StdinPipe()
	if err == nil {
		p.out, err = p.cmd.StdoutPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		place.close()
		return nil, fmt.Errorf("start a sandbox: %w", err)
	}
	timer := time.AfterFunc(startWithin, p.kill)
	defer timer.Stop()
	if f, err := readFrame(p.out, maxAnswer); err != nil || f.kind != frameReady {
		p.end()
		return nil, fmt.Errorf("a sandbox does not start: %v %s", err, p.stderr)
	}
	return p, nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() } // fails when it has ended already

// end kills the child, waits for it and frees what it had.
func (p *process) end() {
	p.kill()
	_ = p.cmd.Wait() // how it ended is of no interest any more
	p.place.close()
}

// outcome is what came of a job; spent says that the child can't take another.
type outcome struct {
	output []byte
	err    error
	spent  bool
}

// do sends a job and waits for its answer, at most wall.
func (p *process) do(j Job, wall time.Duration) outcome {
	p.place.set(0, 0)
	late := make(chan struct{})
	timer := time.AfterFunc(wall, func() {
		// A child may be too busy with a huge value to notice its own limit.
		if _, resident, err := memoryOf(strconv.Itoa(p.cmd.Process.Pid)); err == nil && resident > softMemory {
			p.place.blame(scenario.CodeMemory)
		}
		close(late)
		p.kill()
	})
	defer timer.Stop()
	// A child that retired after its last answer shows as a failed write or an early end.
	if err := jsonFrame(frameJob, j).write(p.in); err != nil {
		return outcome{err: errRetired, spent: true}
	}
	f, err := readFrame(p.out, maxAnswer)
	if err != nil {
		_ = p.cmd.Wait()
		stuck := p.cmd.ProcessState.ExitCode() == exitStuck
		select {
		case <-late:
			stuck = true
		default:
		}
		if stuck {
			return outcome{err: p.explain(p.place.code(), j), spent: true}
		}
		if p.stderr.has("out of memory", "cannot allocate memory", "stack exceeds", "stack overflow") {
			return outcome{err: p.explain(scenario.CodeMemory, j), spent: true}
		}
		if p.cmd.ProcessState.Success() {
			return outcome{err: errRetired, spent: true}
		}
		return outcome{err: fmt.Errorf("a sandbox broke: %v: %v: %s", err, p.cmd.ProcessState, p.stderr), spent: true}
	}
	switch f.kind {
	case frameOutput:
		return outcome{output: f.body}
	case frameRefused, frameStopped:
		refused := &scenario.Error{}
		if err := json.Unmarshal(f.body, refused); err != nil {
			return outcome{err: err, spent: true}
		}
		return outcome{err: refused, spent: f.kind == frameStopped}
	}
	return outcome{err: errors.New(string(f.body))}
}

// errRetired says that the child left before it took the job.
var errRetired = errors.New("the sandbox has retired")

// explain makes the error of a run whose child is gone: the place is the one that the child noted last.
func (p *process) explain(code string, j Job) error {
	line, col := p.place.get()
	return scenario.Stopped(code, j.Run, line, col)
}

// tail keeps the end of what a child says on its standard error.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const maxTail = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := maxTail - t.buf.Len(); room > 0 {
		t.buf.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.buf.String())
}

func (t *tail) has(any ...string) bool {
	s := t.String()
	for _, word := range any {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// parseLines reads a log that came as text.
func parseLines(b []byte) (*engine.Lines, error) {
	l := &engine.Lines{}
	for line := range bytes.Lines(b) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		var head struct {
			T      engine.Micros `json:"t"`
			SHA256 string        `json:"sha256"`
		}
		if err := json.Unmarshal(line, &head); err != nil {
			return nil, fmt.Errorf("a sandbox gave a log that can't be read: %w", err)
		}
		l.AppendRaw(line, head.T)
		l.SHA256 = head.SHA256
	}
	return l, nil
}

func self() ([]string, error) {
	exe, err := os.Executable()
	return []string{exe, "sandbox"}, err
}
