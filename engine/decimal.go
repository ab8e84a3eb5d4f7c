package engine

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// mostDigits is room for any integer, and for what is written beyond its end.
const mostDigits = 24

// decimal appends an integer where there is room for mostDigits.
func decimal(dst []byte, v int64) []byte {
	if uint64(v) < uint64(len(small)) {
		n, d := len(dst), small[v]
		binary.LittleEndian.PutUint32(dst[n:n+4], d)
		return dst[:n+int(d>>24)]
	}
	if uint64(v) < eightPlaces {
		n, d := len(dst), eight(uint32(v))
		leading := bits.TrailingZeros64(d) &^ 7
		binary.LittleEndian.PutUint64(dst[n:n+8], (d|zeros)>>leading)
		return dst[:n+8-leading/8]
	}
	if v < 0 {
		return long(append(dst, '-'), -uint64(v))
	}
	return long(dst, uint64(v))
}

// long appends a number of any length: first what is beyond its last eight digits.
func long(dst []byte, u uint64) []byte {
	if u < eightPlaces {
		return decimal(dst, int64(u))
	}
	high := u / eightPlaces
	dst = long(dst, high)
	n := len(dst)
	binary.LittleEndian.PutUint64(dst[n:n+8], eight(uint32(u-high*eightPlaces))|zeros)
	return dst[:n+8]
}

// small has the digits of the numbers below a thousand, the first in the lowest byte, and how many there are in the highest.
var small = func() (t [1000]uint32) {
	for n := range t {
		for i, c := range strconv.Itoa(n) {
			t[n] += uint32(c)<<(8*i) + 1<<24
		}
	}
	return t
}()

// eightPlaces is the first number of nine digits.
const eightPlaces = 100_000_000

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
