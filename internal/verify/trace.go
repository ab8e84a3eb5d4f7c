package verify

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"finwait/engine"
)

// Trace is a recording: its first record says what it is, the others are in the order in which they were seen.
type Trace struct {
	Name    string
	Meta    Meta
	Records []Record // Records[0] stands for the meta line, so that an index is a line number
}

// Meta is a trace's first line.
type Meta struct {
	Scenario  string                     `json:"scenario"`
	Title     string                     `json:"title"`
	Kernel    string                     `json:"kernel"`
	Sysctls   map[string]json.RawMessage `json:"sysctls"`
	Changed   map[string]json.RawMessage `json:"changed"`
	DelayMS   float64                    `json:"delay_ms"`
	Addresses map[string]string          `json:"addresses"`
	Rules     []Rule                     `json:"rules"`
}

// Rule is a fault rule of the relay.
type Rule struct {
	Host    string  `json:"host"`
	Has     string  `json:"has"`
	Lacks   string  `json:"lacks"`
	Payload bool    `json:"payload"`
	Nth     any     `json:"nth"` // a number, or "all"
	Action  string  `json:"action"`
	MS      float64 `json:"ms"`
}

// Record is any later line; the kind says which members it has.
type Record struct {
	T    engine.Micros `json:"t"`
	Kind string        `json:"kind"`
	Host string        `json:"host"`

	Proc  string            `json:"proc"`
	FD    string            `json:"fd"`
	Call  string            `json:"call"`
	Args  []json.RawMessage `json:"args"`
	ID    int               `json:"id"`
	After *After            `json:"after"`
	Ret   any               `json:"ret"`
	Errno string            `json:"errno"`

	From   string          `json:"from"`
	To     string          `json:"to"`
	Sport  uint16          `json:"sport"`
	Dport  uint16          `json:"dport"`
	Flags  string          `json:"flags"`
	ISN    uint32          `json:"isn"`
	Seq    int64           `json:"seq"`
	Ack    int64           `json:"ack"`
	Len    int             `json:"len"`
	Win    uint16          `json:"win"`
	Opts   []string        `json:"opts"`
	Fate   string          `json:"fate"`
	Arrive []engine.Micros `json:"arrive"`

	Local       string `json:"local"`
	Remote      string `json:"remote"`
	AcceptQueue int    `json:"accept_queue"`

	rule Rule
}

// After names the record that the script had last waited for, and the time since.
type After struct {
	Line int           `json:"line"`
	Gap  engine.Micros `json:"gap_us"`
}

// ReadTrace reads a recording.
func ReadTrace(name string, r io.Reader) (*Trace, error) {
	t := &Trace{Name: name}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		if n == 0 {
			if err := json.Unmarshal(lines.Bytes(), &t.Meta); err != nil {
				return nil, fmt.Errorf("%s:1: %w", name, err)
			}
			t.Records = append(t.Records, Record{Kind: "meta"})
			continue
		}
		var rec Record
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
		}
		if rec.Kind == "rule" || rec.Kind == "rule_removed" {
			if err := json.Unmarshal(lines.Bytes(), &rec.rule); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
			}
		}
		t.Records = append(t.Records, rec)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(t.Records) < 2 || t.Records[len(t.Records)-1].Kind != "end" {
		return nil, fmt.Errorf("%s: the trace has no end", name)
	}
	return t, nil
}

// sysctls gives the settings in force by their full names, as far as the engine knows them.
func (m *Meta) sysctls() (map[string]int64, error) {
	out := map[string]int64{}
	for _, set := range []map[string]json.RawMessage{m.Sysctls, m.Changed} {
		for short, raw := range set {
			text := strings.Trim(string(raw), `"`)
			if short == "ip_local_port_range" {
				var low, high int64
				if _, err := fmt.Sscan(strings.NewReplacer(`\t`, " ").Replace(text), &low, &high); err != nil {
					return nil, fmt.Errorf("ip_local_port_range %s: %w", text, err)
				}
				out["net.ipv4.ip_local_port_range.low"], out["net.ipv4.ip_local_port_range.high"] = low, high
				continue
			}
			name := "net.ipv4." + short
			if strings.HasPrefix(short, "core/") {
				name = "net.core." + strings.TrimPrefix(short, "core/")
			}
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil || engine.CheckSysctl(name, v) != nil {
				continue // not a number, or a setting that the model has no use for
			}
			out[name] = v
		}
	}
	return out, nil
}

// fault turns a relay's rule into one of the engine's link.
func (r Rule) fault() (engine.Fault, error) {
	f := engine.Fault{Sender: r.Host, Data: r.Payload, By: engine.Micros(r.MS * 1000)}
	var err error
	if f.Has, err = engine.ParseFlags(r.Has); err != nil {
		return f, err
	}
	if f.Lacks, err = engine.ParseFlags(r.Lacks); err != nil {
		return f, err
	}
	if n, ok := r.Nth.(float64); ok {
		f.Nth = int(n)
	}
	switch r.Action {
	case "drop", "delay":
		f.Action = engine.FaultKind(r.Action)
	case "dup":
		f.Action = engine.FaultDuplicate
	default:
		return f, fmt.Errorf("unknown action %q", r.Action)
	}
	return f, nil
}

// stateName gives a state's name in the traces (Linux's) from the engine's (the RFC's).
func stateName(s engine.State) string {
	switch s {
	case engine.SynReceived:
		return "SYN_RECV"
	case engine.FinWait1:
		return "FIN_WAIT1"
	case engine.FinWait2:
		return "FIN_WAIT2"
	}
	return strings.ReplaceAll(string(s), "-", "_")
}
