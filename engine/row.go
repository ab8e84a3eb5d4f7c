package engine

// row is a queue that its members can leave from any place: each has a number, one more than the one behind which it came.
type row[T any] struct {
	places fifo[*T] // nil where one has left; never so at the front
	lowest int      // number of the first place
}

// join puts v behind all others and gives its number: 0, 1, 2, …
func (r *row[T]) join(v *T) int {
	r.places.push(v)
	return r.end() - 1
}

// leave takes out the member of that number, which there must be.
func (r *row[T]) leave(number int) {
	r.places.waiting()[number-r.lowest] = nil
	for r.places.len() > 0 && r.places.waiting()[0] == nil {
		r.places.pop()
		r.lowest++
	}
}

// at gives the member of that number, nil where there is none.
func (r *row[T]) at(number int) *T {
	if number < r.lowest || number >= r.end() {
		return nil
	}
	return r.places.waiting()[number-r.lowest]
}

// first gives who joined first of all who are left, nil where nobody is.
func (r *row[T]) first() *T { return r.at(r.lowest) }

// end is the number that the next will get.
func (r *row[T]) end() int { return r.lowest + r.places.len() }
