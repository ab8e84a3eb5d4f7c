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

// TestHugeValuesStaySmallInErrors holds that an error which quotes a value is bounded, and so is what a call logs.
func TestHugeValuesStaySmallInErrors(t *testing.T) {
	for name, line := range map[string]string{
		"fail":   `fail("x" * 10000000)`,
		"time":   `os.sleep("x" * 10000000)`,
		"host":   `os.connect(os.socket(), "x" * 10000000, 80)`,
		"option": `os.getsockopt(os.socket(), "x" * 10000000)`,
		"key":    `{}["x" * 10000000]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scenario.Execute(nil, scenario.Run{Source: "def p(os):\n    " + line + "\nhost('client', p)\n"}, scenario.Limits{})
			e := coded(t, err, scenario.CodeScenario)
			if n := max(len(e.Message.En), len(e.Message.Zh)); n > 1000 || e.Line != 2 {
				t.Errorf("a message of %d bytes at line %d", n, e.Line)
			}
		})
	}
}
