//go:build journeys

package container

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// docker runs the client and gives its standard output without the final newline.
func docker(t testing.TB, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("docker %s: %v\n%s%s", strings.Join(args, " "), err, tail(stdout.String(), 40), tail(stderr.String(), 40))
	}
	return strings.TrimSuffix(stdout.String(), "\n")
}

// daemon makes sure that a Docker daemon answers: the machine's, or one that it starts and stops.
func daemon(t testing.TB) {
	t.Helper()
	if exec.Command("docker", "info").Run() == nil {
		return
	}
	if os.Geteuid() != 0 {
		t.Fatal("no Docker daemon answers, and only root can start one")
	}
	// A short name of its own: a socket's path holds 107 bytes.
	dir, err := os.MkdirTemp("", "fw-docker-")
	if err != nil {
		t.Fatal(err)
	}
	socket := "unix://" + filepath.Join(dir, "socket")
	t.Setenv("DOCKER_HOST", socket)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("dockerd", "--host", socket, "--iptables=false", "--bridge=none", "--ip-masq=false",
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the test must not stop it before its containers
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() { stopDaemon(t, cmd.Process, exited, dir) })
	if err := answers(exited); err != nil {
		text, _ := os.ReadFile(log.Name())
		t.Fatalf("dockerd: %v\n%s", err, tail(string(text), 20))
	}
}

// answers waits for the daemon to answer the client.
func answers(exited chan error) error {
	deadline := time.After(60 * time.Second)
	for exec.Command("docker", "info").Run() != nil {
		select {
		case err := <-exited:
			exited <- err
			return fmt.Errorf("exited: %v", err)
		case <-deadline:
			return errors.New("does not answer")
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil
}

// stopDaemon ends the daemon that daemon started, by its process id, and removes what it kept.
func stopDaemon(t testing.TB, process *os.Process, exited chan error, dir string) {
	process.Signal(syscall.SIGTERM)
	select {
	case <-exited:
	case <-time.After(30 * time.Second):
		process.Kill()
		t.Error("dockerd did not stop within 30 s of SIGTERM")
	}
	for _, left := range []string{"exec/netns/default", "data"} { // dockerd leaves these mounted
		syscall.Unmount(filepath.Join(dir, left), syscall.MNT_DETACH)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Logf("left behind: %v", err)
	}
}

// standIn makes an image that the Dockerfile can build in, of this machine's Go, sh with its libraries and CA certificates.
func standIn(t testing.TB, tag string) {
	t.Helper()
	goroot := strings.TrimSpace(output(t, "go", "env", "GOROOT"))
	paths := []string{"tmp", "bin/sh", "etc/ssl/certs/ca-certificates.crt"}
	for _, word := range strings.Fields(output(t, "ldd", "/bin/sh")) {
		if strings.HasPrefix(word, "/") {
			paths = append(paths, strings.TrimPrefix(word, "/"))
		}
	}
	args := []string{"-C", "/", "-c", "--dereference", "--transform", "s,^" + strings.TrimPrefix(goroot, "/") + ",usr/local/go,", "--no-recursion"}
	args = append(args, paths...)
	args = append(args, "--recursion", strings.TrimPrefix(goroot, "/"))

	pack, load := exec.Command("tar", args...), exec.Command("docker", "import", "-", tag)
	pipe, err := pack.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var packLog, loadLog bytes.Buffer
	load.Stdin, pack.Stderr, load.Stdout, load.Stderr = pipe, &packLog, &loadLog, &loadLog
	if err := errors.Join(pack.Start(), load.Start()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(load.Wait(), pack.Wait()); err != nil {
		t.Fatalf("%v\n%s\n%s", err, packLog.String(), loadLog.String())
	}
}

// output runs a command of the machine.
func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// tail gives the last n lines.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n") + "\n"
}
