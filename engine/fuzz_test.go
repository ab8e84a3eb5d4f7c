package engine

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"
)

// FuzzSegments throws segments with any flags, numbers and options at both ends of a connection: nothing may panic, and
// the log stays sound.
func FuzzSegments(f *testing.F) {
	f.Add([]byte("\x00\x02\x00\x01\x00\x01\x10\x00"))
	f.Add([]byte("\x01\x04\x00\x01\x00\x01\x10\x00\x00\x02\x00\x06\x00\x01\xff\xff"))
	f.Add([]byte("\x01\x1f\xff\xff\x80\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := plan{programs: map[string]string{
			"server": "l = socket; bind l 80; listen l 1; c = accept l; read c 100 *; write c 3000; sleep 300ms; close c",
			"client": "c = socket; bind c 5000; connect c server 80; write c 4000; sleep 50ms; shutdown c SHUT_WR; read c 100 *",
		}}
		p.config.Until, p.config.Budget = 2*Day/24, 4000
		w := p.build(t)
		at := Millisecond
		for len(data) >= 8 && at < 400*Millisecond {
			seg, to := fuzzedSegment(w, data[:8])
			data = data[8:]
			at += 7 * Millisecond
			w.At(at, func() {
				h := w.hosts[to]
				h.Receive(w.now, seg(h))
			})
		}
		if _, err := w.Run(); err != nil {
			t.Fatal(err)
		}
		states := map[int]State{}
		for i, e := range w.Events {
			if e.Seq != i || i > 0 && e.T < w.Events[i-1].T {
				t.Fatalf("event %d is out of order", i)
			}
			if s, ok := e.Body.(*StateChange); ok && s.Host == "server" {
				if was, ok := states[s.Sock]; ok && was != s.From {
					t.Fatalf("socket %d goes from %s, but was in %s", s.Sock, s.From, was)
				}
				states[s.Sock] = s.To
			}
		}
	})
}

// fuzzedSegment makes a segment near the numbers that the receiving end expects, so that the fuzzer gets past the first
// checks. Bytes: end and options, flags, seq (16 bits, signed), ack (16 bits, signed), window, length.
func fuzzedSegment(w *world, b []byte) (make_ func(*Host) *Segment, to int) {
	to = int(b[0] & 1)
	return func(h *Host) *Segment {
		seg := &Segment{
			Src: w.hosts[1-to].addr, Dst: h.addr, Sport: 5000, Dport: 80, Flags: Flags(b[1] & 31), Win: uint16(b[6]) << 8,
			Payload: make([]byte, b[7]), WScale: int8(b[0]>>4) - 1, HasTS: b[0]&2 != 0, SACKOK: b[0]&4 != 0, MSS: uint16(b[6]) * 16,
		}
		if to == 0 {
			seg.Sport, seg.Dport = 80, 5000
		}
		near := func(rcvNxt, sndNxt, tsRecent, tsNow uint32) {
			seg.Seq = rcvNxt + uint32(int32(int16(binary.BigEndian.Uint16(b[2:]))))
			seg.Ack = sndNxt + uint32(int32(int16(binary.BigEndian.Uint16(b[4:]))))
			seg.TSVal, seg.TSEcr = tsRecent+uint32(b[6]), tsNow
		}
		if sk, w := h.sim.connection(h, seg.dst(), seg.src()); w != nil {
			near(w.rcvNxt, w.sndNxt, w.tsRecent, w.tsOff)
		} else if sk != nil {
			near(sk.rcvNxt, sk.sndNxt, sk.tsRecent, sk.tsNow())
			if b[0]&8 != 0 {
				seg.SACK = [][2]uint32{{seg.Ack + uint32(b[6]), seg.Ack + uint32(b[7])}}
			}
		}
		return seg
	}, to
}

// FuzzInputs decodes any JSON as a list of inputs: the run either goes on or refuses one with a code.
func FuzzInputs(f *testing.F) {
	f.Add([]byte(`[{"at":25000,"do":{"drop":{"segment":4}}}]`))
	f.Add([]byte(`[{"at":25000,"do":{"delay":{"segment":4,"by":9}}},{"at":26000,"do":{"duplicate":{"segment":4}}}]`))
	f.Add([]byte(`[{"at":0,"do":{"call":{"host":"client","proc":"client","call":"close","args":[3]}}},{"at":5,"do":{"cut":{}}}]`))
	f.Add([]byte(`[{"at":30000,"do":{"sysctl":{"host":"server","name":"net.ipv4.tcp_fin_timeout","value":1}}},{"at":9,"do":{"power-off":{"host":"client"}}}]`))
	f.Add([]byte(`[{"at":30000,"do":{"call":{"host":"client","proc":"client","call":"poll","args":[-1,3,9]}}},{"at":40000,"do":{"kill":{"host":"client","proc":"client"}}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var inputs []Input
		if json.Unmarshal(data, &inputs) != nil || len(inputs) > 20 {
			return
		}
		p := plan{programs: map[string]string{
			"server": "l = socket; bind l 80; listen l 1; c = accept l; read c 100 *; close c",
			"client": "c = socket; connect c server 80; write c 400; sleep 50ms; close c",
		}}
		p.config.Budget = 4000
		w := p.build(t)
		for i, in := range inputs {
			w.Input(i, in)
		}
		var refused *InputError
		if _, err := w.Run(); err != nil && (!errors.As(err, &refused) || refused.Code == "" || refused.Why == "") {
			t.Fatalf("%v is no refusal", err)
		}
	})
}
