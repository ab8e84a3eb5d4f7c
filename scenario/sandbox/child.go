package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"finwait/scenario"
)

// The limits of a child. The soft ones stop a run at its next Starlark instruction; the hard ones end the process: memory
// by setrlimit, time by the parent (Options.Wall) and by setrlimit.
const (
	softTime   = 600 * time.Millisecond
	softMemory = 160 << 20 // bytes of live and unswept heap
	hardMemory = 512 << 20 // bytes of address space beyond what a fresh process has
	maxStack   = 64 << 20  // bytes of one goroutine's stack
	maxCPU     = 60        // seconds in the life of a child
	retireCPU  = 30        // seconds after which it is replaced
	watchEvery = 4 * time.Millisecond
	grace      = 100 * time.Millisecond // for the present instruction after a soft limit
)

// exitStuck is the status of a child that gave up on a run.
const exitStuck = 3

// environment is what a child is started with: nothing of its parent's, and a heap that collects hard near its limit.
var environment = []string{"GOMEMLIMIT=128MiB", "GOMAXPROCS=2", "GOTRACEBACK=none"}

// Serve is a child's life: it limits the process that calls it for good, then executes jobs from in until in ends or the
// child is used up.
func Serve(in io.Reader, out io.Writer, renderers map[string]Renderer) error {
	debug.SetMaxStack(maxStack)
	if err := limitProcess(); err != nil {
		return fmt.Errorf("limit this process: %w", err)
	}
	c := &child{renderers: renderers, place: openPlace()}
	if err := (frame{kind: frameReady}).write(out); err != nil {
		return err
	}
	for {
		f, err := readFrame(in, maxJob)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var j Job
		if err := json.Unmarshal(f.body, &j); f.kind != frameJob || err != nil {
			return fmt.Errorf("a frame %q is not a job: %v", f.kind, err)
		}
		answer := c.do(j)
		if err := answer.write(out); err != nil {
			return err
		}
		if c.stop.Load() != nil || cpuSeconds() > retireCPU {
			return nil
		}
	}
}

type child struct {
	renderers map[string]Renderer
	place     *place
	stop      atomic.Pointer[string] // the code that ends the run
}

func (c *child) do(j Job) frame {
	render, ok := c.renderers[j.Format]
	if !ok && j.Format != "" {
		return frame{frameFailed, fmt.Appendf(nil, "no renderer %q", j.Format)}
	}
	done := make(chan struct{})
	go c.watch(done)
	defer close(done)
	limits := scenario.Limits{Until: j.Until, OnStep: c.step}
	if j.Check {
		outline, err := scenario.Check(j.Run, limits)
		if err != nil {
			return c.failure(err)
		}
		return jsonFrame(frameOutput, outline)
	}
	log, err := scenario.Execute(nil, j.Run, limits)
	if err != nil {
		return c.failure(err)
	}
	if render == nil {
		return frame{frameOutput, log.Lines.Bytes()}
	}
	b, err := render(log, j.View)
	if err != nil {
		return c.failure(err)
	}
	return frame{frameOutput, b}
}

// failure is the answer for a run that did not come about.
func (c *child) failure(err error) frame {
	var refused *scenario.Error
	switch {
	case errors.As(err, &refused) && c.stop.Load() != nil:
		return jsonFrame(frameStopped, refused)
	case errors.As(err, &refused):
		return jsonFrame(frameRefused, refused)
	}
	return frame{frameFailed, []byte(err.Error())}
}

// step is called before each Starlark instruction.
func (c *child) step(line, col int) string {
	c.place.set(line, col)
	if code := c.stop.Load(); code != nil {
		return *code
	}
	return ""
}

// watch stops the run when a soft limit is passed, and the process where its present instruction does not end.
func (c *child) watch(done <-chan struct{}) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	over := time.After(softTime)
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	code := ""
	for code == "" {
		select {
		case <-done:
			return
		case <-over:
			code = scenario.CodeTimeout
		case <-tick.C:
			if metrics.Read(heap); heap[0].Value.Uint64() > softMemory {
				code = scenario.CodeMemory
			}
		}
	}
	c.place.blame(code)
	c.stop.Store(&code)
	select {
	case <-done:
	case <-time.After(grace):
		os.Exit(exitStuck)
	}
}
