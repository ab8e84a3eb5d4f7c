package scenario

import (
	"bytes"

	"finwait/engine"
)

// ForkSeq is the first event in which two logs differ, their meta (event 0) aside. A log that goes on where the other has
// ended differs there. For equal logs it is their length.
func ForkSeq(a, b *engine.Lines) int {
	n := min(a.Len(), b.Len())
	for i := 1; i < n; i++ {
		if !bytes.Equal(a.Line(i), b.Line(i)) {
			return i
		}
	}
	return n
}
