package wire

import (
	"fmt"
	"io/fs"
	"os"
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
