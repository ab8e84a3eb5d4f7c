package engine

import "slices"

// fifo is a queue: first in, first out. It uses its room again.
type fifo[T any] struct {
	list []T
	head int
}

func (q *fifo[T]) len() int     { return len(q.list) - q.head }
func (q *fifo[T]) push(v T)     { q.list = append(q.list, v) }
func (q *fifo[T]) waiting() []T { return q.list[q.head:] }

// pop gives the first. What was there stays in the room until it is used again, so it should not be much.
func (q *fifo[T]) pop() T {
	v := q.list[q.head]
	if q.head++; q.head == len(q.list) {
		q.list, q.head = q.list[:0], 0
	} else if q.head >= fifoSlack && 2*q.head >= len(q.list) {
		q.list, q.head = slices.Delete(q.list, 0, q.head), 0
	}
	return v
}

// fifoSlack is how much room at the front is left before what waits moves there.
const fifoSlack = 64
