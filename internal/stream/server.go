package stream

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

// Options sets up a Server.
type Options struct {
	// Library finds the scenarios that runs name.
	Library scenario.Library
	// Execute computes a run to its end. The run is resolved: it names its digest and engine version. The session is the
	// one that asked first. Nothing of it may go on after it returned; it returns soon after ctx ends.
	Execute func(ctx context.Context, session string, r scenario.Run) (*engine.Lines, error)

	CacheBytes int           // of encoded runs kept; 0 is 64 MiB
	Burst      int           // runs that a session may have computed at once; 0 is 1200, for a class behind one address
	Interval   time.Duration // in which it earns one more; 0 is 5 ms
	SourceCost int           // how many of the library's runs one of a visitor's own source counts for; 0 is 20
	Parallel   int           // runs of the library's scenarios that are computed at a time; 0 is one a core

	// Now is the clock of the charges; nil is time.Now.
	Now func() time.Time
	// Report takes a fault of the server's and gives the id by which its log knows it; nil forgets it.
	Report func(error) (id string)
}

// Server computes runs and keeps their logs. It is safe for concurrent use.
type Server struct {
	opts  Options
	slots chan struct{} // one for each of Parallel

	mu      sync.Mutex
	cache   *lru[string, *engine.Lines] // by token
	flights map[string]*flight          // by token
	budget  *budget
	stats   Stats
}

// Stats counts since the start; Bytes and Runs are what the cache holds now.
type Stats struct {
	Hits, Misses, Refused int64
	Bytes, Runs           int
}

// flight is a computation under way, for all who wait for it.
type flight struct {
	done    chan struct{} // closed when lines and err are set
	lines   *engine.Lines
	err     error
	waiting int
	cancel  context.CancelFunc
}

// NewServer makes a Server.
func NewServer(o Options) *Server {
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	if o.Burst == 0 {
		o.Burst = 1200
	}
	if o.Interval == 0 {
		o.Interval = 5 * time.Millisecond
	}
	if o.SourceCost == 0 {
		o.SourceCost = 20
	}
	if o.Parallel == 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Server{
		opts:    o,
		slots:   make(chan struct{}, o.Parallel),
		cache:   newLRU[string, *engine.Lines](o.CacheBytes),
		flights: map[string]*flight{},
		budget:  newBudget(o.Burst, o.Interval),
	}
}

// Log gives the log of a run and its token: from the cache, or computed, once for all who ask at the same time. A
// computation is charged to the session that asked first; "" is the server itself and is not charged. Errors are a
// *scenario.Error, a *RetryError around one, ctx's, or a fault of the server's. The lines must not be changed.
func (s *Server) Log(ctx context.Context, session string, r scenario.Run) (lines *engine.Lines, token string, err error) {
	r, err = scenario.Resolve(s.opts.Library, r)
	if err != nil {
		return nil, "", err
	}
	token = r.Token()
	if token == "" {
		return nil, "", scenario.TokenTooLong()
	}
	lines, err = s.log(ctx, session, token, r)
	return lines, token, err
}

func (s *Server) log(ctx context.Context, session, token string, r scenario.Run) (*engine.Lines, error) {
	s.mu.Lock()
	if lines, ok := s.cache.get(token); ok {
		s.stats.Hits++
		s.mu.Unlock()
		return lines, nil
	}
	f, ok := s.flights[token]
	if !ok {
		if wait, ok := s.charge(session, r); !ok {
			s.mu.Unlock()
			return nil, tooManyRuns(wait)
		}
		f = s.start(ctx, session, token, r)
	}
	f.waiting++
	s.mu.Unlock()

	select {
	case <-f.done:
		return f.lines, f.err
	case <-ctx.Done():
		s.leave(token, f)
		return nil, ctx.Err()
	}
}

// Charge takes the computation of a run off what a session may have, for one that is made elsewhere. The error is a
// *RetryError.
func (s *Server) Charge(session string, r scenario.Run) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait, ok := s.charge(session, r); !ok {
		return tooManyRuns(wait)
	}
	return nil
}

// charge takes the computation of a run off what the session may have. The lock is held.
func (s *Server) charge(session string, r scenario.Run) (wait time.Duration, ok bool) {
	if session == "" {
		return 0, true
	}
	cost := 1
	if r.Source != "" {
		cost = s.opts.SourceCost
	}
	wait, ok = s.budget.charge(session, cost, s.opts.Now())
	if !ok {
		s.stats.Refused++
	}
	return wait, ok
}

// start begins a computation that goes on while anybody waits for it. The lock is held.
func (s *Server) start(ctx context.Context, session, token string, r scenario.Run) *flight {
	s.stats.Misses++
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel}
	s.flights[token] = f
	go func() {
		defer cancel()
		f.lines, f.err = s.execute(ctx, session, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		if f.err == nil {
			s.cache.put(token, f.lines, cost(token, f.lines))
		}
		if s.flights[token] == f {
			delete(s.flights, token)
		}
		close(f.done)
	}()
	return f
}

// leave takes one who waited away; the last one ends the computation, which nobody joins any more.
func (s *Server) leave(token string, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiting--; f.waiting == 0 && s.flights[token] == f {
		f.cancel()
		delete(s.flights, token)
	}
}

// execute computes a run and turns a panic into an error, so that one run's fault is not everybody's. Sources of visitors
// wait in a queue of their own, outside of this process; they take no slot here.
func (s *Server) execute(ctx context.Context, session string, r scenario.Run) (lines *engine.Lines, err error) {
	if r.Source == "" {
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() {
		if p := recover(); p != nil {
			lines, err = nil, panicked("run "+r.Token(), p)
		}
	}()
	lines, err = s.opts.Execute(ctx, session, r)
	if err == nil && lines.Len() == 0 {
		return nil, fmt.Errorf("run %s has an empty log", r.Token())
	}
	return lines, err
}

// panicked makes an error of a panic, for the log.
func panicked(what string, p any) error {
	return fmt.Errorf("%s panicked: %v\n%s", what, p, debug.Stack())
}

// cost is what a log takes in memory, about: its bytes, two numbers a line, and its place in the cache.
func cost(token string, lines *engine.Lines) int {
	return len(lines.Bytes()) + 16*lines.Len() + len(token) + 256
}

// Stats counts what the server did.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Bytes, st.Runs = s.cache.cost, len(s.cache.entries)
	return st
}

// report hands a fault of the server's to whoever logs it.
func (s *Server) report(err error) string {
	if s.opts.Report == nil {
		return ""
	}
	return s.opts.Report(err)
}
