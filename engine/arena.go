package engine

// arena hands out values from blocks, so that keeping the log of a connection's life costs some ten allocations, not
// hundreds. What it gave is never taken back: a block lives as long as any of its values.
type arena[T any] struct{ free []T }

// arenaBlock is how many values a block has.
const arenaBlock = 32

func (a *arena[T]) keep(v *T) *T {
	if len(a.free) == 0 {
		a.free = make([]T, arenaBlock)
	}
	p := &a.free[0]
	a.free = a.free[1:]
	*p = *v
	return p
}
