package export

import (
	"fmt"
	"slices"
	"strings"
)

// unblock takes the calls apart that return at a time which depends on a timer: packetdrill wants to know to the tolerance
// when a call that blocks returns. What waits only stands where it returns; a connect() goes on without blocking, and
// SO_ERROR tells there how it ended.
func (s *script) unblock() {
	var more []*entry
	for _, e := range s.entries {
		switch {
		case !e.blocks || !s.drifts(e):
		case e.call.waits:
			s.postpone(e)
		case e.call.name == "connect":
			fd, result, _ := strings.Cut(strings.TrimPrefix(e.call.late, "connect("), ", ..., ...) = ")
			ended := "0"
			if words := strings.Fields(result); len(words) > 1 {
				ended = words[1] // after the -1
			}
			before := &entry{at: e.at, t: e.t, call: &call{name: "fcntl"}, text: fmt.Sprintf("fcntl(%s, F_SETFL, O_RDWR|O_NONBLOCK) = 0", fd)}
			after := &entry{at: e.call.returned, t: e.until, timer: e.call.timer, call: &call{name: "getsockopt"},
				text: fmt.Sprintf("getsockopt(%s, SOL_SOCKET, SO_ERROR, [%s], [4]) = 0", fd, ended)}
			again := &entry{at: e.call.returned, t: e.until, timer: e.call.timer, call: &call{name: "fcntl"}, text: fmt.Sprintf("fcntl(%s, F_SETFL, O_RDWR) = 0", fd)}
			e.blocks, e.text = false, fmt.Sprintf("connect(%s, ..., ...)", fd)+outcome(-1, "EINPROGRESS")
			more = append(more, before, e, after, again)
			continue
		}
		more = append(more, e)
	}
	s.entries = more
	slices.SortStableFunc(s.entries, func(a, b *entry) int { return a.at - b.at })
}

// drifts says whether a timer decides when a call returns, itself or by a packet that it sends meanwhile.
func (s *script) drifts(e *entry) bool {
	return e.call.timer != nil || slices.ContainsFunc(s.entries, func(o *entry) bool {
		return o.timer != nil && o.packet && o.at > e.at && o.at < e.call.returned
	})
}

// postpone lets a call that blocks stand where it returns.
func (s *script) postpone(e *entry) {
	e.at, e.t, e.blocks, e.timer, e.text = e.call.returned, e.until, false, e.call.timer, e.call.late
}

// oneAtATime lets a call that would block beside another one stand where it returns: what waits only, as read() does,
// finds there what it waited for.
func (s *script) oneAtATime() error {
	for moved := true; moved; {
		moved = false
		for _, e := range s.entries {
			other := s.during(e)
			if other == nil {
				continue
			}
			if !e.call.waits {
				return refuse(CodeNotTold, "%s blocks at %s s in %s() while there is %s(): packetdrill makes one call at a time",
					"%s 在 %s s 阻塞于 %s()，同时又有 %s()，而 packetdrill 一次只能进行一个调用",
					s.meta.Name, seconds(e.t), e.call.name, other.call.name)
			}
			s.postpone(e)
			moved = true
		}
	}
	slices.SortStableFunc(s.entries, func(a, b *entry) int { return a.at - b.at })
	return nil
}

// during finds a call that is made while e blocks.
func (s *script) during(e *entry) *entry {
	if !e.blocks {
		return nil
	}
	for _, other := range s.entries {
		if other.call != nil && !other.comment && other != e && other.at > e.at && other.at < e.call.returned {
			return other
		}
	}
	return nil
}
