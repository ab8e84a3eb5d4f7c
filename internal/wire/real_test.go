package wire

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// scenarios is the folder of the embedded scenarios, as a library.
type scenarios struct{ fs.FS }

func (s scenarios) Source(name string) (string, bool) {
	b, err := fs.ReadFile(s.FS, name+".star")
	return string(b), err == nil
}

// TestTsharkReadsEveryScenario: whatever the engine sends, in any scenario that there is, an independent dissector finds
// nothing wrong with either host's capture, and as many packets as the log has. All captures go through it as the sections
// of one file: each start of tshark costs half a second.
func TestTsharkReadsEveryScenario(t *testing.T) {
	library := scenarios{os.DirFS("../../content/scenarios")}
	var file []byte
	var owners []string // of each packet
	err := fs.WalkDir(library.FS, ".", func(path string, d fs.DirEntry, err error) error {
		name, isScenario := strings.CutSuffix(path, ".star")
		if err != nil || !isScenario {
			return err
		}
		log, err := scenario.Execute(library, scenario.Run{Scenario: name, Seed: 1}, scenario.Limits{})
		if err != nil {
			t.Errorf("%v", err)
			return nil
		}
		for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
			file = append(file, capture1(t, log.Events, h.Name)...)
			for i := range packetsOf(log.Events, h.Name) {
				owners = append(owners, fmt.Sprintf("%s, host %s, packet %d", name, h.Name, i+1))
			}
		}
		return nil
	})
	if err != nil || len(owners) == 0 {
		t.Fatalf("%d packets, %v", len(owners), err)
	}
	checkWithTshark(t, file, owners)
}

func packetsOf(events []engine.Event, host string) int {
	n := 0
	for _, e := range events {
		switch b := e.Body.(type) {
		case *engine.SegmentSent:
			if b.From == host {
				n++
			}
		case *engine.Deliver:
			if b.Host == host {
				n++
			}
		}
	}
	return n
}

// runs are the scenarios with each choice of what they vary, once. Each has a seed of its own, so that captures in one file
// differ in ports and numbers.
func runs(t *testing.T, library scenarios) []*scenario.Log {
	t.Helper()
	var logs []*scenario.Log
	run := func(name string, vary map[string]string) *scenario.Log {
		log, err := scenario.Execute(library, scenario.Run{Scenario: name, Vary: vary, Seed: int64(len(logs) + 1)}, scenario.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, log)
		return log
	}
	err := fs.WalkDir(library.FS, ".", func(path string, _ fs.DirEntry, err error) error {
		name, isScenario := strings.CutSuffix(path, ".star")
		if err != nil || !isScenario {
			return err
		}
		for _, v := range run(name, nil).Vary {
			for _, choice := range v.Choices[1:] {
				run(name, map[string]string{v.Name: choice})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return logs
}

// TestTsharkNamesTheRetransmissionsThatWeName: from the bytes alone Wireshark's analysis finds which of the packets that a
// host sends were sent before, and the log says the same.
func TestTsharkNamesTheRetransmissionsThatWeName(t *testing.T) {
	all := runs(t, scenarios{os.DirFS("../../content/scenarios")})
	for i, side := range []string{"the first hosts", "the second hosts"} { // both views of a run would repeat each other
		t.Run(side, func(t *testing.T) {
			var file []byte
			var sent []sentSegment
			for _, log := range all {
				hosts := log.Events[0].Body.(*engine.Meta).Hosts
				if i >= len(hosts) || opensAtOnce(log) {
					continue
				}
				file = append(file, capture1(t, log.Events, hosts[i].Name)...)
				sent = append(sent, sentBy(log, hosts[i].Name)...)
			}
			compareRetransmissions(t, file, sent)
		})
	}
}

// opensAtOnce says that both ends of a run open at once: the SYN-ACK of either repeats its SYN's number, which is a new
// segment to us and a repeated one to Wireshark.
func opensAtOnce(log *scenario.Log) bool {
	return slices.ContainsFunc(log.Events, func(e engine.Event) bool { return e.Rule == engine.RuleSimultaneousSynAck })
}

// sentSegment is a segment that a host sends.
type sentSegment struct {
	name  string
	again bool
}

func sentBy(log *scenario.Log, host string) []sentSegment {
	var list []sentSegment
	for _, ev := range log.Events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.From == host {
			name := fmt.Sprintf("%s %v, host %s, segment %d (%s)", log.Run.Scenario, log.Run.Vary, host, s.ID, s.Flags)
			list = append(list, sentSegment{name, s.Retransmission})
		}
	}
	return list
}

func compareRetransmissions(t *testing.T, file []byte, sent []sentSegment) {
	lines := dissect(t, file, "-Y", "frame.packet_flags_direction == 2", "-T", "fields", "-e", "frame.number",
		"-e", "tcp.analysis.retransmission")
	if len(lines) != len(sent) {
		t.Fatalf("tshark finds %d packets, want %d", len(lines), len(sent))
	}
	named := 0
	for i, line := range lines {
		_, says, _ := strings.Cut(line, "\t")
		if again := says != ""; again != sent[i].again {
			t.Errorf("%s: sent again? Ours %v, tshark %v", sent[i].name, sent[i].again, again)
		}
		if sent[i].again {
			named++
		}
	}
	if named < 3 {
		t.Errorf("%d retransmissions in all: too few to compare", named)
	}
}
