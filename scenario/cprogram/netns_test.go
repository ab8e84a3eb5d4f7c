package cprogram_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"finwait/engine"
)

var spaces atomic.Int64

// namespace is a host on this machine's kernel.
type namespace struct {
	name string
}

// command is a command that runs in the namespace.
func (n namespace) command(args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", n.name}, args...)...)
}

// join makes a network namespace for each of two hosts of a run, with the host's address and settings, joined by a veth
// pair. They go with the test. Where this can't be had, the test says so and is skipped.
func join(t *testing.T, hosts []engine.HostMeta) map[string]namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is not installed; `make tools` installs it")
	}
	if len(hosts) != 2 {
		t.Fatalf("%d hosts can't be joined by one pair", len(hosts))
	}
	id := fmt.Sprintf("%d-%d", os.Getpid(), spaces.Add(1))
	out := map[string]namespace{}
	for i, h := range hosts {
		n := namespace{fmt.Sprintf("finwait-%s-%d", id, i)}
		if said, err := exec.Command("ip", "netns", "add", n.name).CombinedOutput(); err != nil {
			t.Skipf("no network namespace can be made here: %s", strings.TrimSpace(string(said)))
		}
		t.Cleanup(func() { must(t, "ip", "netns", "delete", n.name) })
		out[h.Name] = n
	}
	a, b := out[hosts[0].Name], out[hosts[1].Name]
	must(t, "ip", "-n", a.name, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", b.name)
	for _, h := range hosts {
		n := out[h.Name]
		must(t, "ip", "-n", n.name, "address", "add", h.Addr+"/24", "dev", "wire")
		must(t, "ip", "-n", n.name, "link", "set", "wire", "up")
		for name, value := range h.Sysctl {
			must(t, "ip", "netns", "exec", n.name, "sysctl", "-q", "-w", fmt.Sprintf("%s=%d", name, value))
		}
	}
	for _, h := range hosts { // asking for an address takes as long as it takes
		for _, other := range hosts {
			if other.Name != h.Name {
				must(t, "ip", "-n", out[h.Name].name, "neighbour", "add", other.Addr, "lladdr", out[other.Name].mac(t), "dev", "wire")
			}
		}
	}
	return out
}

func (n namespace) mac(t *testing.T) string {
	t.Helper()
	said, err := n.command("cat", "/sys/class/net/wire/address").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(said))
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if said, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, said)
	}
}
