package scenario_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finwait/engine"
	"finwait/scenario"
)

func resolve(t testing.TB, r scenario.Run) scenario.Run {
	t.Helper()
	r, err := scenario.Resolve(folder{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var everyInput = []engine.Input{
	{At: 1, Do: engine.Do{Drop: &engine.SegmentAction{Segment: 7}}},
	{At: 2, Do: engine.Do{Delay: &engine.DelayAction{Segment: 7, By: 50_000}}},
	{At: 3, Do: engine.Do{Duplicate: &engine.SegmentAction{Segment: 8}}},
	{At: 4, Do: engine.Do{Kill: &engine.ProcAction{Host: "client", Proc: "client"}}},
	{At: 5, Do: engine.Do{PowerOff: &engine.HostAction{Host: "server"}}},
	{At: 6, Do: engine.Do{Cut: &engine.LinkAction{}}},
	{At: 7, Do: engine.Do{Heal: &engine.LinkAction{From: "client"}}},
	{At: 8, Do: engine.Do{Call: &engine.CallAction{Host: "client", Proc: "client", Call: "close", Args: []engine.Arg{engine.Num(3)}}}},
	{At: 9, Do: engine.Do{Sysctl: &engine.SysctlAction{Host: "client", Name: "net.ipv4.tcp_sack", Value: 0}}},
}

func TestTokenIsReadableWhereShort(t *testing.T) {
	for _, c := range []struct {
		run    scenario.Run
		prefix string
	}{
		{scenario.Run{Scenario: "close/four-way", Seed: 7}, "close/four-way~7~e2~"},
		{scenario.Run{Scenario: "close/four-way", Vary: map[string]string{"exit": "close", "by": "x_1"}}, "close/four-way~0~by=x_1~exit=close~e2~"},
		{scenario.Run{Scenario: "close/four-way", Inputs: everyInput[:2]}, "close/four-way~0~drop.7@1~delay.7.50000@2~e2~"},
		{scenario.Run{Scenario: "close/four-way", Inputs: everyInput[2:7]}, "close/four-way~0~duplicate.8@3~kill.client.client@4~power-off.server@5~cut@6~heal.client@7~e2~"},
		{scenario.Run{Scenario: "close/four-way", Inputs: everyInput[7:]}, "~z"},
		{scenario.Run{Scenario: "close/four-way", Vary: map[string]string{"a": "1 2"}}, "~z"},
		{scenario.Run{Source: `host("client")`}, "~z"},
	} {
		r := resolve(t, c.run)
		token := r.Token()
		if !strings.HasPrefix(token, c.prefix) {
			t.Errorf("token %s does not begin with %s", token, c.prefix)
		}
		back, err := scenario.ParseToken(token)
		if err != nil {
			t.Errorf("%s: %v", token, err)
		} else if diff := cmp.Diff(r, back); diff != "" {
			t.Errorf("%s comes back changed:\n%s", token, diff)
		}
	}
}

func TestTokenIsRefusedUnlessItIsRight(t *testing.T) {
	good := resolve(t, scenario.Run{Scenario: "close/four-way", Seed: 7, Inputs: everyInput[:1]}).Token()
	for i := range good {
		for _, with := range []string{"", "a", "~", "%"} {
			bad := good[:i] + with + good[i+1:]
			if bad == good {
				continue
			}
			_, err := scenario.ParseToken(bad)
			coded(t, err, scenario.CodeBadToken)
		}
	}
	for _, bad := range []string{"", "~", "~z", "close/four-way", "close/four-way~7", good + "~", " " + good} {
		_, err := scenario.ParseToken(bad)
		coded(t, err, scenario.CodeBadToken)
	}
	_, err := scenario.ParseToken(strings.Repeat("a", scenario.MaxToken+1))
	coded(t, err, scenario.CodeTokenTooLong)
}

func TestTokenHasABound(t *testing.T) {
	// Nothing compresses random letters, so this source can't fit.
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("# ")
	for range 20_000 {
		b.WriteByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"[random.IntN(64)])
	}
	if token := resolve(t, scenario.Run{Source: b.String()}).Token(); token != "" {
		t.Errorf("a token of %d bytes was made", len(token))
	}
	coded(t, scenario.TokenTooLong(), scenario.CodeTokenTooLong)
}

func TestChangedScenarioIsNamed(t *testing.T) {
	r := resolve(t, scenario.Run{Scenario: "close/four-way", Seed: 7})
	old := r.Digest
	r.Digest = "0123456789abcdef"
	r, err := scenario.ParseToken(r.Token())
	if err != nil {
		t.Fatal(err)
	}
	_, err = scenario.Execute(folder{}, r, scenario.Limits{})
	e := coded(t, err, scenario.CodeContentChanged)
	for _, m := range []string{e.Message.En, e.Message.Zh} {
		if !strings.Contains(m, "0123456789abcdef") || !strings.Contains(m, old) {
			t.Errorf("%q does not name both digests", m)
		}
	}
}

func TestOtherEngineIsRefused(t *testing.T) {
	r := resolve(t, scenario.Run{Scenario: "close/four-way"})
	r.Engine = engine.Version + 1
	_, err := scenario.ParseToken(r.Token())
	coded(t, err, scenario.CodeEngineChanged)
}

func FuzzParseToken(f *testing.F) {
	for _, r := range []scenario.Run{
		{Scenario: "close/four-way", Seed: 7},
		{Scenario: "close/four-way", Inputs: everyInput, Vary: map[string]string{"exit": "close"}},
		{Source: "host(\"client\")\n", Seed: scenario.MaxSeed},
	} {
		f.Add(resolve(f, r).Token())
	}
	f.Add("close/four-way~7~drop.-1@-5~e2~AAAAAA")
	f.Add("~zq1YqTk0uysxLV7JSKk7NS8lMS1eqBQA")
	f.Fuzz(func(t *testing.T, token string) {
		r, err := scenario.ParseToken(token)
		if err != nil {
			return
		}
		if strings.HasPrefix(token, "~") {
			again, err := scenario.ParseToken(r.Token())
			if err != nil || !cmp.Equal(r, again) {
				t.Fatalf("%q: %+v is not what its own token says: %+v, %v", token, r, again, err)
			}
		} else if r.Token() != token {
			t.Fatalf("%q and %q mean the same run", token, r.Token())
		}
	})
}

func TestRunJSONIsStrict(t *testing.T) {
	const good = `{"scenario":"close/four-way","vary":{"Exit":"close"},"seed":1,"inputs":[{"at":5,"do":{"call":{"host":"client","proc":"client","call":"close","args":[3,"x"]}}}],"engine":2}`
	r, err := scenario.ParseRun([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(r); string(b) != good {
		t.Errorf("it comes back as %s", b)
	}
	for bad, code := range map[string]string{
		``:                                "bad_run",
		`null`:                            "bad_run",
		`[]`:                              "bad_run",
		`{}`:                              "bad_run",
		`{"scenario":"a"} {}`:             "bad_run",
		`{"scenario":"a","source":"b"}`:   "bad_run",
		`{"scenario":"a","extra":1}`:      "bad_run",
		`{"Scenario":"a"}`:                "bad_run",
		`{"scenario":"a","scenario":"b"}`: "bad_run",
		`{"scenario":"a","seed":null}`:    "bad_run",
		`{"scenario":"a","seed":1.5}`:     "bad_run",
		`{"scenario":"a","seed":"1"}`:     "bad_run",
		`{"scenario":"a","inputs":[{"at":1,"do":{"explode":{}}}]}`:         "bad_run",
		`{"scenario":"a","inputs":[{"at":1,"do":{"DROP":{}}}]}`:            "bad_run",
		`{"scenario":"a","inputs":[{"at":1,"do":{"drop":{"Segment":1}}}]}`: "bad_run",
		`{"scenario":"a","vary":` + strings.Repeat("[", 100_000) + `}`:     "bad_run",
		`{"scenario":"../etc/passwd"}`:                                     "unknown_scenario",
		`{"scenario":"a","seed":-1}`:                                       "bad_seed",
		`{"scenario":"a","seed":9007199254740992}`:                         "bad_seed",
		`{"scenario":"a","vary":{"x":""}}`:                                 "bad_vary",
		`{"scenario":"a","engine":99}`:                                     "engine_changed",
		`{"scenario":"a","digest":"xyz"}`:                                  "bad_run",
	} {
		_, err := scenario.ParseRun([]byte(bad))
		if err == nil {
			t.Errorf("%.80s is taken", bad)
			continue
		}
		if strings.Contains(err.Error(), "unmarshal") || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%.80s is refused in Go's words: %v", bad, err)
		}
		coded(t, err, code)
	}
}

func FuzzParseRun(f *testing.F) {
	b, _ := json.Marshal(scenario.Run{Scenario: "close/four-way", Inputs: everyInput})
	f.Add(b)
	f.Add([]byte(`{"source":"host(\"a\")","seed":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := scenario.ParseRun(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := scenario.ParseRun(again)
		if err != nil {
			t.Fatalf("%s is refused: %v", again, err)
		}
		if third, _ := json.Marshal(back); string(third) != string(again) {
			t.Fatalf("%s becomes %s", again, third)
		}
	})
}
