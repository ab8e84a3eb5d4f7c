package export

import "finwait/engine"

// Viewer is the host whose view of a run is shown where none is asked for: the one named client, else the one that sends the
// first SYN, else the first.
func Viewer(events []engine.Event) string {
	hosts := events[0].Body.(*engine.Meta).Hosts
	for _, h := range hosts {
		if h.Name == "client" {
			return h.Name
		}
	}
	for _, ev := range events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.SYN != 0 {
			return s.From
		}
	}
	return hosts[0].Name
}
