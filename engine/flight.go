package engine

// flight is a segment under way.
type flight struct {
	seg      Segment
	id       int
	from, to *Host
	arrivals *arrival // still to come; none when it was dropped
	entries  int      // in the agenda, cancelled ones too
	first    arrival  // room for the one that nearly every segment has

	prev, next *flight // of those under way, in the order of sending
}

// arrival is one copy's arrival; cancelled ones are skipped when their time comes.
type arrival struct {
	flight    *flight
	next      *arrival // of the same segment, in the order in which they were scheduled
	at        Micros
	cancelled bool
}

// flights lists the segments under way.
type flights struct {
	first, last *flight
	pool        pool[flight]
}

// take gives an empty flight.
func (f *flights) take() *flight {
	fl, used := f.pool.take()
	if used {
		*fl = flight{}
	}
	return fl
}

// give takes back a flight that is no longer under way and not in the agenda.
func (f *flights) give(fl *flight) { f.pool.give(fl) }

// join puts a flight behind all that are under way.
func (f *flights) join(fl *flight) {
	fl.prev, fl.next = f.last, nil
	if f.last == nil {
		f.first = fl
	} else {
		f.last.next = fl
	}
	f.last = fl
}

// leave takes a flight off the list.
func (f *flights) leave(fl *flight) {
	if fl.prev == nil {
		f.first = fl.next
	} else {
		fl.prev.next = fl.next
	}
	if fl.next == nil {
		f.last = fl.prev
	} else {
		fl.next.prev = fl.prev
	}
	fl.prev, fl.next = nil, nil
}

// find gives the segment of that number; nil when it is not under way.
func (f *flights) find(id int) *flight {
	for fl := f.first; fl != nil; fl = fl.next {
		if fl.id == id {
			return fl
		}
	}
	return nil
}

// expect adds an arrival behind those that are to come.
func (fl *flight) expect(a *arrival) {
	last := &fl.arrivals
	for *last != nil {
		last = &(*last).next
	}
	*last = a
}

// drop takes one out.
func (fl *flight) drop(a *arrival) {
	at := &fl.arrivals
	for *at != a {
		at = &(*at).next
	}
	*at = a.next
}
