package engine

// pool gives out values and takes them back to give them out again: a long run needs no more of them than live at once. It
// makes them in blocks, at first small ones, so that many cost few allocations and lie side by side.
type pool[T any] struct {
	spare []*T
	room  []T
	made  int
}

// largestBlock is how many values a block has at most: few enough that a block of sockets is no large object of its own.
const largestBlock = 16

// take gives a value: a new one, or one that was used before and is as it was given back.
func (p *pool[T]) take() (v *T, used bool) {
	if last := len(p.spare) - 1; last >= 0 {
		v = p.spare[last]
		p.spare = p.spare[:last]
		return v, true
	}
	if len(p.room) == 0 {
		p.room = make([]T, min(max(p.made, 2), largestBlock))
		p.made += len(p.room)
	}
	v = &p.room[0]
	p.room = p.room[1:]
	return v, false
}

func (p *pool[T]) give(v *T) { p.spare = append(p.spare, v) }
