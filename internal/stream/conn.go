package stream

import (
	"context"
	"errors"
	"io"
	"sync"
)

const (
	maxReplies = 32       // replies that wait to be written; a client that does not read them is not read either
	maxDiscard = 16 << 20 // bytes of one frame that are read over, to answer that it is too long
)

// ErrFlood says that a client sent a frame so long that the connection should be dropped.
var ErrFlood = errors.New("stream: a frame of more than 16 MiB")

// Conn is one connection's end of the protocol. Whoever owns the socket hands it the client's frames with Receive, in one
// goroutine, and writes what Next gives, in one other: it asks until there is nothing, then waits for Ready. Events are
// put into frames as they are asked for, so a slow reader costs no memory.
type Conn struct {
	server  *Server
	session string
	lang    string
	attempt FindAttempt
	ctx     context.Context
	cancel  context.CancelFunc
	ready   chan struct{} // holds one signal

	mu      sync.Mutex
	changed sync.Cond // a reply was taken, a stream or an open has ended, or the connection is closed
	closed  bool
	opening int     // opens whose goroutine still runs, those of closed streams too
	streams []*live // in the order of their opening
	turn    int     // whose turn it is to send events
	replies [][]byte
	frame   []byte // the last events frame, its memory used again
}

// live is an open stream.
type live struct {
	name   string
	credit int
	cancel context.CancelFunc
	run    *opened // nil while it is being computed
}

// NewConn begins a connection. Session is charged for what it has computed; lang, "en" or "zh", is the language of error
// messages. Ending ctx ends the connection as Close does.
func (s *Server) NewConn(ctx context.Context, session, lang string) *Conn {
	c := &Conn{server: s, session: session, lang: lang, ready: make(chan struct{}, 1)}
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.changed.L = &c.mu
	context.AfterFunc(c.ctx, c.shut)
	return c
}

// Attempts lets streams be opened by attempt, before the first Receive. Without it there are none.
func (c *Conn) Attempts(find FindAttempt) { c.attempt = find }

// Close ends all streams and returns when nothing of the connection runs any more.
func (c *Conn) Close() {
	c.cancel()
	c.shut()
	c.awaitOpens()
}

// awaitOpens waits until no goroutine of an open runs.
func (c *Conn) awaitOpens() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.opening > 0 {
		c.changed.Wait()
	}
}

func (c *Conn) shut() {
	c.mu.Lock()
	c.closed = true
	c.streams = nil
	c.mu.Unlock()
	c.changed.Broadcast()
	c.wake()
}

// Receive takes one frame of the client; text is false for a binary one. What is wrong with it is answered with an error
// frame. It waits while too many replies are unread. The connection is to be dropped where it returns an error: r's, ErrFlood,
// or context.Canceled after Close.
func (c *Conn) Receive(text bool, r io.Reader) error {
	frame, err := io.ReadAll(io.LimitReader(r, MaxClientFrame+1))
	if err != nil {
		return err
	}
	if len(frame) > MaxClientFrame {
		n, err := io.Copy(io.Discard, io.LimitReader(r, maxDiscard))
		if err != nil {
			return err
		}
		if n == maxDiscard {
			return ErrFlood
		}
		return c.refuse("", refuse(CodeFrameTooLarge, "a frame has at most %d bytes", "一帧最多 %d 字节", MaxClientFrame))
	}
	if !text {
		return c.refuse("", badFrame())
	}
	op, name, bad := Decode(frame)
	if bad != nil {
		return c.refuse(name, bad)
	}
	switch op := op.(type) {
	case *Open:
		return c.open(op)
	case *Credit:
		c.credit(op)
	case *Close:
		c.close(op)
	}
	return nil
}

// open reserves a stream and computes its run beside what else the connection does.
func (c *Conn) open(o *Open) error {
	c.mu.Lock()
	var bad error
	switch {
	case c.closed:
		bad = context.Canceled
	case c.find(o.Stream) != nil:
		bad = refuse(CodeStreamInUse, "the stream %q is open", "流 %q 已经打开", o.Stream)
	case len(c.streams) == MaxStreams || c.opening == MaxStreams:
		bad = refuse(CodeTooManyStreams, "a connection has at most %d streams", "一个连接最多打开 %d 个流", MaxStreams)
	}
	if bad != nil {
		c.mu.Unlock()
		return c.refuse(o.Stream, bad)
	}
	ctx, cancel := context.WithCancel(c.ctx)
	l := &live{name: o.Stream, credit: min(o.Credit, MaxCredit), cancel: cancel}
	c.streams = append(c.streams, l)
	c.opening++
	c.mu.Unlock()
	go func() {
		defer cancel()
		run, err := c.server.open(ctx, c.session, c.attempt, o)
		var reply []byte
		if ctx.Err() == nil { // else the stream or the connection is closed
			reply = c.openReply(l.name, run, err)
		}
		c.finishOpen(l, run, reply)
	}()
	return nil
}

func (c *Conn) openReply(stream string, run *opened, err error) []byte {
	if err != nil {
		return encode(c.failure(stream, err))
	}
	return encode(&Opened{Op: opOpened, Stream: stream, Token: run.token, Engine: run.engine, ForkSeq: run.forkSeq})
}

// finishOpen queues the reply to an open, unless nobody waits for it any more. run is nil where the open is refused.
func (c *Conn) finishOpen(l *live, run *opened, reply []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	gone := func() bool { return c.find(l.name) != l }
	c.awaitRoom(gone)
	c.opening--
	c.changed.Broadcast()
	if reply == nil || gone() {
		return
	}
	c.replies = append(c.replies, reply)
	if l.run = run; run == nil {
		c.remove(l)
	}
	c.wake()
}

// credit lets a stream send more. A stream that is not open any more may have ended while this was under way.
func (c *Conn) credit(o *Credit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.find(o.Stream); l != nil {
		l.credit += min(o.N, MaxCredit-l.credit)
		c.wake()
	}
}

func (c *Conn) close(o *Close) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.find(o.Stream); l != nil {
		l.cancel()
		c.remove(l)
	}
}

// refuse answers a frame with an error.
func (c *Conn) refuse(stream string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	reply := encode(c.failure(stream, err))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaitRoom(func() bool { return false })
	if c.closed {
		return context.Canceled
	}
	c.replies = append(c.replies, reply)
	c.wake()
	return nil
}

// awaitRoom waits until a reply can be queued, or needs not be. The lock is held.
func (c *Conn) awaitRoom(moot func() bool) {
	for len(c.replies) >= maxReplies && !c.closed && !moot() {
		c.changed.Wait()
	}
}

// find gives the open stream of that name. The lock is held.
func (c *Conn) find(name string) *live {
	for _, l := range c.streams {
		if l.name == name {
			return l
		}
	}
	return nil
}

// remove takes a stream away. The lock is held.
func (c *Conn) remove(l *live) {
	for i := range c.streams {
		if c.streams[i] == l {
			c.streams = append(c.streams[:i:i], c.streams[i+1:]...)
			if c.turn > i {
				c.turn--
			}
			break
		}
	}
	c.changed.Broadcast()
}

// wake tells the writer that Next may have something.
func (c *Conn) wake() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}
