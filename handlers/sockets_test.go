package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is a frame of the server.
type frame struct {
	Op, Stream, Token, Code, Message, SHA256 string
	ForkSeq                                  *int
	Seq                                      int
	Events                                   []struct {
		Seq  int
		Kind string
	}
}

// reader is a browser's end of a connection.
type reader struct {
	*testing.T
	ws *websocket.Conn
}

func dial(t *testing.T, s *service, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"finwait.v1"}, EnableCompression: true}
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	return d.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/ws?lang=en", header)
}

func connect(t *testing.T, s *service) *reader {
	t.Helper()
	ws, _, err := dial(t, s, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	return &reader{t, ws}
}

func (r *reader) send(text string) {
	r.Helper()
	if err := r.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		r.Fatal(err)
	}
}

func (r *reader) next() frame {
	r.Helper()
	if err := r.ws.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		r.Fatal(err)
	}
	_, b, err := r.ws.ReadMessage()
	if err != nil {
		r.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(b, &f); err != nil {
		r.Fatalf("%v in %.300s", err, b)
	}
	return f
}

const openFourWay = `{"op":"open","stream":"a","run":{"scenario":"close/four-way","vary":{},"seed":7,"inputs":[]},"credit":100000}`

// whole reads a stream to its end and gives its opening, the number of events and its end.
func (r *reader) whole() (opened frame, events int, end frame) {
	r.Helper()
	if opened = r.next(); opened.Op != "opened" {
		r.Fatalf("want opened, got %+v", opened)
	}
	for {
		f := r.next()
		switch f.Op {
		case "events":
			for _, ev := range f.Events {
				if ev.Seq != events {
					r.Fatalf("event %d came where %d is due", ev.Seq, events)
				}
				events++
			}
		case "end":
			return opened, events, f
		default:
			r.Fatalf("in the middle of a stream: %+v", f)
		}
	}
}

func TestSocketStreamsWhatTheFileHolds(t *testing.T) {
	s := newService(t, nil)
	r := connect(t, s)
	r.send(openFourWay)
	opened, events, end := r.whole()

	answer, err := client.Get(s.URL + "/api/v1/runs.jsonl?run=" + opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	file, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	if answer.StatusCode != http.StatusOK || len(lines) != events || end.Seq != events-1 {
		t.Errorf("status %d; the stream has %d events and ends with %d, the file has %d lines", answer.StatusCode, events, end.Seq, len(lines))
	}
	if !strings.Contains(lines[len(lines)-1], end.SHA256) {
		t.Errorf("the file ends with %s, the stream with %s", lines[len(lines)-1], end.SHA256)
	}
}

func TestSocketRefusesForeignPages(t *testing.T) {
	s := newService(t, func(o *Options) { o.BaseURL = mustURL("https://lessons.example/finwait") })
	for origin, status := range map[string]int{
		"":                                 http.StatusSwitchingProtocols, // no browser
		s.URL:                              http.StatusSwitchingProtocols,
		"https://lessons.example":          http.StatusSwitchingProtocols,
		"https://evil.example":             http.StatusForbidden,
		"https://lessons.example.evil.com": http.StatusForbidden,
		"http://lessons.example":           http.StatusForbidden,
		"null":                             http.StatusForbidden,
		"file://":                          http.StatusForbidden,
	} {
		ws, answer, err := dial(t, s, origin)
		if answer == nil {
			t.Fatalf("origin %q: %v", origin, err)
		}
		if answer.StatusCode != status {
			t.Errorf("origin %q: status %d, want %d", origin, answer.StatusCode, status)
		}
		if ws != nil {
			ws.Close()
		}
	}
}

func TestSocketWantsItsSubprotocol(t *testing.T) {
	s := newService(t, nil)
	for _, offered := range [][]string{nil, {"finwait.v0"}, {"chat", "superchat"}} {
		d := websocket.Dialer{Subprotocols: offered}
		_, answer, err := d.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/ws", nil)
		if err == nil || answer == nil || answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%q is taken: %v", offered, answer)
		}
	}
}

// What a hostile or broken client sends is answered with a code, and the connection goes on.
func TestSocketOutlivesBadFrames(t *testing.T) {
	s := newService(t, nil)
	r := connect(t, s)
	open := func(run string) string { return `{"op":"open","stream":"x","run":` + run + `}` }
	for _, c := range []struct{ code, frame string }{
		{"bad_frame", `{"op":`},
		{"bad_frame", `[1,2]`},
		{"bad_frame", "\xff\xfe"},
		{"unknown_op", `{"op":"fly","stream":"x"}`},
		{"bad_field", `{"op":"open","stream":"","token":"t"}`},
		{"frame_too_large", `{"op":"open","stream":"x","token":"` + strings.Repeat("a", 300<<10) + `"}`},
		{"bad_token", `{"op":"open","stream":"x","token":"close/four-way~7~e2~zzzzzz"}`},
		{"token_too_long", `{"op":"open","stream":"x","token":"` + strings.Repeat("a", 9<<10) + `"}`},
		{"bad_run", open(`{"vary":{},"seed":1,"inputs":[],"colour":"red"}`)},
		{"unknown_scenario", open(`{"scenario":"close/none","vary":{},"seed":1,"inputs":[]}`)},
		{"bad_seed", open(`{"scenario":"close/four-way","vary":{},"seed":-1,"inputs":[]}`)},
		{"not_in_flight", open(`{"scenario":"close/four-way","vary":{},"seed":7,"inputs":[{"at":5,"do":{"drop":{"segment":900}}}]}`)},
		{"bad_time", open(`{"scenario":"close/four-way","vary":{},"seed":7,"inputs":[{"at":-5,"do":{"drop":{"segment":1}}}]}`)},
		{"internal", open(`{"source":"scenario()","vary":{},"seed":1,"inputs":[]}`)},
	} {
		r.send(c.frame)
		if f := r.next(); f.Op != "error" || f.Code != c.code || f.Message == "" {
			t.Errorf("%.80s: %+v, want %s", c.frame, f, c.code)
		}
	}
	if err := r.ws.WriteMessage(websocket.BinaryMessage, []byte(openFourWay)); err != nil {
		t.Fatal(err)
	}
	if f := r.next(); f.Code != "bad_frame" {
		t.Errorf("a binary frame: %+v", f)
	}
	r.send(openFourWay)
	if _, events, _ := r.whole(); events < 20 {
		t.Errorf("only %d events after all this", events)
	}
}

// The request is over when the socket is open: nothing of HTTP is held for as long as a reader stays.
func TestSocketHandlerReturnsAfterUpgrade(t *testing.T) {
	s := newService(t, nil)
	returned := make(chan struct{}, 1)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Handler.ServeHTTP(w, r)
		returned <- struct{}{}
	}))
	defer front.Close()
	r := connect(t, &service{Server: front})
	select {
	case <-returned:
	case <-time.After(5 * time.Second):
		t.Fatal("the handler has not returned")
	}
	r.send(openFourWay)
	r.whole()
}

// small makes a connection's buffers small, so that a reader who does not read is felt soon.
type small struct{ net.Listener }

func (l small) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return c, err
}

func TestSocketDropsAReaderWhoDoesNotRead(t *testing.T) {
	defer func(d time.Duration) { writeWithin = d }(writeWithin)
	writeWithin = 200 * time.Millisecond
	s := newService(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := &http.Server{Handler: s.Handler}
	go front.Serve(small{l})
	defer front.Close()

	d := websocket.Dialer{Subprotocols: []string{"finwait.v1"}, NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return c, err
	}}
	ws, _, err := d.Dial("ws://"+l.Addr().String()+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	waitFor(t, "the slow reader is dropped", func() bool {
		_ = ws.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		_ = ws.WriteMessage(websocket.TextMessage, []byte(openFourWay)) // never reads the answers
		return strings.Contains(s.log.String(), "reason=slow")
	})

	r := connect(t, s) // the others do not notice
	r.send(openFourWay)
	r.whole()
}

func TestShutdownSaysGoodbye(t *testing.T) {
	s := newService(t, nil)
	before := runtime.NumGoroutine()
	readers := []*reader{connect(t, s), connect(t, s), connect(t, s)}
	readers[0].send(openFourWay)
	readers[0].whole()
	left := make(chan error, 1)
	go func() { left <- s.Handler.Shutdown(context.Background()) }()
	for _, r := range readers {
		_ = r.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _, err := r.ws.ReadMessage()
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != websocket.CloseGoingAway {
			t.Errorf("the connection ended with %v, want 1001", err)
		}
	}
	if err := <-left; err != nil {
		t.Error(err)
	}
	if _, answer, err := dial(t, s, s.URL); err == nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a new connection is taken while the service leaves: %v", answer)
	}
	answer, err := client.Get(s.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz gives %d while the service leaves", answer.StatusCode)
	}
	client.CloseIdleConnections()
	waitFor(t, "no goroutine is left behind", func() bool { return runtime.NumGoroutine() <= before+2 })
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 200 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}
