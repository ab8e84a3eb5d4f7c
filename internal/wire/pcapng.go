package wire

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"

	"finwait/engine"
)

// Epoch is the Unix time of virtual time 0 in captures: midnight UTC on 1 January 2000, so that the clock of a capture
// reads as the time since the start of the run.
const Epoch = 946684800

// WritePcapng writes what host saw of a run as a pcapng file: each segment that it sends at the time of sending, each that
// reaches it at the time of arrival. A segment that the link loses is thus in its sender's file alone, one that the link
// doubles is twice in its receiver's.
//
// The file has one section and one raw-IP interface named after the host, timestamps in nanoseconds from Epoch, the names
// of all hosts, and each packet's direction, segment id and the rule by which it was sent. events is a run's log from its
// meta event on; other kinds of events are passed over. The same events give the same bytes. It fails where host is not
// one of the run's hosts, where the log has no meta event at its start, and where w does.
func WritePcapng(w io.Writer, events []engine.Event, host string) error {
	c, err := newCapture(events, host)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	c.section(out)
	c.names(out)
	c.iface(out)
	for i := range events {
		if err := c.event(out, &events[i]); err != nil {
			return err
		}
	}
	return out.Flush()
}

// capture is one host's view of a run while it is written.
type capture struct {
	meta  *engine.Meta
	host  string
	addrs map[string]engine.Addr
	sent  map[int]*engine.Event // the segments' events by id, until the end: a duplicate can come late
	buf   []byte
}

func newCapture(events []engine.Event, host string) (*capture, error) {
	addrs, err := addresses(events)
	if err != nil {
		return nil, err
	}
	c := &capture{meta: events[0].Body.(*engine.Meta), host: host, addrs: addrs, sent: map[int]*engine.Event{}}
	if _, ok := c.addrs[host]; !ok {
		return nil, fmt.Errorf("the run has no host %q", host)
	}
	return c, nil
}

// event writes the packet that an event shows to the host, if it does.
func (c *capture) event(w io.Writer, ev *engine.Event) error {
	switch body := ev.Body.(type) {
	case *engine.SegmentSent:
		c.sent[body.ID] = ev
		if body.From == c.host {
			return c.packet(w, ev.T, ev, outbound)
		}
	case *engine.Deliver:
		if body.Host != c.host {
			return nil
		}
		s, ok := c.sent[body.ID]
		if !ok {
			return fmt.Errorf("event %d delivers segment %d, which was never sent", ev.Seq, body.ID)
		}
		return c.packet(w, ev.T, s, inbound)
	}
	return nil
}

// packet writes one Enhanced Packet Block: the segment of the event sent, as the host saw it at t.
func (c *capture) packet(w io.Writer, t engine.Micros, sent *engine.Event, direction uint32) error {
	s := sent.Body.(*engine.SegmentSent)
	data, err := Segment(s, c.addrs[s.From], c.addrs[s.To])
	if err != nil {
		return err
	}
	comment := "segment " + strconv.Itoa(s.ID)
	if sent.Rule != "" {
		comment += ", " + string(sent.Rule)
	}
	ns := Epoch*1_000_000_000 + uint64(t)*1000
	b := c.begin(blockPacket)
	b = binary.LittleEndian.AppendUint32(b, 0) // the only interface
	b = binary.LittleEndian.AppendUint32(b, uint32(ns>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(ns))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = pad(append(b, data...))
	b = option(b, optComment, []byte(comment))
	b = option(b, optFlags, binary.LittleEndian.AppendUint32(nil, direction))
	return c.end(w, b)
}

// section writes the Section Header Block.
func (c *capture) section(w io.Writer) {
	run := c.meta.Scenario.Name
	if run == "" {
		run = "a scenario of its own"
	}
	b := c.begin(blockSection)
	b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
	b = binary.LittleEndian.AppendUint16(b, 1) // version 1.0
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, sectionLengthUnknown)
	b = option(b, optComment, fmt.Appendf(nil, "%s, seed %d, as host %s saw it", run, c.meta.Seed, c.host))
	b = option(b, optUserAppl, fmt.Appendf(nil, "finwait engine %d", c.meta.Engine))
	_ = c.end(w, b) // w is a bufio.Writer: it keeps the error for Flush
}

// names writes the Name Resolution Block, so that a reader can show hosts by name.
func (c *capture) names(w io.Writer) {
	b := c.begin(blockNames)
	for _, h := range c.meta.Hosts {
		record := binary.BigEndian.AppendUint32(nil, uint32(c.addrs[h.Name]))
		record = append(append(record, h.Name...), 0)
		b = option(b, recordIPv4, record)
	}
	b = append(b, 0, 0, 0, 0) // end of records
	_ = c.end(w, b)
}

// iface writes the Interface Description Block.
func (c *capture) iface(w io.Writer) {
	addr := c.addrs[c.host]
	b := c.begin(blockInterface)
	b = binary.LittleEndian.AppendUint16(b, linkTypeRaw)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, 0) // no limit to a packet's length
	b = option(b, optIfName, []byte(c.host))
	b = option(b, optIfDescription, fmt.Appendf(nil, "host %s, %s", c.host, addr))
	mask := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(addr)), 0xffffff00)
	b = option(b, optIfIPv4Addr, mask)
	b = option(b, optIfTsResol, []byte{9}) // 10⁻⁹ s
	_ = c.end(w, b)
}
