package engine

// demux finds connections by their four-tuple: a hash table whose chains run through the sockets.
type demux struct {
	chains []*socket // as many as a power of two
	count  int
}

// firstChains is how many chains a table begins with.
const firstChains = 8

// hash mixes a four-tuple by multiplication; its high bits are good.
func (t fourTuple) hash() uint64 {
	return (t.local.word()*0x9e3779b97f4a7c15 ^ t.remote.word()) * 0xff51afd7ed558ccd >> 24
}

func (d *demux) chain(t fourTuple) **socket { return &d.chains[t.hash()&uint64(len(d.chains)-1)] }

func (d *demux) find(t fourTuple) *socket {
	if d.count == 0 {
		return nil
	}
	sk := *d.chain(t)
	for sk != nil && (sk.remote != t.remote || sk.local != t.local) {
		sk = sk.nextInChain
	}
	return sk
}

func (d *demux) add(sk *socket) {
	if d.count == len(d.chains) {
		d.grow()
	}
	d.count++
	d.link(sk)
}

func (d *demux) link(sk *socket) {
	chain := d.chain(sk.tuple())
	sk.nextInChain, *chain = *chain, sk
}

func (d *demux) remove(sk *socket) {
	at := d.chain(sk.tuple())
	for *at != sk {
		at = &(*at).nextInChain
	}
	*at, sk.nextInChain = sk.nextInChain, nil
	d.count--
}

func (d *demux) grow() {
	old := d.chains
	d.chains = make([]*socket, max(2*len(old), firstChains))
	for _, sk := range old {
		for sk != nil {
			next := sk.nextInChain
			d.link(sk)
			sk = next
		}
	}
}
