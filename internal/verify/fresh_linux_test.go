package verify

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

var (
	freshSeeds  = flag.Int("fresh", 0, "how many traces of each family to record on this machine's kernel")
	freshFirst  = flag.Int64("fresh.seed", 1, "the first one's seed")
	freshOnly   = flag.String("fresh.only", "", "record the families whose name has this in it")
	freshOut    = flag.String("fresh.out", "", "the folder to write the traces to")
	freshAtOnce = flag.Int("fresh.at-once", 12, "how many to record at a time")
)

func TestMain(m *testing.M) {
	if os.Getenv(agentVariable) != "" {
		agent()
		return
	}
	os.Exit(m.Run())
}

// TestFreshTraces records traces of each family on this machine's kernel, with what the seed draws, and verifies them. make
// traces does it.
func TestFreshTraces(t *testing.T) {
	if *freshSeeds == 0 {
		t.Skip("make traces says how many")
	}
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if *freshOut != "" {
		if err := os.MkdirAll(*freshOut, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := netns.Urgently(); err != nil {
		t.Fatal(err)
	}
	defer netns.Calmly()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(64))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		agree  int
		all    int
		places = make(chan struct{}, *freshAtOnce)
	)
	for _, f := range families {
		if !strings.Contains(f.name, *freshOnly) {
			continue
		}
		for i := range int64(*freshSeeds) {
			places <- struct{}{}
			time.Sleep(60 * time.Millisecond)
			group.Go(func() {
				defer func() { <-places }()
				r, err := freshTrace(t, f, *freshFirst+i)
				mu.Lock()
				defer mu.Unlock()
				all++
				switch {
				case err != nil:
					t.Errorf("%s %d: %v", f.name, *freshFirst+i, err)
				case !r.Agrees:
					var b bytes.Buffer
					r.explain(&b)
					t.Errorf("%s: %s\n%s", r.Name, r.Title, &b)
				default:
					agree++
				}
			})
		}
	}
	group.Wait()
	t.Logf("%d of %d fresh traces of Linux %s agree with the engine", agree, all, kernelRelease())
}

// freshTrace records a trace and verifies it. One that differs is recorded again: on a busy machine a timer of the kernel's may
// be late, and what comes within such a moment is in another order. What the kernel does otherwise it does each time.
func freshTrace(t *testing.T, f family, seed int64) (r Report, err error) {
	for range 4 {
		if r, err = recordAndVerify(f, seed); err != nil || r.Agrees {
			return r, err
		}
		t.Logf("again: %s: %+v", r.Name, r.Differences[0])
	}
	return r, err
}

func recordAndVerify(f family, seed int64) (Report, error) {
	name := fmt.Sprintf("%s_%d", f.name, seed)
	text, err := recordTrace(f, seed, name)
	for again := 0; again < 5 && errors.Is(err, errLate); again++ {
		text, err = recordTrace(f, seed, name)
	}
	if err != nil {
		return Report{}, err
	}
	if *freshOut != "" {
		if err := os.WriteFile(filepath.Join(*freshOut, name+".jsonl"), text, 0o644); err != nil {
			return Report{}, err
		}
	}
	trace, err := ReadTrace(name, bytes.NewReader(text))
	if err != nil {
		return Report{}, err
	}
	return Check(trace, "")
}

func recordTrace(f family, seed int64, name string) ([]byte, error) {
	s := &script{
		Rand: rand.New(rand.NewPCG(uint64(seed), 1)), title: f.name, changed: map[string]any{}, programs: map[string]*program{},
		states: map[string][]*record{}, arrive: make(chan struct{}),
	}
	play := f.draw(s)
	defer s.cleanUp()
	if err := s.begin(); err != nil {
		return nil, err
	}
	play()
	return s.end(name)
}

func (s *script) cleanUp() {
	for _, p := range s.programs {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
	for _, h := range s.hosts {
		if h != nil {
			unix.Close(h.Tun)
			h.Close()
		}
	}
}

func kernelRelease() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}
