package export_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/scenario"
)

// TestSS holds the tables of whole runs. The command's arguments: host=server, and at=1.5s for one moment.
func TestSS(t *testing.T) {
	datadriven.Walk(t, "testdata/ss", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			host := "client"
			d.MaybeScanArgs(t, "host", &host)
			log := execute(t, scenario.Run{Source: d.Input, Seed: 7})
			var b bytes.Buffer
			if err := export.SS(&b, log, host, moment(t, d)); err != nil {
				return "error: " + err.Error()
			}
			return strings.ReplaceAll(b.String(), "\n\n", "\n.\n")
		})
	})
}

func moment(t *testing.T, d *datadriven.TestData) *engine.Micros {
	if !d.HasArg("at") {
		return nil
	}
	var text string
	d.ScanArgs(t, "at", &text)
	at, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	us := engine.Micros(at.Microseconds())
	return &us
}

// TestSSWritesTimesAsSSDoes holds how ss writes the time left: less and less exactly the longer it is.
func TestSSWritesTimesAsSSDoes(t *testing.T) {
	for left, want := range map[time.Duration]string{
		0:                         "",
		999 * time.Microsecond:    "",
		20 * time.Millisecond:     "020ms",
		204 * time.Millisecond:    "204ms",
		time.Second:               "1sec",
		1500 * time.Millisecond:   "1.500ms",
		9999 * time.Millisecond:   "9.999ms",
		10500 * time.Millisecond:  "10sec",
		59900 * time.Millisecond:  "59sec",
		time.Minute:               "1min",
		61200 * time.Millisecond:  "1min1sec",
		599 * time.Second:         "9min59sec",
		2*time.Hour - time.Second: "119min",
	} {
		if got := export.SSSpan(engine.Micros(left.Microseconds())); got != want {
			t.Errorf("%s is written %q, want %q", left, got, want)
		}
	}
}
