package sandbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"finwait/scenario"
	"finwait/scenario/sandbox"
)

// TestCheckRunsNoProgram: what only a program would do is not done; what stands around it is told.
func TestCheckRunsNoProgram(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	source := "def p(os):\n    while True:\n        pass\nhost('client', p, sysctl = {'net.ipv4.tcp_fin_timeout': 7})"
	o, err := p.Check(context.Background(), "s", scenario.Run{Source: source})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Hosts) != 1 || o.Hosts[0].Sysctl["net.ipv4.tcp_fin_timeout"] != 7 || o.Hosts[0].Dict == nil {
		t.Errorf("%+v", o)
	}
}

// TestCheckIsBounded throws at the top level what the runs are tested with.
func TestCheckIsBounded(t *testing.T) {
	p := newPool(t, sandbox.Options{})
	for _, b := range bombs {
		if strings.Contains(b.source, "def p(os)") || strings.Contains(b.source, "expect(") {
			continue // a check does not get there
		}
		_, err := p.Check(context.Background(), "s", scenario.Run{Source: b.source})
		var e *scenario.Error
		if !errors.As(err, &e) || !strings.Contains(" "+b.codes+" ", " "+e.Code+" ") {
			t.Errorf("%s: got %v", b.name, err)
		}
	}
}
