package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// netstack is a gVisor stack with one address.
func netstack(ep stack.LinkEndpoint, addr string) *stack.Stack {
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	fail(s.CreateNIC(1, ep))
	var a [4]byte
	_, err := fmt.Sscanf(addr, "%d.%d.%d.%d", &a[0], &a[1], &a[2], &a[3])
	must(err)
	fail(s.AddProtocolAddress(1, tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4(a), PrefixLen: 24},
	}, stack.AddressProperties{}))
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: 1}})
	wait := tcpip.TCPTimeWaitTimeoutOption(time.Millisecond) // real time: the peer must not run out of ports
	fail(s.SetTransportProtocolOption(tcp.ProtocolNumber, &wait))
	return s
}

func fail(err tcpip.Error) {
	if err != nil {
		panic(err.String())
	}
}

// gvisorPair is a client and a server stack joined by a pipe, with a server program on port 80.
type gvisorPair struct {
	client, server *stack.Stack
	to             tcpip.FullAddress
}

func newGvisorPair() *gvisorPair {
	a, b := pipe.New("\x02\x00\x00\x00\x00\x01", "\x02\x00\x00\x00\x00\x02", 1500)
	p := &gvisorPair{client: netstack(a, "10.0.0.1"), server: netstack(b, "10.0.0.2")}
	p.to = tcpip.FullAddress{NIC: 1, Addr: tcpip.AddrFrom4([4]byte{10, 0, 0, 2}), Port: 80}
	l, err := gonet.ListenTCP(p.server, tcpip.FullAddress{NIC: 1, Port: 80}, ipv4.ProtocolNumber)
	must(err)
	go serve(l.Accept)
	return p
}

func (p *gvisorPair) dial() (conn, error) {
	return gonet.DialContextTCP(context.Background(), p.client, p.to, ipv4.ProtocolNumber)
}

// conn is what the real peers' connections have in common.
type conn interface {
	io.ReadWriteCloser
	CloseWrite() error
}

// lifecycle does one connection's work over real connections: the client closes first.
func lifecycle(dial func() (conn, error)) {
	c, err := dial()
	must(err)
	buf := make([]byte, 4096)
	_, err = c.Write(buf[:requestBytes])
	must(err)
	for got := 0; got < responseBytes; {
		n, err := c.Read(buf)
		must(err)
		got += n
	}
	must(c.CloseWrite())
	if _, err := c.Read(buf); err != io.EOF {
		panic(fmt.Sprint("expected the end of file, got ", err))
	}
	must(c.Close())
}
