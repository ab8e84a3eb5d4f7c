package engine

import (
	"math/rand/v2"
	"testing"
)

// TestPortSearch gives ports and takes them back at random. The search that remembers which pages are full finds the same
// ports as the one that tries each.
func TestPortSearch(t *testing.T) {
	for _, ports := range [][2]int64{{1024, 2047}, {1000, 2222}, {32768, 33500}, {65000, 65535}, {300, 301}} {
		s := NewSim(Config{})
		config := HostConfig{Name: "a", Addr: "10.0.0.1", Sysctl: map[string]int64{
			"net.ipv4.ip_local_port_range.low": ports[0], "net.ipv4.ip_local_port_range.high": ports[1]}}
		h, err := newHost(s, config)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, uint64(ports[0])))
		held := map[uint16]*hold{}
		var order []uint16
		search := func(hash uint64, lasting bool) (found uint16) {
			h.eachEphemeral(hash, lasting, func(port uint16) bool {
				if held[port] != nil {
					return false
				}
				found = port
				return true
			})
			return found
		}
		const plain = 4711
		remembering := plain + uint64(ports[1]-ports[0]+1)&^1 // begins at the same port
		skipped := false
		for range 2500 {
			if release := random.IntN(4) == 0; release && len(order) > 0 {
				i := random.IntN(len(order))
				port := order[i]
				order = append(order[:i], order[i+1:]...)
				h.ports.remove(port, held[port])
				delete(held, port)
				continue
			}
			want, got := search(plain, false), search(remembering, true)
			if want != got {
				t.Fatalf("ports %v, %d held: found %d, not %d", ports, len(held), got, want)
			}
			skipped = skipped || len(h.searches[remembering].refused) > 0
			if got != 0 {
				held[got] = &hold{}
				h.ports.add(got, held[got])
				order = append(order, got)
			}
		}
		if !skipped && ports[1]-ports[0] > 2*portsOfPage {
			t.Errorf("ports %v: no page was ever full", ports)
		}
	}
}

// TestNoPortLeft binds more sockets to port 0 than there are ports. The last is left as it was.
func TestNoPortLeft(t *testing.T) {
	h, err := newHost(NewSim(Config{}), HostConfig{Name: "a", Addr: "10.0.0.1", Sysctl: map[string]int64{
		"net.ipv4.ip_local_port_range.low": 4000, "net.ipv4.ip_local_port_range.high": 4001}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		sk := h.newSocket()
		sk.local.addr = h.addr
		if h.autobind(sk) {
			sk.takeHold()
		}
		if bound := i < 2; sk.bound != bound || (sk.local != endpoint{}) != bound {
			t.Errorf("socket %d: bound %v to %v", i, sk.bound, sk.local)
		}
	}
}
