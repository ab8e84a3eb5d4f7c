package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// serve answers each connection's request and closes after its end of file.
func serve(accept func() (net.Conn, error)) {
	for {
		c, err := accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 4096)
			for got := 0; got < requestBytes; {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				got += n
			}
			if _, err := c.Write(buf[:responseBytes]); err != nil {
				return
			}
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}()
	}
}

// loopbackServer listens on the Linux loopback and gives a way to dial it.
func loopbackServer() (dial func() (conn, error), stop func()) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(err)
	go serve(l.Accept)
	addr := l.Addr().String()
	return func() (conn, error) {
		c, err := net.Dial("tcp4", addr)
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	}, func() { l.Close() }
}

// loopbackInC compiles the peer in C. It gives how many of n lifecycles that does in a second of processor time, of both its
// processes; nil and why where there is no compiler.
func loopbackInC() (perSecond func(n int) float64, remove func(), err error) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "bench")
	must(err)
	peer := filepath.Join(dir, "peer")
	if out, err := exec.Command(gcc, "-O2", "-Wall", "-o", peer, filepath.Join("loopback", "peer.c")).CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, nil, fmt.Errorf("%w: %s", err, out)
	}
	return func(n int) float64 {
		cmd := exec.Command(peer, strconv.Itoa(n))
		cmd.Stderr = os.Stderr
		must(cmd.Run())
		return float64(n) / (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}, func() { os.RemoveAll(dir) }, nil
}
