package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/export"
	"finwait/internal/store"
	"finwait/internal/stream"
	"finwait/internal/wire"
	"finwait/scenario"
	"finwait/scenario/sandbox"
	"finwait/static"
)

// tempDir lives as long as the tests of this package.
var tempDir string

func TestMain(m *testing.M) {
	var err error
	if tempDir, err = os.MkdirTemp("", "finwait-handlers-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(tempDir)
	os.Exit(code)
}

// inProcess computes the library's runs.
func inProcess(lessons *content.Content) func(context.Context, string, scenario.Run) (*engine.Lines, error) {
	return func(_ context.Context, _ string, r scenario.Run) (*engine.Lines, error) {
		if r.Source != "" {
			return nil, errors.New("this test has no sandbox")
		}
		log, err := scenario.Execute(lessons, r, scenario.Limits{})
		if err != nil {
			return nil, err
		}
		return log.Lines, nil
	}
}

// testLog keeps what the service logs.
type testLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *testLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *testLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// service is a Handler on a loopback port.
type service struct {
	*Handler
	*httptest.Server
	log *testLog
}

// testBurst is how many runs a session of a test may have computed at once.
const testBurst = 60

// newService starts the real thing; change may set options that differ from the default.
func newService(t *testing.T, change func(*Options)) *service {
	t.Helper()
	lessons, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	files, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "finwait.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &service{log: &testLog{}}
	o := Options{
		Content: lessons, Files: files, Store: db, Metrics: true,
		Log:  slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Runs: stream.NewServer(stream.Options{Library: lessons, Burst: testBurst, Interval: 200 * time.Millisecond, SourceCost: 1, Execute: inProcess(lessons)}),
	}
	o.Render = func(_ context.Context, _ string, r scenario.Run, format string, view sandbox.View) ([]byte, error) {
		log, err := scenario.Execute(lessons, r, scenario.Limits{})
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		switch format {
		case "text":
			err = export.Text(&b, log)
		case "pcapng":
			err = wire.WritePcapng(&b, log.Events, view.Host)
		case "bytes":
			err = wire.WriteList(&b, log.Events)
		case "packetdrill":
			err = export.Packetdrill(&b, log, view.Host)
		case "ss":
			err = export.SS(&b, log, view.Host, view.At)
		default:
			err = fmt.Errorf("no format %q", format)
		}
		return b.Bytes(), err
	}
	if change != nil {
		change(&o)
	}
	s.Handler = New(o)
	s.Server = httptest.NewServer(s.Handler)
	t.Cleanup(func() {
		if err := s.Handler.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		s.Server.Close()
	})
	return s
}

// client follows no redirects.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
