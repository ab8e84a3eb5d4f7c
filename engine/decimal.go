package engine

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// mostDigits is what an integer has at most.
const mostDigits = 20

// pairs are the numbers below 100 as two digits (128 places spare the bounds checks), and powers those of ten.
var (
	pairs  [128]uint16
	powers [mostDigits]uint64
)

func init() {
	for i := range 100 {
		pairs[i] = binary.LittleEndian.Uint16([]byte{byte('0' + i/10), byte('0' + i%10)})
	}
	powers[0] = 1
	for i := 1; i < mostDigits; i++ {
		powers[i] = 10 * powers[i-1]
	}
}

// decimal appends an integer.
func decimal(dst []byte, v int64) []byte {
	u := uint64(v)
	if u < 10 {
		return append(dst, byte('0'+u))
	}
	if v < 0 {
		dst, u = append(dst, '-'), -u
	}
	if cap(dst)-len(dst) < mostDigits {
		dst = slices.Grow(dst, mostDigits)
	}
	n := len(dst) + digitsOf(u)
	dst = dst[:n]
	for u >= 10000 {
		q := u / 10000
		n -= 4
		four := uint32(u - 10000*q)
		high := four * 5243 >> 19 // a hundredth
		binary.LittleEndian.PutUint32(dst[n:], uint32(pairs[high&127])|uint32(pairs[(four-100*high)&127])<<16)
		u = q
	}
	low := uint32(u)
	if low >= 100 {
		high := low / 100
		n -= 2
		binary.LittleEndian.PutUint16(dst[n:], pairs[(low-100*high)&127])
		low = high
	}
	if low >= 10 {
		binary.LittleEndian.PutUint16(dst[n-2:], pairs[low&127])
	} else {
		dst[n-1] = byte('0' + low)
	}
	return dst
}

// digitsOf counts decimal digits: those that so many bits have at least, or one more.
func digitsOf(u uint64) int {
	n := bits.Len64(u) * 1233 >> 12
	if n < mostDigits && u >= powers[n] {
		n++
	}
	return max(n, 1)
}

// number is an integer with its digits, for where the next is often the same or one more.
type number struct {
	value  int64
	digits []byte
}

// appendNext appends v.
func (n *number) appendNext(dst []byte, v int64) []byte {
	if last := len(n.digits) - 1; v != n.value || last < 0 {
		if v == n.value+1 && last >= 0 && n.digits[last] < '9' && v > 0 {
			n.digits[last]++
		} else {
			n.digits = decimal(n.digits[:0], v)
		}
		n.value = v
	}
	return append(dst, n.digits...)
}
