package engine

// armedTimers counts the host's timers that are to fire.
func (h *Host) armedTimers() (n int) {
	h.sim.agenda.each(func(what happening, of turn) {
		if of == h.index && what.(*timer).armed() {
			n++
		}
	})
	return n
}

// heldPorts counts the ports that somebody holds.
func (h *Host) heldPorts() (n int) {
	for _, page := range h.ports.pages {
		if page == nil {
			continue
		}
		for i := range page.ports {
			if page.ports[i].holders != nil {
				n++
			}
		}
	}
	return n
}
