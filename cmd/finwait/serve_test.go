package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// output is what a command writes, read while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// started runs the service with settings until stop is called, which gives serve's error.
func started(t *testing.T, s Settings, environ ...string) (url string, log *output, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, log := &output{}, &output{}
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, &s, environ, out, log) }()
	t.Cleanup(cancel)
	for range 400 {
		if _, address, ok := strings.Cut(out.String(), "finwait is at "); ok && strings.HasSuffix(address, "\n") {
			return strings.TrimSpace(address), log, func() error { cancel(); return <-ended }
		}
		select {
		case err := <-ended:
			t.Fatalf("serve ended: %v\n%s", err, log)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatalf("serve says nothing\n%s", log)
	return "", nil, nil
}

func fresh(t *testing.T) Settings {
	s := good()
	s.DB = "sqlite:" + filepath.Join(t.TempDir(), "finwait.db")
	return s
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func TestServeAnswersUntilItIsToldToStop(t *testing.T) {
	url, log, stop := started(t, fresh(t), "FINWAIT_COLOUR=red")
	if status, body := get(t, url+"en/"); status != http.StatusOK || !strings.Contains(body, "<html") {
		t.Errorf("the home page gives %d", status)
	}
	if !strings.Contains(log.String(), "FINWAIT_COLOUR") {
		t.Errorf("an unknown setting is not named in the log:\n%s", log)
	}
	addr := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	if err := healthcheck(context.Background(), addr); err != nil {
		t.Errorf("healthcheck: %v", err)
	}

	d := websocket.Dialer{Subprotocols: []string{"finwait.v1"}}
	ws, _, err := d.Dial("ws://"+addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("the WebSocket ends with %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve ends with %v", err)
	}
	if err := healthcheck(context.Background(), addr); err == nil {
		t.Error("healthcheck is content without a server")
	}
}

func TestMetricsOnAnAddressOfTheirOwn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := fresh(t)
	s.MetricsAddr = l.Addr().String()
	l.Close()
	url, _, stop := started(t, s)
	if status, _ := get(t, url+"metrics"); status != http.StatusNotFound {
		t.Errorf("the main address has /metrics: %d", status)
	}
	if status, body := get(t, "http://"+s.MetricsAddr+"/metrics"); status != http.StatusOK || !strings.Contains(body, "finwait_websockets") || !strings.Contains(body, `finwait_runs_total{result="computed"}`) {
		t.Errorf("the metrics' address gives %d: %s", status, body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// What keeps the service from starting is one line.
func TestServeCanNotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	inUse, metricsInUse, noFolder, wrongLog := fresh(t), fresh(t), fresh(t), fresh(t)
	inUse.Addr = taken.Addr().String()
	metricsInUse.MetricsAddr = taken.Addr().String()
	noFolder.DB = "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder", "finwait.db")
	wrongLog.Log = "xml"
	for name, c := range map[string]struct {
		settings Settings
		want     string
	}{
		"port in use":         {inUse, "FINWAIT_ADDR=\"" + taken.Addr().String()},
		"metrics port in use": {metricsInUse, "FINWAIT_METRICS_ADDR="},
		"unwritable database": {noFolder, "no/such/folder"},
		"wrong setting":       {wrongLog, "FINWAIT_LOG="},
	} {
		t.Run(name, func(t *testing.T) {
			var out, log output
			err := serve(context.Background(), &c.settings, nil, &out, &log)
			if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one line with %s", err, c.want)
			}
			if out.String() != "" {
				t.Errorf("it says %q all the same", out.String())
			}
		})
	}
}
