package main

import (
	"net"
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
