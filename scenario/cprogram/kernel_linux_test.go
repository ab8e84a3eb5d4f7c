package cprogram_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finwait/engine"
	"finwait/internal/netns"
	"finwait/scenario"
)

var (
	kernelLongest = flag.Duration("kernel.longest", 1500*time.Millisecond, "follow each run on the real kernel for so long")
	kernelOnly    = flag.String("kernel.only", "", "run the scenarios whose name has this in it")
)

// rounds are how many runs go at once: first many, since most of it is waiting; then those that differed, fewer and fewer,
// at last one at a time: a timer of the kernel's does not wait for a busy machine, and where in its tick the kernel's clock
// stands is chance. What the kernel does otherwise it does each time.
var rounds = []int{64, 6, 3, 2, 1, 1}

// longRounds are those where a run takes minutes, nearly all of which is waiting.
var longRounds = []int{256, 64, 32, 16}

// kernelDiffers are the runs that can't be the same there, each for what docs/fidelity.md says that the model leaves out, or
// for what a namespace does not have.
var kernelDiffers = map[string]string{
	"backlog/no-accept client=writes_too_much": "Linux keeps the short end of a write() back for a while when ACKs are about to come",
	"data/old-bytes":                  inOneBurst,
	"data/old-bytes tcp_timestamps=0": inOneBurst,
	"close/orphan-syn":                oldNumber,
	"open/old-number-fits":            oldNumber,
	"open/simultaneous-old-number":    oldNumber,
	"close/too-many":                  "tcp_max_orphans is the machine's, not a network namespace's",
}

const (
	inOneBurst = "which segments go together follows the ACKs, and those the moment at which a program reads within a burst"
	oldNumber  = "a number of one connection lies in the window of the next only if no more than 4 ms are between them, as programs and a relay need"
)

type kernelCase struct {
	name     string
	run      scenario.Run
	log      *scenario.Log
	binaries map[string]string
}

// TestOnTheKernel compiles the programs of every scenario of the library, with each of its choices, and runs them on this
// machine's kernel, each host in a network namespace and the link in the test's hand: they get from their calls what the
// engine gives them, the kernels send the segments that the engine sends, and the sockets are in the same states.
func TestOnTheKernel(t *testing.T) {
	needKernel(t)
	cases := kernelCases(t)
	if err := netns.Urgently(); err != nil {
		t.Log("these runs have no precedence over others on this machine: ", err)
	}
	defer netns.Calmly()
	errs, looks := make([]error, len(cases)), 0
	var left []int
	for i := range cases {
		left = append(left, i)
	}
	if *kernelLongest > 10*time.Second {
		rounds = longRounds
	}
	for _, atOnce := range rounds {
		looks += playAll(cases, left, errs, atOnce)
		left = slices.DeleteFunc(left, func(i int) bool { return errs[i] == nil })
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if errs[i] != nil {
				t.Error(errs[i])
			}
		})
	}
	t.Logf("%d runs; the states of a host's sockets compared %d times", len(cases), looks)
}

// needKernel skips where this machine's kernel can't be used.
func needKernel(t *testing.T) {
	t.Helper()
	gcc(t)
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("there is no /dev/net/tun: ", err)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is not installed; `make tools` installs it")
	}
}

// playAll runs cases and notes in what each differs; it gives how often the states were compared.
func playAll(cases []kernelCase, which []int, errs []error, atOnce int) int {
	turn := make(chan struct{}, atOnce)
	var looks atomic.Int64
	var all sync.WaitGroup
	for _, i := range which {
		turn <- struct{}{}
		time.Sleep(20 * time.Millisecond) // so that they do not all begin at once
		all.Go(func() {
			defer func() { <-turn }()
			r := &replay{log: cases[i].log, binaries: cases[i].binaries}
			errs[i] = r.play(*kernelLongest)
			looks.Add(int64(r.looks))
		})
	}
	all.Wait()
	return int(looks.Load())
}

// kernelCases are the runs of the library and of testdata/kernel, their programs compiled.
func kernelCases(t *testing.T) []kernelCase {
	lib := library(t)
	var cases []kernelCase
	for _, name := range lib.Scenarios() {
		for _, run := range choices(t, lib, name) {
			c := kernelCase{name: name, run: run}
			for name, choice := range run.Vary {
				c.name += " " + strings.ReplaceAll(name+"="+choice, " ", "_")
			}
			cases = append(cases, c)
		}
	}
	own, err := filepath.Glob("testdata/kernel/*.star")
	if err != nil || len(own) == 0 {
		t.Fatal("no scenarios in testdata/kernel: ", err)
	}
	for _, file := range own {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, kernelCase{name: filepath.Base(file), run: scenario.Run{Source: string(text)}})
	}
	var kept []kernelCase
	compiled := map[string]string{}
	for _, c := range cases {
		if !strings.Contains(c.name, *kernelOnly) {
			continue
		}
		if why := notOnTheKernel(t, lib, &c, compiled); why != "" {
			t.Logf("left out: %s: %s", c.name, why)
			continue
		}
		if why := kernelDiffers[c.name]; why != "" {
			t.Logf("left out: %s: %s", c.name, why)
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// notOnTheKernel compiles a case's programs, each text once; it says why the case can't run on a kernel.
func notOnTheKernel(t *testing.T, lib scenario.Library, c *kernelCase, compiled map[string]string) (why string) {
	programs, log := generate(t, lib, c.run)
	for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
		if h.Profile != "linux" {
			return fmt.Sprintf("%s is a host of the profile %s, which is not a kernel's", h.Name, h.Profile)
		}
	}
	header, err := filepath.Abs("testdata/trace.h")
	if err != nil {
		t.Fatal(err)
	}
	c.log, c.binaries = log, map[string]string{}
	for _, p := range programs {
		if p.Err != nil {
			t.Fatal(p.Err)
		}
		if compiled[p.Text] == "" {
			binary, said := compile(t, p.Text, "-std=gnu17", "-O0", "-w", "-pthread", "-include", header)
			if said != "" {
				t.Fatal(c.name, said, p.Text)
			}
			compiled[p.Text] = binary
		}
		c.binaries[p.Host] = compiled[p.Text]
	}
	return ""
}
