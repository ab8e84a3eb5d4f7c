//go:build journeys

package journeys

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"finwait/journeys/server"
)

// deafProxy passes everything on to a server but WebSockets, as a school's proxy does.
func deafProxy(t *testing.T, s *server.Server) string {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			http.Error(w, "no upgrades here", http.StatusForbidden)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// TestWithoutWebSocketsTheStageWorks plays, forks and shares where no WebSocket gets through.
func TestWithoutWebSocketsTheStageWorks(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Allow("WebSocket")
		p.Allow("403")
		stage := Stage{p, l}
		p.Open(deafProxy(t, s) + "/" + l.Code + "/lessons/four-way")
		p.Until("the run over HTTP", `document.querySelector("tcp-stage").connection === "whole"`)
		p.Until("the reason", `document.querySelector(".trouble").textContent === `+quoted(l.template(t, "stage.whole")))
		p.until("the run's events", func() bool { _, _, all, _ := stage.Where(); return all > 0 })
		p.skipQuestion()
		p.axe("a stage without a WebSocket")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
		stage.Enter()
		again := regexp.MustCompile(l.phrase(t, "event.segment.again"))
		stage.StepUntil("the FIN sent again", func() bool {
			return slices.ContainsFunc(stage.Transcript(), again.MatchString)
		})
		permalink, err := url.Parse(stage.address())
		if err != nil {
			t.Fatal(err)
		}
		here, _, _, _ := stage.Where()
		stage.Jump("End")
		forked := stage.Transcript()
		permalink.Host = s.Addr
		stage.opensElsewhere(permalink.String(), here, forked)
	})
}

// cable is a connection between browser and server that can be pulled and plugged in again.
type cable struct {
	t        *testing.T
	listener net.Listener

	mu     sync.Mutex
	to     string
	pulled bool
	open   []net.Conn
	most   int64 // bytes to the browser after which a WebSocket is cut, once more for each cut; 0 is none
	cuts   int
}

func newCable(t *testing.T, s *server.Server) *cable {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, listener: listener, to: s.Addr}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		c.pull(true)
	})
	return c
}

func (c *cable) carry(from net.Conn) {
	c.mu.Lock()
	address := c.to
	c.mu.Unlock()
	to, err := net.Dial("tcp", address)
	if err != nil {
		from.Close()
		return
	}
	c.mu.Lock()
	if c.pulled {
		from.Close()
		to.Close()
	}
	c.open = append(c.open, from, to)
	c.mu.Unlock()
	first := make([]byte, 4096)
	n, _ := from.Read(first)
	_, _ = to.Write(first[:n])
	go func() {
		_, _ = io.Copy(to, from) // ends when either side does
		to.Close()
	}()
	if c.most > 0 && bytes.HasPrefix(first[:n], []byte("GET /ws")) {
		c.mu.Lock()
		c.cuts++
		most := c.most * int64(c.cuts)
		c.mu.Unlock()
		_, _ = io.CopyN(from, to, most)
	} else {
		_, _ = io.Copy(from, to)
	}
	from.Close()
}

func (c *cable) pull(pulled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pulled = pulled
	if !pulled {
		return
	}
	for _, conn := range c.open {
		conn.Close()
	}
	c.open = nil
}

// TestALostConnectionIsSaid pulls the cable: what is held plays on and its count is said, a change says that it needs the
// server, one that stays away is said to be gone, and when it is back everything goes on.
func TestALostConnectionIsSaid(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, complaint := range []string{"WebSocket", "ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_SOCKET"} {
			p.Allow(complaint)
		}
		line := newCable(t, s)
		stage := p.OpenStage(l, "http://"+line.listener.Addr().String()+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN()
		line.pull(true)
		said := func(key string) bool {
			form := regexp.MustCompile("^" + l.phrase(t, key))
			return form.MatchString(Eval[string](p, `document.querySelector(".trouble").textContent`))
		}
		stage.until("the loss to be said", func() bool { return said("stage.reconnecting") })
		p.axe("a lost connection")
		stage.Enter()
		before := stage.Events()
		p.Press("ArrowRight")
		stage.until("a step without a connection", func() bool { return stage.Events() > before })
		p.Press("h", "x")
		p.Until("a sentence that it needs the server", `document.querySelector(".toast").textContent === `+quoted(l.template(t, "fork.offline")))
		stage.until("the server to be called gone", func() bool { return said("stage.gone") })
		line.pull(false)
		p.Find("button", l.exactly(t, "stage.retry")).Click()
		p.Until("a live connection", `document.querySelector("tcp-stage").connection === "live"`)
		p.Until("nothing more to say", `document.querySelector(".trouble").hidden`)
		stage.Enter()
		p.Press("h", "x")
		stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
		stage.Jump("End")
		if told := strings.Join(stage.Transcript(), "\n"); !regexp.MustCompile(l.phrase(t, "event.input.cut")).MatchString(told) {
			t.Errorf("the run does not tell of the cut:\n%s", told)
		}
	})
}

// TestAResumedRunHasNoGapAndNoDouble cuts each WebSocket after some bytes while a long run is coming, and compares what the
// stage then tells with what one tells whose connection held.
func TestAResumedRunHasNoGapAndNoDouble(t *testing.T) {
	t.Parallel()
	l := languages[0]
	s := server.Shared(t)
	p := NewTab(t, l.Accept)
	path := "/en/lessons/four-way?run=" + url.QueryEscape(made(t, s, `{"run":{"scenario":"data/bulk"}}`))
	whole := p.OpenStage(l, s.URL+path)
	whole.Enter()
	whole.Jump("End")
	want := whole.Transcript()

	p.Allow("WebSocket")
	line := newCable(t, s)
	line.most = 3000
	p.Open("http://" + line.listener.Addr().String() + path)
	stage := Stage{p, l}
	p.Until("the slider", `document.querySelector("tcp-transport [role=slider]")?.ariaValueText`)
	stage.until("the whole run", func() bool { _, _, all, _ := stage.Where(); return all >= len(want) })
	line.mu.Lock()
	cuts := line.cuts
	line.mu.Unlock()
	if cuts < 2 {
		t.Errorf("the connection was cut %d times; the run came in one piece", cuts)
	}
	stage.Enter()
	stage.Jump("End")
	if got := stage.Transcript(); !slices.Equal(got, want) {
		t.Errorf("the stage tells %d events, one whose connection held %d", len(got), len(want))
	}
}

// made has the server make a run and gives its token.
func made(t *testing.T, s *server.Server, body string) string {
	t.Helper()
	answer, err := http.Post(s.URL+"/api/v1/runs", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var run struct{ Token string }
	if err := json.NewDecoder(answer.Body).Decode(&run); err != nil || run.Token == "" {
		t.Fatalf("%s: %s, %v", body, answer.Status, err)
	}
	return run.Token
}
