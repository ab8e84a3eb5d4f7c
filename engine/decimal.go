package engine

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// mostDigits is room for any integer, and for the eight digits that are written at a time.
const mostDigits = 24

// decimal appends an integer.
func decimal(dst []byte, v int64) []byte {
	if uint64(v) < 10 {
		return append(dst, byte('0'+v))
	}
	if cap(dst)-len(dst) < mostDigits {
		dst = slices.Grow(dst, mostDigits)
	}
	if v < 0 {
		return digits(append(dst, '-'), -uint64(v))
	}
	return digits(dst, uint64(v))
}

// digits appends a number where there is room for it. It writes eight places and counts those that the number has.
func digits(dst []byte, u uint64) []byte {
	const eightPlaces = 100_000_000
	n := len(dst)
	if u < eightPlaces {
		d := eight(uint32(u))
		leading := bits.TrailingZeros64(d|1<<56) / 8
		binary.LittleEndian.PutUint64(dst[n:n+8], (d|zeros)>>(8*leading))
		return dst[:n+8-leading]
	}
	high := u / eightPlaces
	dst = digits(dst, high)
	n = len(dst)
	binary.LittleEndian.PutUint64(dst[n:n+8], eight(uint32(u-high*eightPlaces))|zeros)
	return dst[:n+8]
}

// zeros makes eight digits text.
const zeros = 0x3030303030303030

// eight gives the digits of a number below 10⁸, the first in the lowest byte: it halves four digits, then twos, side by side.
func eight(u uint32) uint64 {
	fours := uint64(u/10000) | uint64(u%10000)<<32
	hundreds := fours * 10486 >> 20 & 0x0000007f_0000007f
	twos := hundreds | (fours-100*hundreds)<<16
	tens := twos * 103 >> 10 & 0x000f_000f_000f_000f
	return tens | (twos-10*tens)<<8
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
