package cprogram_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/engine"
	"finwait/internal/netns"
)

var shownRewrite = flag.Bool("shown.rewrite", false, "make the recordings of testdata/shown anew")

// TestShownIsWhatTheKernelPrints plays the runs of testdata/shown on this machine's kernel and makes their commands there: they
// print what was recorded, but for numbers of processes and times. -shown.rewrite records.
func TestShownIsWhatTheKernelPrints(t *testing.T) {
	if !*shownRewrite && *kernelLongest < time.Minute {
		t.Skip("the recorded runs take half a minute; `make kernel` makes them")
	}
	needKernel(t)
	for _, tool := range []string{"ss", "nstat", "tcpdump"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool, " is not installed (apt-get install iproute2 tcpdump)")
		}
	}
	files, err := filepath.Glob("testdata/shown/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings: ", err)
	}
	if err := netns.Urgently(); err != nil {
		t.Log("these runs have no precedence over others on this machine: ", err)
	}
	defer netns.Calmly()
	lib := library(t)
	compiled := map[string]string{}
	var all sync.WaitGroup
	for _, file := range files {
		lesson := strings.TrimSuffix(filepath.Base(file), ".txt")
		if !strings.Contains(lesson, *kernelOnly) {
			continue
		}
		recordings := recordingsOf(t, lesson)
		now, errs := make([]string, len(recordings)), make([]error, len(recordings))
		var mine sync.WaitGroup
		for i, r := range recordings {
			c := kernelCase{name: lesson, run: r.run()}
			if why := notOnTheKernel(t, lib, &c, compiled); why != "" {
				t.Fatal(lesson, ": ", why)
			}
			mine.Go(func() {
				for range 5 { // a busy machine is late, and then the kernel does something else
					if now[i], errs[i] = r.record(c); errs[i] == nil {
						break
					}
				}
			})
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			mine.Wait()
			for i, err := range errs {
				if err != nil {
					t.Errorf("%s, %s: %v", lesson, recordings[i].scenario, err)
					return
				}
			}
			got := strings.Join(now, "\n")
			switch {
			case *shownRewrite:
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Error(err)
				}
			case steady(got) != steady(string(text)):
				t.Errorf("%s: recorded\n%s\nand now\n%s", lesson, text, got)
			}
		})
	}
	all.Wait()
}

// varying is what differs from one recording to the next: numbers of processes, first numbers, timestamps, times left.
var varying = regexp.MustCompile(`pid=\d+|\d\d:\d\d:\d\d\.\d+|seq \d{6,}|ack \d{6,}|(?:val|ecr) \d+|timer:\([a-z]+,[^,]+`)

// steady is what does not differ. ss lists sockets in no order.
func steady(text string) string {
	var lines []string
	for line := range strings.Lines(varying.ReplaceAllString(text, "…")) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// record plays the run to its time and makes the commands; it gives the recording as it stands in its file.
func (r recording) record(c kernelCase) (string, error) {
	dir, err := os.MkdirTemp("", "shown")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	named := map[string]string{}
	for host, binary := range c.binaries { // ss tells a process's name, which is its file's
		named[host] = filepath.Join(dir, host)
		if err := os.Link(binary, named[host]); err != nil {
			return "", err
		}
	}
	out := r.line
	play := &replay{log: c.log, binaries: named, lookAt: engine.Micros(r.at.Microseconds())}
	play.begin = func() error { return r.begin(play, dir) }
	play.look = func() error {
		for _, p := range r.commands {
			text, err := play.hosts[r.host].shell(dir, p.command)
			if err != nil {
				return err
			}
			out += "$ " + p.command + "\n" + text
		}
		return nil
	}
	return out, play.play(r.at + time.Second)
}

// begin lets tcpdump write HOST.pcap from then on, where a command reads it.
func (r recording) begin(play *replay, dir string) error {
	file := r.host + ".pcap"
	reads := false
	for _, p := range r.commands {
		reads = reads || strings.Contains(p.command, file)
	}
	if !reads {
		return nil
	}
	cmd := exec.Command("tcpdump", "-i", netns.Device, "-U", "-Z", "root", "--immediate-mode", "-w", file)
	cmd.Dir = dir
	if err := play.hosts[r.host].Do(cmd.Start); err != nil {
		return err
	}
	play.running["tcpdump"] = cmd
	for range 100 { // its header is in the file when it listens
		if info, err := os.Stat(filepath.Join(dir, file)); err == nil && info.Size() > 0 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("tcpdump does not begin")
}

// shell makes a command in the host's network.
func (h *kernelHost) shell(dir, command string) (text string, err error) {
	err = h.Do(func() error {
		cmd := exec.Command("bash", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "NSTAT_HISTORY="+filepath.Join(dir, "nstat"))
		b, err := cmd.Output()
		for line := range strings.Lines(string(b)) {
			if !strings.HasPrefix(line, "#") { // nstat's first
				text += strings.TrimRight(line, " \n") + "\n"
			}
		}
		return err
	})
	return text, err
}
