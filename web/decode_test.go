package web

import (
	"bytes"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
)

// Every scenario's log, read back and written again, is the same byte for byte.
func TestEventsReadBackWhatWasWritten(t *testing.T) {
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range c.Scenarios() {
		log, err := scenario.Execute(c, scenario.Run{Scenario: name, Seed: 7}, scenario.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		events, err := Events(log.Lines)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again := engine.NewEncoder()
		for _, ev := range events {
			again.Append(&ev)
		}
		if !bytes.Equal(again.Lines.Bytes(), log.Lines.Bytes()) {
			t.Errorf("%s: the log is another one after it was read back", name)
		}
	}
}
