package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"finwait/engine"
)

// list reads what WriteList wrote.
func list(t *testing.T, events []engine.Event) []Listed {
	t.Helper()
	var b bytes.Buffer
	if err := WriteList(&b, events); err != nil {
		t.Fatal(err)
	}
	var out []Listed
	for line := range strings.Lines(b.String()) {
		var l Listed
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, l)
	}
	return out
}

// TestListHasTheBytesOfTheCapture holds that each datagram of the list is in the capture of its sender, byte for byte.
func TestListHasTheBytesOfTheCapture(t *testing.T) {
	l := newLog()
	l.send(0, "client", engine.SYN, 0, 0, "", engine.Options{MSS: 1460})
	l.send(20*engine.Millisecond, "client", engine.PSH|engine.ACK, 1, 1, "hello", engine.Options{})
	var file bytes.Buffer
	if err := WritePcapng(&file, l.events, "client"); err != nil {
		t.Fatal(err)
	}
	lines := list(t, l.events)
	if len(lines) != 2 || lines[0].ID != 1 || lines[1].ID != 2 {
		t.Fatalf("the list is %+v", lines)
	}
	for _, line := range lines {
		data, err := hex.DecodeString(line.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if line.Omitted != 0 || !bytes.Contains(file.Bytes(), data) {
			t.Errorf("segment %d, %d bytes omitted, is not in the capture: %s", line.ID, line.Omitted, line.Hex)
		}
	}
}

// TestListIsBounded holds that payload beyond the bound is left out and counted, and later payload that fits is not.
func TestListIsBounded(t *testing.T) {
	const size = 60_000
	l := newLog()
	for range MaxListed/size + 1 {
		l.send(0, "client", engine.ACK, 1, 1, strings.Repeat("x", size), engine.Options{})
	}
	l.send(0, "client", engine.ACK, 1, 1, "y", engine.Options{})
	lines := list(t, l.events)
	last, over := lines[len(lines)-1], lines[len(lines)-2]
	if over.Omitted != size || len(over.Hex) != 2*40 {
		t.Errorf("the one that does not fit: %d omitted, %d digits", over.Omitted, len(over.Hex))
	}
	if last.Omitted != 0 || !strings.HasSuffix(last.Hex, "79") {
		t.Errorf("the one that fits again: %+v", last)
	}
}

func TestListNeedsALog(t *testing.T) {
	for _, events := range [][]engine.Event{nil, newLog().events[1:], {{Body: &engine.Deliver{}}}} {
		if err := WriteList(&bytes.Buffer{}, events); err == nil {
			t.Errorf("%d events without a meta event make a list", len(events))
		}
	}
}
