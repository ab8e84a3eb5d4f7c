package scenario_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"finwait/scenario"
)

// TestErrors holds what people see for each mistake: code, place, both languages, the line's text.
func TestErrors(t *testing.T) {
	datadriven.RunTest(t, "testdata/errors.txt", func(t *testing.T, d *datadriven.TestData) string {
		r := scenario.Run{Source: d.Input}
		for _, arg := range d.CmdArgs {
			r.Vary = map[string]string{arg.Key: arg.Vals[0]}
		}
		_, err := scenario.Execute(nil, r, scenario.Limits{})
		var e *scenario.Error
		switch {
		case err == nil:
			return "no error"
		case !errors.As(err, &e):
			t.Fatalf("%v is not a *scenario.Error", err)
		}
		return fmt.Sprintf("%s at %s:%d:%d\nen: %s\nzh: %s\n  | %s", e.Code, e.File, e.Line, e.Col, e.Message.En, e.Message.Zh, e.Text)
	})
}
