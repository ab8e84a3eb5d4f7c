package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEncodingFollowsTags holds the hand-written encoding to the struct tags, from which the browser's types are made.
func TestEncodingFollowsTags(t *testing.T) {
	shift, long := 7, strings.Repeat("a long name ", 500)
	bodies := []Body{
		&Meta{Engine: 1, Scenario: ScenarioRef{"a/b", "00"}, Vary: map[string]string{"k": "v"}, Seed: 3, Inputs: []Input{{At: 5, Do: Do{Cut: &LinkAction{}}}},
			Hosts: []HostMeta{{"client", "10.0.0.1", "linux", map[string]int64{}}}, Link: LinkMeta{10000}, Title: Text{"en", "中文 <&>"}},
		&SegmentSent{ID: 1, From: "client", To: "server", Sport: 40001, Dport: 80, Flags: SYN | ACK, Seqno: -1, Ackno: 7, Abs: SeqAck{1 << 31, 2},
			Len: 3, Win: 9, WinBytes: 1152, Opts: Options{MSS: 1460, SACKOK: true, TS: &Timestamps{1, 2}, WScale: &shift, SACK: []SACKBlock{{1, 2}, {-3, 4}}},
			Retransmission: true, Arrives: 10000, Payload: []byte("abc")},
		&SegmentSent{},
		&Fate{1, Dropped, 0}, &Fate{2, Delayed, 77},
		&Deliver{1, "server"},
		&CallMade{1, "client", "p", 0, 12, -1, "socket", []Arg{Num(-1), Str("a\"b\n"), Str("")}}, &CallMade{Args: []Arg{}},
		&Returned{1, "client", "p", 0, 12, 3, "read", -1, "out", "ECONNRESET", 100}, &Returned{},
		&StateChange{"client", 1, "10.0.0.1:1", "*", Closed, Listen, true},
		&CallMade{1, long, long + "\n", 0, 12, 3, "poll", append(slices.Repeat([]Arg{Num(1 << 40)}, 300), Str(long+"<"), Num(7))},
		&Returned{1, long, "p<", 0, 12, 3, "read", -1, long + "\"", "ECONNRESET", 100},
		&TimerChange{"client", 1, TimerRetransmit, TimerSet, 100, 2}, &TimerChange{"client", 1, TimerRetransmit, TimerStop, 0, 0},
		&Queue{"client", 1, "10.0.0.1:1", 2, 3}, &ListenQueue{"server", 1, "0.0.0.0:80", 1, 2, 3},
		&Process{"client", "p", ProcessExit, 1},
		&InputApplied{Do{Drop: &SegmentAction{7}}},
		&Expect{Text{"a", "b"}, true},
		&End{EndQuiet, "ff"},
	}
	for _, b := range bodies {
		line := AppendJSON(nil, Event{Seq: 4, T: 5, Rule: "a/b", Cause: 2, Body: b})
		if _, digests := b.(*End); !digests && string(encoded(b, b, b)) != string(line) {
			t.Errorf("after lines like it %s is encoded as %s", line, encoded(b, b, b))
		}
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		tagged, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"seq": 4.0, "t": 5.0, "kind": string(b.Kind()), "rule": "a/b", "cause": 2.0}
		if err := json.Unmarshal(tagged, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T: encoding and tags differ (-tags +encoding):\n%s", b, diff)
		}
	}
}

// encoded is the last line that an encoder makes of bodies.
func encoded(bodies ...Body) []byte {
	e := NewEncoder()
	for i, b := range bodies {
		e.Append(&Event{Seq: 5 - len(bodies) + i, T: 5, Rule: "a/b", Cause: 2, Body: b})
	}
	return e.Lines.Line(len(bodies) - 1)
}

func TestDecimal(t *testing.T) {
	numbers := []int64{0, 1, -1, 9, 10, 99, 100, 1<<31 - 1, -1 << 31, 1<<63 - 1, -1 << 63}
	for n := int64(1); n < 1e18; n *= 10 {
		numbers = append(numbers, n-1, n, n+1, -n, 7*n+3)
	}
	for n := int64(0); n < 1e10; n += 1 + n/5000 {
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		if got, want := string(decimal(append(make([]byte, 0, 1+mostDigits), 'x'), n)), "x"+strconv.FormatInt(n, 10); got != want {
			t.Errorf("%s is written %s", want, got)
		}
	}
}

func TestEndCarriesTheDigest(t *testing.T) {
	e := NewEncoder()
	e.Append(&Event{Cause: -1, Body: &Meta{}})
	e.Append(&Event{Seq: 1, Cause: -1, Body: &Deliver{1, "server"}})
	before := sha256.Sum256(e.Lines.Bytes())
	e.Append(&Event{Seq: 2, Cause: -1, Body: &End{Reason: EndQuiet}})
	if want := hex.EncodeToString(before[:]); e.Lines.SHA256 != want {
		t.Errorf("digest %s, want that of the lines before the end, %s", e.Lines.SHA256, want)
	}
	if e.Lines.Len() != 3 || string(e.Lines.Line(1)) != `{"seq":1,"t":0,"kind":"deliver","id":1,"host":"server"}` {
		t.Errorf("line 1 of %d is %s", e.Lines.Len(), e.Lines.Line(1))
	}
}
