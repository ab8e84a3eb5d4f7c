package export_test

import (
	"bytes"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/internal/netns"
	"finwait/scenario"
)

var (
	kernelLongest = flag.Duration("kernel.longest", 3*time.Second, "run the scripts that take no longer on the real kernel")
	kernelOnly    = flag.String("kernel.only", "", "run the scripts whose name has this in it")
)

// unansweredFirst is a limit of the script, not of the model: its numbers count from one SYN of each end.
const unansweredFirst = "the script can't tell of a SYN that is refused before the connection's own SYN (exports.md)"

// kernelDiffers are the scripts that can't pass, each for what docs/fidelity.md says that the model leaves out.
var kernelDiffers = map[string]string{
	"open/both-call later=60ms client": unansweredFirst,
	"open/both-call later=60ms server": unansweredFirst,
	"open/both-call later=30ms client": unansweredFirst,
	"open/both-call later=30ms server": unansweredFirst,
	"open/both-call later=11ms client": unansweredFirst,
	"open/both-call later=11ms server": unansweredFirst,
	"close/too-many client":            "tcp_max_orphans is the machine's, not a network namespace's",
}

// TestRealKernel runs the scripts of the course's scenarios, each choice and both hosts, on this machine's kernel. It needs
// root and /dev/net/tun. make kernel runs the long ones too.
func TestRealKernel(t *testing.T) {
	release := needKernel(t)
	scripts := slices.DeleteFunc(kernelScripts(t), func(s kernelCase) bool {
		why := kernelDiffers[s.name]
		if why != "" {
			t.Logf("left out: %s: %s", s.name, why)
		}
		return why != ""
	})
	failures := map[int][]string{}
	for i, err := range runAllOnKernel(scripts) {
		if err == nil {
			continue
		}
		failures[i] = []string{err.Error()}
		for attempt := range kernelAttempts { // alone, for on a busy machine a call or a packet of ours may come too late
			t.Logf("again: %s: %v", scripts[i].name, err)
			if err = scripts[i].alone(attempt); err == nil {
				delete(failures, i)
				break
			}
			failures[i] = append(failures[i], err.Error())
		}
	}
	for i, s := range scripts {
		if f := failures[i]; f != nil {
			t.Errorf("%s: each time\n%s", s.name, strings.Join(f, "\n"))
		}
	}
	t.Logf("%d of %d scripts pass on Linux %s", len(scripts)-len(failures), len(scripts), release)
}

// needKernel skips the test where the scripts can't be run, and gives the kernel's release.
func needKernel(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a network namespace with a TUN device needs root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("no TUN device: ", err)
	}
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		t.Fatal(err)
	}
	release := unix.ByteSliceToString(name.Release[:])
	if !strings.HasPrefix(release, "6.") {
		t.Skipf("the scripts are for a kernel 6.x, this is %s", release)
	}
	return release
}

// TestImpossibleSegmentsOnAKernel shows what a kernel does with them.
func TestImpossibleSegmentsOnAKernel(t *testing.T) {
	needKernel(t)
	text, err := os.ReadFile("testdata/kernel/impossible.pkt")
	if err != nil {
		t.Fatal(err)
	}
	run, err := prepareKernel(string(text))
	if err == nil {
		err = run.run()
	}
	if err != nil {
		t.Error(err)
	}
}

// runAllOnKernel prepares all of the scripts and then runs them, some at a time: they wait most of it. It gives an outcome
// for each.
func runAllOnKernel(scripts []kernelCase) []error {
	defer undisturbed()()
	var (
		group  sync.WaitGroup
		places = make(chan struct{}, 12)
		failed = make([]error, len(scripts))
		runs   = make([]*kernelRun, len(scripts))
	)
	for i, s := range scripts {
		runs[i], failed[i] = prepareKernel(s.text)
	}
	for i, run := range runs {
		if failed[i] != nil {
			continue
		}
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			failed[i] = run.run()
		})
	}
	group.Wait()
	return failed
}

// undisturbed lets a thread that comes back from the kernel go on at once, until restore is called.
func undisturbed() (restore func()) {
	procs, gc := runtime.GOMAXPROCS(64), debug.SetGCPercent(-1)
	return func() {
		runtime.GOMAXPROCS(procs)
		debug.SetGCPercent(gc)
	}
}

// kernelLibrary is the course's.
var kernelLibrary = library{os.DirFS("../../content/scenarios")}

// kernelCase is a script, and what it was made from.
type kernelCase struct {
	name, text string
	run        scenario.Run
	host       string
	begins     engine.Micros // when the first call is made
	takes      time.Duration
}

const kernelAttempts = 8

// alone runs, with no other script beside it, what a run is on a machine whose ticks are the kernel's. At every other attempt
// it is one whose packets need some time inside too: a round trip of 20 ms and a bit is a tick longer.
func (c kernelCase) alone(attempt int) error {
	defer undisturbed()()
	return c.onItsTicks(engine.Micros(1-attempt%2)*kernelLatency, export.Packetdrill)
}

// onItsTicks computes the run for where the kernel's ticks are, exports it and runs the script.
func (c kernelCase) onItsTicks(latency engine.Micros, write func(io.Writer, *scenario.Log, string) error) error {
	clock, err := readKernelClock()
	if err != nil {
		return err
	}
	start := netns.Monotonic() + 300*time.Millisecond
	log, err := scenario.Execute(kernelLibrary, c.run, scenario.Limits{Tune: func(config *engine.Config) {
		config.Phase = clock.phase(start - time.Duration(c.begins)*time.Microsecond)
		config.Delay += latency
	}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b, log, c.host); err != nil {
		return err
	}
	run, err := prepareKernel(b.String())
	if err != nil {
		return err
	}
	netns.Sleep(start - netns.Monotonic())
	return run.run()
}

// kernelScripts are the exports of every run that has a script.
func kernelScripts(t *testing.T) (list []kernelCase) {
	add := func(r scenario.Run, what string) []scenario.Choice {
		log, err := scenario.Execute(kernelLibrary, r, scenario.Limits{})
		if err != nil {
			t.Fatal(r.Scenario, err)
		}
		for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
			var b bytes.Buffer
			if err := export.Packetdrill(&b, log, h.Name); err != nil {
				continue // TestEveryScenarioIsAScript looks at the reasons
			}
			c := kernelCase{name: what + " " + h.Name, text: b.String(), run: r, host: h.Name}
			script, err := parseKernelScript(c.text)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			c.begins = firstCall(log, h.Name)
			for _, e := range script.events {
				c.takes += e.to
			}
			if c.takes <= *kernelLongest && strings.Contains(c.name, *kernelOnly) {
				list = append(list, c)
			}
		}
		return log.Vary
	}
	err := fs.WalkDir(kernelLibrary.FS, ".", func(path string, _ fs.DirEntry, err error) error {
		name, isScenario := strings.CutSuffix(filepath.ToSlash(path), ".star")
		if err != nil || !isScenario {
			return err
		}
		for _, v := range add(scenario.Run{Scenario: name, Seed: 1}, name) {
			for _, choice := range v.Choices[1:] {
				add(scenario.Run{Scenario: name, Seed: 1, Vary: map[string]string{v.Name: choice}}, name+" "+v.Name+"="+choice)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].takes > list[j].takes })
	return list
}

// firstCall is the time of a host's first call, by which its script begins.
func firstCall(log *scenario.Log, host string) engine.Micros {
	for _, ev := range log.Events {
		if c, ok := ev.Body.(*engine.CallMade); ok && c.Host == host && c.Call == "socket" {
			return ev.T
		}
	}
	return 0
}
