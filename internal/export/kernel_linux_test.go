package export_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/scenario"
)

var (
	kernelLongest = flag.Duration("kernel.longest", 3*time.Second, "run the scripts that take no longer on the real kernel")
	kernelOnly    = flag.String("kernel.only", "", "run the scripts whose name has this in it")
)

// TestRealKernel runs the scripts of the course's scenarios, each choice and both hosts, on this machine's kernel. It needs
// root and /dev/net/tun. make kernel runs the long ones too.
func TestRealKernel(t *testing.T) {
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
	scripts := kernelScripts(t)
	var (
		mu     sync.Mutex
		group  sync.WaitGroup
		places = make(chan struct{}, 12) // they wait most of the time
		passed int
	)
	for _, s := range scripts {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			err := kernelAttempts(s)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("%s: %v", s.name, err)
				return
			}
			passed++
		})
	}
	group.Wait()
	t.Logf("%d of %d scripts pass on Linux %s", passed, len(scripts), release)
}

// kernelAttempts runs a script up to three times: on a busy machine a call or a packet of ours may come too late.
func kernelAttempts(s kernelCase) error {
	var failures []string
	for range 3 {
		err := runOnKernel(s.text)
		if err == nil {
			return nil
		}
		failures = append(failures, err.Error())
	}
	return fmt.Errorf("three times\n%s", strings.Join(failures, "\n"))
}

type kernelCase struct {
	name, text string
	takes      time.Duration
}

// kernelScripts are the exports of every run that has a script.
func kernelScripts(t *testing.T) (list []kernelCase) {
	lib := library{os.DirFS("../../content/scenarios")}
	add := func(r scenario.Run, what string) []scenario.Choice {
		log, err := scenario.Execute(lib, r, scenario.Limits{})
		if err != nil {
			t.Fatal(r.Scenario, err)
		}
		for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
			var b bytes.Buffer
			if err := export.Packetdrill(&b, log, h.Name); err != nil {
				continue // TestEveryScenarioIsAScript looks at the reasons
			}
			c := kernelCase{name: what + " " + h.Name, text: b.String()}
			script, err := parseKernelScript(c.text)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			for _, e := range script.events {
				c.takes += e.to
			}
			if c.takes <= *kernelLongest && strings.Contains(c.name, *kernelOnly) {
				list = append(list, c)
			}
		}
		return log.Vary
	}
	err := fs.WalkDir(lib.FS, ".", func(path string, _ fs.DirEntry, err error) error {
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
