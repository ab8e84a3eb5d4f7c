package web

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
)

var rewrite = flag.Bool("rewrite", false, "write the transcripts anew")

func (l TranscriptLine) String() string {
	var b strings.Builder
	b.WriteString(l.Time + "\t")
	for _, p := range l.Parts {
		b.WriteString(p.Text + string(p.State) + p.Code)
	}
	return b.String()
}

// The lesson's run in words, as a person reads it.
func TestTranscriptOfTheFourWayClose(t *testing.T) {
	c := library(t)
	log := events(t, c, scenario.Run{Scenario: "close/four-way", Seed: 7})
	for _, l := range content.Langs {
		var b strings.Builder
		for _, line := range Transcript(log, l, c.Phrases(l)) {
			b.WriteString(line.String() + "\n")
		}
		file := "testdata/four-way." + string(l) + ".txt"
		if *rewrite {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != string(want) {
			t.Errorf("%s differs; look at it with go test ./web -rewrite\n%s", file, got)
		}
	}
}

// Every event of every scenario, and every kind of input, has its sentence in both languages, with nothing left to fill in.
func TestTranscriptsAreComplete(t *testing.T) {
	c := library(t)
	open := regexp.MustCompile(`\{\w+\}|^\S+\t$|\b(event|host)\.[a-z]`)
	runs := []scenario.Run{}
	for _, name := range c.Scenarios() {
		runs = append(runs, scenario.Run{Scenario: name, Seed: 7})
	}
	for _, do := range []engine.Do{
		{Kill: &engine.ProcAction{Host: "server", Proc: "server"}},
		{PowerOff: &engine.HostAction{Host: "server"}},
		{Cut: &engine.LinkAction{}},
		{Heal: &engine.LinkAction{}},
		{Sysctl: &engine.SysctlAction{Host: "client", Name: "net.ipv4.tcp_fin_timeout", Value: 30}},
		{Call: &engine.CallAction{Host: "client", Proc: "client", Call: "close", Args: []engine.Arg{engine.Num(3)}}},
		{Drop: &engine.SegmentAction{Segment: 1}},
		{Delay: &engine.DelayAction{Segment: 1, By: 5000}},
		{Duplicate: &engine.SegmentAction{Segment: 1}},
	} {
		runs = append(runs, scenario.Run{Scenario: "close/four-way", Seed: 7, Inputs: []engine.Input{{At: 5000, Do: do}}})
	}
	for _, run := range runs {
		limits := scenario.Limits{}
		if len(run.Inputs) > 0 {
			limits.Until = 6 * engine.Millisecond // what the scenario expects of its end is not meant for these
		}
		log, err := scenario.Execute(c, run, limits)
		if err != nil {
			t.Errorf("%s %+v: %v", run.Scenario, run.Inputs, err)
			continue
		}
		for _, l := range content.Langs {
			for _, line := range Transcript(log.Events, l, c.Phrases(l)) {
				if open.MatchString(line.String()) {
					t.Errorf("%s %s: %s", run.Scenario, l, line)
				}
			}
		}
	}
}
