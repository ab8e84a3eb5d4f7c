package server

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to become ready, and to drain.
const patience = time.Minute

var binary struct {
	sync.Once
	path string
	err  error
}

// Binary builds cmd/finwait once per test binary, as the README's `go run` would, and gives its path.
func Binary(t testing.TB) string {
	t.Helper()
	binary.Do(func() {
		dir, err := os.MkdirTemp("", "finwait-journeys-")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "finwait")
		build := exec.Command("go", "build", "-o", binary.path, "finwait/cmd/finwait")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// Cleanup stops the shared server and removes what Binary built; TestMain calls it at the end. The error is what the
// server made of SIGTERM.
func Cleanup() error {
	if binary.path == "" {
		return nil
	}
	defer os.RemoveAll(filepath.Dir(binary.path))
	if shared.server == nil {
		return nil
	}
	return shared.server.stop()
}

// Server is a running finwait.
type Server struct {
	Addr string // "127.0.0.1:40123"
	URL  string // "http://127.0.0.1:40123"
	Port string

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone; err is its result then
	err    error
	log    lockedBuffer
}

// Start runs `finwait serve` until the test's end and returns when it is ready. The environment's FINWAIT_ names do not
// reach it; settings are added to its own, as "FINWAIT_LOG=json".
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := start(Binary(t), FreePort(t), t.TempDir(), settings)
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		s.tell(t, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var shared struct {
	sync.Once
	server *Server
	err    error
}

// Shared is one `finwait serve` for all tests of a binary that are visitors of it and nothing more. It runs until Cleanup.
func Shared(t testing.TB) *Server {
	t.Helper()
	path := Binary(t)
	shared.Do(func() {
		shared.server, shared.err = start(path, FreePort(t), filepath.Dir(path), nil)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	from := len(shared.server.Log())
	t.Cleanup(func() { shared.server.tell(t, from) })
	return shared.server
}

// start runs the binary in the folder dir. Where it does not become ready it is running, or gone, all the same.
func start(path, port, dir string, settings []string) (*Server, error) {
	s := &Server{Addr: "127.0.0.1:" + port, URL: "http://127.0.0.1:" + port, Port: port, exited: make(chan struct{})}
	s.cmd = exec.Command(path, "serve")
	s.cmd.Dir = dir
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "FINWAIT_ADDR=" + s.Addr}, settings...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		close(s.exited)
		return s, err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	if err := WaitReady(s.URL, s.exited); err != nil {
		return s, fmt.Errorf("finwait serve: %w\n%s", err, s.Log())
	}
	return s, nil
}

// Log is what the server has written so far.
func (s *Server) Log() string { return s.log.String() }

// stop asks the server to drain and holds it to that.
func (s *Server) stop() error {
	if s.cmd.Process == nil {
		return nil
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
		if s.err != nil {
			return fmt.Errorf("finwait serve, after SIGTERM: %w", s.err)
		}
		return nil
	case <-time.After(patience):
		s.cmd.Process.Kill()
		return fmt.Errorf("finwait serve did not stop within %v of SIGTERM", patience)
	}
}

// tell shows what the server has written from a place on, where the test has failed.
func (s *Server) tell(t testing.TB, from int) {
	if t.Failed() {
		t.Logf("log of the server at %s:\n%s", s.Addr, s.Log()[from:])
	}
}

// WaitReady polls /readyz until it answers 200. It gives up when exited is closed.
func WaitReady(url string, exited <-chan struct{}) error {
	deadline := time.After(patience)
	last := errors.New("not asked yet")
	for {
		select {
		case <-exited:
			return errors.New("exited before it was ready")
		case <-deadline:
			return fmt.Errorf("not ready within %v: %w", patience, last)
		case <-time.After(50 * time.Millisecond):
		}
		res, err := http.Get(url + "/readyz")
		if err != nil {
			last = err
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return nil
		}
		last = errors.New(res.Status)
	}
}

// FreePort gives a TCP port of 127.0.0.1 that nothing listened on a moment ago.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// Command runs the binary with arguments and gives what it prints on stdout.
func Command(t testing.TB, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(Binary(t), args...)
	cmd.Dir = t.TempDir()
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("finwait %q: %v\n%s", args, err, stderr.String())
	}
	return stdout.Bytes()
}

// lockedBuffer takes a process's output while a test may read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TokenOn is the token of the run that a lesson's page offers as a file.
func TokenOn(t testing.TB, page []byte) string {
	t.Helper()
	link := regexp.MustCompile(`runs\.jsonl\?run=([^"&]+)`).FindSubmatch(page)
	if link == nil {
		t.Fatal("the page offers no run as a file")
	}
	token, err := url.QueryUnescape(string(link[1]))
	if err != nil {
		t.Fatal(err)
	}
	return token
}
