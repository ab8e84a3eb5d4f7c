package verify

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"finwait/internal/netns"
)

// record is a line of a recording, in the form that the traces' README tells of.
type record struct {
	at    time.Duration // by netns.Monotonic
	after *record       // what the script had last waited for
	body  map[string]any
}

// recording is what was seen so far.
type recording struct {
	start   time.Duration
	mu      sync.Mutex
	records []*record
	isns    map[string]uint32 // of each direction's latest SYN
	scales  map[string]byte   // the window scale that a direction's SYN offered
}

func newRecording() *recording {
	return &recording{start: netns.Monotonic(), isns: map[string]uint32{}, scales: map[string]byte{}}
}

// add notes what was seen at a time, now for 0.
func (r *recording) add(kind string, at time.Duration, after *record, body map[string]any) *record {
	if at == 0 {
		at = netns.Monotonic()
	}
	body["kind"] = kind
	rec := &record{at: at, after: after, body: body}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, rec)
	return rec
}

func (r *recording) micros(at time.Duration) int64 { return (at - r.start).Microseconds() }

// bytes gives the trace: the meta line, then what was seen in its order.
func (r *recording) bytes(meta map[string]any) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortStableFunc(r.records, func(a, b *record) int { return int(a.at - b.at) })
	line := map[*record]int{}
	for i, rec := range r.records {
		line[rec] = i + 1
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	meta["kind"] = "meta"
	if err := enc.Encode(meta); err != nil {
		return nil, err
	}
	for _, rec := range r.records {
		rec.body["t"] = r.micros(rec.at)
		if rec.after != nil {
			rec.body["after"] = map[string]any{"line": line[rec.after], "gap_us": (rec.at - rec.after.at).Microseconds()}
		}
		if err := enc.Encode(rec.body); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// tcpPacket is a TCP segment as it was taken from a device.
type tcpPacket struct {
	raw          []byte
	src, dst     [4]byte
	sport, dport uint16
	flags        string
	seq, ack     uint32
	win          uint16
	length       int
	options      []byte
}

func parseTCP(b []byte) (p tcpPacket, ok bool) {
	if len(b) < 40 || b[0]>>4 != 4 || b[9] != unix.IPPROTO_TCP {
		return p, false
	}
	p.raw = slices.Clone(b)
	tcp := p.raw[int(b[0]&15)*4:]
	header := int(tcp[12]>>4) * 4
	copy(p.src[:], b[12:])
	copy(p.dst[:], b[16:])
	p.sport, p.dport = binary.BigEndian.Uint16(tcp), binary.BigEndian.Uint16(tcp[2:])
	p.seq, p.ack = binary.BigEndian.Uint32(tcp[4:]), binary.BigEndian.Uint32(tcp[8:])
	p.win, p.length, p.options = binary.BigEndian.Uint16(tcp[14:]), len(tcp)-header, tcp[20:header]
	for i, letter := range "SFRPA" {
		if tcp[13]&[...]byte{2, 1, 4, 8, 16}[i] != 0 {
			p.flags += string(letter)
		}
	}
	return p, true
}

func (p tcpPacket) has(f rune) bool { return strings.ContainsRune(p.flags, f) }

// segment notes a segment that the relay took.
func (r *recording) segment(at time.Duration, from, to string, p tcpPacket) *record {
	there := fmt.Sprint(p.src, p.sport, p.dst, p.dport)
	back := fmt.Sprint(p.dst, p.dport, p.src, p.sport)
	body := map[string]any{"from": from, "to": to, "sport": p.sport, "dport": p.dport, "flags": p.flags, "len": p.length, "win": p.win, "fate": "delivered"}
	r.mu.Lock()
	if p.has('S') {
		r.isns[there] = p.seq
		body["isn"] = p.seq
		delete(r.scales, there)
	}
	opts := r.options(p, there, back, body)
	body["opts"], body["seq"], body["ack"] = opts, int32(p.seq-r.isns[there]), 0
	if p.has('A') {
		body["ack"] = int32(p.ack - r.isns[back])
	}
	if !p.has('S') {
		shift := byte(0)
		if _, both := r.scales[back]; both {
			shift = r.scales[there]
		}
		body["win_bytes"] = int(p.win) << shift
	}
	r.mu.Unlock()
	return r.add("segment", at, nil, body)
}

func (r *recording) options(p tcpPacket, there, back string, body map[string]any) []string {
	opts := []string{}
	for o := p.options; len(o) > 1 && o[0] != 0; {
		if o[0] == 1 {
			o = o[1:]
			continue
		}
		size := int(o[1])
		if size < 2 || size > len(o) {
			break
		}
		switch v := o[2:size]; o[0] {
		case 2:
			opts = append(opts, fmt.Sprint("mss ", binary.BigEndian.Uint16(v)))
		case 3:
			opts = append(opts, fmt.Sprint("wscale ", v[0]))
			r.scales[there] = v[0]
		case 4:
			opts = append(opts, "sackOK")
		case 5:
			text := "sack"
			for ; len(v) >= 8; v = v[8:] {
				base := r.isns[back]
				text += fmt.Sprintf(" %d-%d", int32(binary.BigEndian.Uint32(v)-base), int32(binary.BigEndian.Uint32(v[4:])-base))
			}
			opts = append(opts, text)
		case 8:
			opts = append(opts, "ts")
			body["tsval"], body["tsecr"] = binary.BigEndian.Uint32(v), binary.BigEndian.Uint32(v[4:])
		}
		o = o[size:]
	}
	return opts
}

// tracedSysctls are those that a trace's first line shows.
var tracedSysctls = strings.Fields(`tcp_orphan_retries tcp_fin_timeout tcp_syn_retries tcp_synack_retries tcp_syn_linear_timeouts
	tcp_retries1 tcp_retries2 tcp_tw_reuse tcp_tw_reuse_delay tcp_abort_on_overflow tcp_syncookies tcp_timestamps tcp_sack
	tcp_window_scaling tcp_ecn tcp_early_retrans tcp_rto_min_us tcp_rto_max_ms tcp_max_syn_backlog tcp_max_tw_buckets
	tcp_rfc1337 tcp_congestion_control tcp_rmem tcp_wmem core/somaxconn`)

// readSysctls reads those of the calling thread's namespace.
func readSysctls() (map[string]any, error) {
	out := map[string]any{}
	for _, name := range tracedSysctls {
		path := "/proc/sys/net/ipv4/" + name
		if strings.Contains(name, "/") {
			path = "/proc/sys/net/" + name
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if list := strings.Fields(string(b)); len(list) == 1 {
			out[name] = list[0]
		} else {
			out[name] = list
		}
	}
	return out, nil
}
