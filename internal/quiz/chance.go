package quiz

// chance is a source of randomness that gives the same numbers for the same seed for ever (SplitMix64): a seed in a link
// must mean the same question after an upgrade of Go.
type chance struct{ state uint64 }

// newChance begins a stream; streams of different names are independent.
func newChance(seed int64, name string) *chance {
	c := &chance{state: uint64(seed)}
	for _, b := range []byte(name) {
		c.state = c.next() ^ uint64(b)
	}
	return c
}

func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives 0 … n-1; n is at least 1.
func (c *chance) below(n int) int { return int(c.next() % uint64(n)) }

// shuffle orders a slice anew.
func shuffle[T any](c *chance, s []T) {
	for i := len(s) - 1; i > 0; i-- {
		j := c.below(i + 1)
		s[i], s[j] = s[j], s[i]
	}
}
