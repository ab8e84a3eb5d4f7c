package engine

// happening is something that will happen: the arrival of a segment, a program's next step, an input.
type happening interface{ happen(*Sim) }

// item is a happening at a time.
type item struct {
	at    Micros
	order uint64
	late  bool // after everything else of its time
	what  happening
}

// itemHeap orders items by time, late ones last, then by the order in which they were put there.
type itemHeap struct {
	items []item
	count uint64
}

func (h *itemHeap) next() *item {
	if len(h.items) == 0 {
		return nil
	}
	return &h.items[0]
}

func (h *itemHeap) less(i, j int) bool {
	a, b := &h.items[i], &h.items[j]
	if a.at != b.at {
		return a.at < b.at
	}
	if a.late != b.late {
		return b.late
	}
	return a.order < b.order
}

func (h *itemHeap) push(it item) {
	h.count++
	it.order = h.count
	h.items = append(h.items, it)
	for i := len(h.items) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.less(i, parent) {
			return
		}
		h.items[i], h.items[parent] = h.items[parent], h.items[i]
		i = parent
	}
}

func (h *itemHeap) pop() item {
	top := h.items[0]
	last := len(h.items) - 1
	h.items[0] = h.items[last]
	h.items[last] = item{}
	h.items = h.items[:last]
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < last && h.less(c, least) {
				least = c
			}
		}
		if least == i {
			return top
		}
		h.items[i], h.items[least] = h.items[least], h.items[i]
		i = least
	}
}
