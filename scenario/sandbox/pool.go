package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// Options sets up a Pool; zero values are the defaults.
type Options struct {
	Command    []string      // of a child; by default this binary with the argument "sandbox"
	Size       int           // children; by default one a core, and at least two so that one bad run holds up nobody
	Wall       time.Duration // a run's real time before its child is killed; by default 850 ms
	Waiting    int           // runs that may wait in all; by default 256
	PerSession int           // runs of one session that may wait; by default 16
}

// Pool executes jobs in children that it starts when they are first needed and replaces when they are spent.
type Pool struct {
	options Options
	mu      sync.Mutex
	queue   queue
	running int        // jobs under way
	idle    []*process // children without a job
	closed  bool
	workers sync.WaitGroup
}

// New makes a pool. It starts no child yet.
func New(o Options) (*Pool, error) {
	if o.Command == nil {
		var err error
		if o.Command, err = self(); err != nil {
			return nil, err
		}
	}
	if o.Size == 0 {
		o.Size = max(2, runtime.NumCPU())
	}
	if o.Wall == 0 {
		o.Wall = 850 * time.Millisecond
	}
	if o.Waiting == 0 {
		o.Waiting = 256
	}
	if o.PerSession == 0 {
		o.PerSession = 16
	}
	return &Pool{options: o}, nil
}

// ErrClosed is the error of a pool that was closed.
var ErrClosed = errors.New("the sandbox is closed")

// Execute computes a run with its own source. Errors are of type *scenario.Error where the run is to blame, or where too
// many runs wait.
func (p *Pool) Execute(ctx context.Context, session string, r scenario.Run) (*engine.Lines, error) {
	b, err := p.Do(ctx, session, Job{Run: r})
	if err != nil {
		return nil, err
	}
	return parseLines(b)
}

// Check reads a source without running its programs. Errors are as Execute's.
func (p *Pool) Check(ctx context.Context, session string, r scenario.Run) (*scenario.Outline, error) {
	b, err := p.Do(ctx, session, Job{Run: r, Check: true})
	if err != nil {
		return nil, err
	}
	o := &scenario.Outline{}
	return o, json.Unmarshal(b, o)
}

// Do does a job for a session and gives what its format asks for.
func (p *Pool) Do(ctx context.Context, session string, j Job) ([]byte, error) {
	if err := j.Run.Validate(); err != nil {
		return nil, err
	}
	t, err := p.enqueue(session, j)
	if err != nil {
		return nil, err
	}
	select {
	case o := <-t.done:
		return o.output, o.err
	case <-ctx.Done():
		p.mu.Lock()
		p.queue.leave(t) // one that is under way ends by itself, soon
		p.mu.Unlock()
		return nil, ctx.Err()
	}
}

func (p *Pool) enqueue(session string, j Job) (*ticket, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	if p.queue.waiting >= p.options.Waiting || len(p.queue.of(session).tickets) >= p.options.PerSession {
		p.queue.tidy(p.queue.of(session))
		return nil, scenario.Busy()
	}
	t := p.queue.push(session, j)
	p.dispatch()
	return t, nil
}

// dispatch gives free children to those who wait. One session never has them all. p.mu is held.
func (p *Pool) dispatch() {
	for p.running < p.options.Size && !p.closed {
		t := p.queue.pop(max(1, p.options.Size-1))
		if t == nil {
			return
		}
		p.running++
		p.workers.Add(1)
		go p.work(t)
	}
}

// work does one job and passes its child on.
func (p *Pool) work(t *ticket) {
	defer p.workers.Done()
	var child *process
	var o outcome
	// A child may have retired after its last job; a fresh one has not.
	for try := 0; try < 2; try++ {
		var err error
		if child, err = p.child(try > 0); err != nil {
			o = outcome{err: err}
			break
		}
		if o = child.do(t.job, p.options.Wall); !o.spent {
			break
		}
		child.end()
		child = nil
		if !errors.Is(o.err, errRetired) {
			break
		}
	}
	t.done <- o
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.queue.finish(t)
	if child != nil && p.closed {
		go child.end()
	} else if child != nil {
		p.idle = append(p.idle, child)
	}
	p.dispatch()
}

// child gives an idle child or a new one.
func (p *Pool) child(fresh bool) (*process, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 && !fresh {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	return start(p.options.Command)
}

// Close refuses new jobs and those that wait, lets those under way end, and ends the children.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.queue.sessions {
		for _, t := range l.tickets {
			t.done <- outcome{err: ErrClosed}
		}
		l.tickets = nil
	}
	p.queue.waiting = 0
	p.mu.Unlock()
	p.workers.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.end()
	}
	p.idle = nil
}
