package scenario_test

import (
	"os"
	"testing"

	"finwait/scenario"
)

// BenchmarkLesson computes a lesson's run from its source to its log: Starlark, engine, JSON, expectations.
func BenchmarkLesson(b *testing.B) {
	source, err := os.ReadFile("../content/scenarios/close/four-way.star")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	events := 0
	for b.Loop() {
		log, err := scenario.Execute(nil, scenario.Run{Source: string(source), Seed: 1}, scenario.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		events += len(log.Events)
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
