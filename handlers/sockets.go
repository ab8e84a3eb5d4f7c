package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/stream"

	"github.com/gorilla/websocket"
)

// Bounds of WebSockets. A variable is one that tests shorten.
const (
	maxSockets        = 10_000 // open at a time
	maxSocketsSession = 500    // of one session: a lecture hall may have one address
)

var (
	writeWithin = 10 * time.Second // for one frame; a client that takes longer does not read, and is dropped
	readWithin  = 75 * time.Second // between two signs of life
	pingEvery   = 25 * time.Second
	closeWithin = time.Second // for the other side's answer to a close
)

var (
	errUpgrade = &Error{
		Status: http.StatusUpgradeRequired, Code: "upgrade_required",
		Text: engine.Text{En: "This address is a WebSocket.", Zh: "这个地址是 WebSocket。"},
	}
	errSubprotocol = &Error{
		Status: http.StatusBadRequest, Code: "bad_subprotocol",
		Text: engine.Text{En: "A WebSocket here speaks the subprotocol finwait.v1.", Zh: "这里的 WebSocket 使用子协议 finwait.v1。"},
	}
	errTooManySockets = &Error{
		Status: http.StatusServiceUnavailable, Code: "too_many_connections",
		Text: engine.Text{En: "Too many connections are open. The run can be fetched as a file.", Zh: "打开的连接太多了。可以用文件的方式取得这次运行。"},
	}
)

// sockets are the open WebSockets. Their goroutines only move frames between the network and a stream.Conn.
type sockets struct {
	handler  *Handler
	upgrader websocket.Upgrader
	leave    context.Context // done when the service shuts down
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu        sync.Mutex
	open      int
	bySession map[string]int
}

func newSockets(h *Handler) *sockets {
	s := &sockets{handler: h, bySession: map[string]int{}}
	s.leave, s.stop = context.WithCancel(context.Background())
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout:  writeWithin,
		ReadBufferSize:    4 << 10,
		WriteBufferPool:   &sync.Pool{},
		WriteBufferSize:   16 << 10,
		Subprotocols:      []string{stream.Subprotocol},
		CheckOrigin:       func(*http.Request) bool { return true }, // serve has checked it
		EnableCompression: true,
	}
	return s
}

// serve upgrades a request and returns; two goroutines keep the connection.
func (s *sockets) serve(w http.ResponseWriter, r *http.Request) error {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket")
		return errUpgrade
	case !s.handler.ownOrigin(r):
		return errForeign
	case !slices.Contains(websocket.Subprotocols(r), stream.Subprotocol):
		return errSubprotocol
	}
	session := s.handler.session(r)
	if !s.enter(session) {
		return errTooManySockets
	}
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered
		s.exit(session)
		s.handler.Log.Debug("upgrade failed", "id", requestID(r), "error", err)
		return nil
	}
	lang := content.Lang(r.URL.Query().Get("lang"))
	if !lang.Valid() {
		lang = preferred(r)
	}
	k := &socket{
		owner: s, ws: conn, id: requestID(r), done: make(chan struct{}),
		conn: s.handler.Runs.NewConn(context.Background(), session, string(lang)),
	}
	k.conn.Attempts(s.handler.attemptsOf(learnerID(r)))
	go func() {
		defer s.exit(session)
		k.keep(s.leave)
	}()
	return nil
}

// ownOrigin tells whether a page of ours made the request. A client that is no browser sends no Origin.
func (h *Handler) ownOrigin(r *http.Request) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return true
	}
	u, err := url.Parse(values[0])
	if err != nil || len(values) > 1 || u.Host == "" {
		return false
	}
	return strings.EqualFold(u.Host, r.Host) || u.Scheme+"://"+strings.ToLower(u.Host) == h.origin(r)
}

// enter counts a connection in, unless there are too many or the service is leaving.
func (s *sockets) enter(session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leave.Err() != nil || s.open >= maxSockets || s.bySession[session] >= maxSocketsSession {
		return false
	}
	s.open++
	s.bySession[session]++
	s.running.Add(1)
	s.handler.metrics.sockets.Inc()
	return true
}

func (s *sockets) exit(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.bySession[session]--; s.bySession[session] == 0 {
		delete(s.bySession, session)
	}
	s.running.Done()
	s.handler.metrics.sockets.Dec()
}

// shutdown closes all connections and waits for their end.
func (s *sockets) shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		s.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// socket is one connection.
type socket struct {
	owner *sockets
	ws    *websocket.Conn
	conn  *stream.Conn
	id    string
	done  chan struct{} // closed when nothing is read any more
}

// keep serves the connection to its end. This goroutine alone writes.
func (k *socket) keep(leave context.Context) {
	defer k.conn.Close()
	defer k.ws.Close()
	defer k.recovered()
	go k.read()
	reason := k.write(leave)
	k.owner.handler.metrics.closed.WithLabelValues(reason).Inc()
	k.owner.handler.Log.Debug("websocket closed", "id", k.id, "reason", reason)
	_ = k.ws.SetReadDeadline(time.Now().Add(closeWithin))
	select {
	case <-k.done:
	case <-time.After(closeWithin):
	}
}

// read hands the client's frames to the stream until one of them or the connection fails.
func (k *socket) read() {
	defer close(k.done)
	defer k.recovered()
	alive := func(string) error { return k.ws.SetReadDeadline(time.Now().Add(readWithin)) }
	k.ws.SetPongHandler(alive)
	for alive("") == nil {
		kind, r, err := k.ws.NextReader()
		if err != nil {
			return
		}
		k.owner.handler.metrics.frames.WithLabelValues("in").Inc()
		if err := k.conn.Receive(kind == websocket.TextMessage, r); err != nil {
			return
		}
	}
}

// write sends what the stream has and a ping now and then. It returns why the connection ends.
func (k *socket) write(leave context.Context) (reason string) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		for frame, ok := k.conn.Next(); ok; frame, ok = k.conn.Next() {
			if err := k.send(frame); err != nil {
				return lost(err)
			}
			if leave.Err() != nil {
				break
			}
		}
		select {
		case <-k.conn.Ready():
		case <-ping.C:
			if err := k.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)); err != nil {
				return lost(err)
			}
		case <-leave.Done():
			k.goodbye(websocket.CloseGoingAway, "the service restarts")
			return "shutdown"
		case <-k.done:
			return "client"
		}
	}
}

func (k *socket) send(frame []byte) error {
	k.owner.handler.metrics.frames.WithLabelValues("out").Inc()
	k.ws.EnableWriteCompression(len(frame) >= compressFrom)
	if err := k.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return k.ws.WriteMessage(websocket.TextMessage, frame)
}

func (k *socket) goodbye(code int, text string) {
	_ = k.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(closeWithin))
}

// lost tells a client that does not read from one that is gone.
func lost(err error) string {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "slow"
	}
	return "client"
}

// recovered ends a connection whose goroutine panicked, and that one alone.
func (k *socket) recovered() {
	if v := recover(); v != nil {
		k.owner.handler.Log.Error("panic", "id", k.id, "value", fmt.Sprint(v), "stack", string(debug.Stack()))
		k.owner.handler.metrics.closed.WithLabelValues("panic").Inc()
		k.goodbye(websocket.CloseInternalServerErr, "")
		_ = k.ws.Close()
	}
}
