package wire

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"finwait/engine"
)

// MaxListed bounds the payload in a list of datagrams, in bytes.
const MaxListed = 1 << 20

// Listed is one line of a list: the datagram of a segment in hex. Omitted is how many bytes of payload at its end are left
// out because the list's bound was reached; the headers are always whole.
type Listed struct {
	ID      int    `json:"id"`
	Hex     string `json:"hex"`
	Omitted int    `json:"omitted,omitempty"`
}

// WriteList writes the datagrams of a run's segments as JSON Lines, in the order in which they were sent: the bytes that a
// pcapng of either host has. The first MaxListed bytes of payload are written. It fails where
// the log has no meta event at its start, and where w does.
func WriteList(w io.Writer, events []engine.Event) error {
	hosts, err := addresses(events)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	room := MaxListed
	for i := range events {
		s, ok := events[i].Body.(*engine.SegmentSent)
		if !ok {
			continue
		}
		data, err := Segment(s, hosts[s.From], hosts[s.To])
		if err != nil {
			return err
		}
		line := Listed{ID: s.ID}
		if s.Len > room {
			line.Omitted = s.Len
			data = data[:len(data)-s.Len]
		} else {
			room -= s.Len
		}
		line.Hex = hex.EncodeToString(data)
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// addresses are those of a run's hosts by name.
func addresses(events []engine.Event) (map[string]engine.Addr, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("the log is empty")
	}
	meta, ok := events[0].Body.(*engine.Meta)
	if !ok {
		return nil, fmt.Errorf("the log starts with a %s event, not with meta", events[0].Body.Kind())
	}
	hosts := map[string]engine.Addr{}
	for _, h := range meta.Hosts {
		a, err := engine.ParseAddr(h.Addr)
		if err != nil {
			return nil, fmt.Errorf("host %s: %w", h.Name, err)
		}
		hosts[h.Name] = a
	}
	return hosts, nil
}
