package cprogram_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
)

// gate is where the threads of the programs ask for leave to make their calls.
type gate struct {
	listener net.Listener
	mu       sync.Mutex
	threads  map[string]*thread
}

// thread is one of a program's.
type thread struct {
	lines chan string // what it says: "call NAME" and "return NAME RET ERRNO"
	conn  chan net.Conn
	open  net.Conn
}

func newGate(path string) (*gate, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	g := &gate{listener: l, threads: map[string]*thread{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go g.hear(conn)
		}
	}()
	return g, nil
}

func threadName(program string, number int) string { return fmt.Sprintf("%s %d", program, number) }

func (g *gate) thread(name string) *thread {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.threads[name]
	if t == nil {
		t = &thread{lines: make(chan string, 4096), conn: make(chan net.Conn, 1)}
		g.threads[name] = t
	}
	return t
}

func (g *gate) hear(conn net.Conn) {
	defer conn.Close()
	s := bufio.NewScanner(conn)
	if !s.Scan() {
		return
	}
	t := g.thread(s.Text())
	t.conn <- conn
	for s.Scan() {
		t.lines <- strings.TrimSpace(s.Text())
	}
}

// leave lets the thread make the call that it has asked for.
func (t *thread) leave() error {
	if t.open == nil {
		t.open = <-t.conn
	}
	_, err := t.open.Write([]byte{1})
	return err
}

func (g *gate) close() { g.listener.Close() }
