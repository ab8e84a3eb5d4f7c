package scenario_test

import (
	"testing"

	"finwait/scenario"
)

// BenchmarkExecute measures one run of the four-way close, from its source to the encoded log.
func BenchmarkExecute(b *testing.B) {
	for b.Loop() {
		if _, err := scenario.Execute(folder{}, scenario.Run{Scenario: "close/four-way"}, scenario.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
