package scenario_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"finwait/engine"
	"finwait/scenario"
)

func TestSameRunSameBytes(t *testing.T) {
	r := scenario.Run{Scenario: "close/four-way", Seed: 7}
	a, b := execute(t, r), execute(t, r)
	if !bytes.Equal(a.Lines.Bytes(), b.Lines.Bytes()) {
		t.Fatalf("event %d differs between two executions", scenario.ForkSeq(a.Lines, b.Lines))
	}
	if n := scenario.ForkSeq(a.Lines, b.Lines); n != a.Lines.Len() {
		t.Errorf("equal logs are said to differ in event %d", n)
	}
	token, err := scenario.ParseToken(a.Run.Token())
	if err != nil {
		t.Fatal(err)
	}
	if c := execute(t, token); !bytes.Equal(a.Lines.Bytes(), c.Lines.Bytes()) {
		t.Error("the token gives another log")
	}
}

func TestForkKeepsThePrefix(t *testing.T) {
	r := scenario.Run{Scenario: "close/four-way", Seed: 7}
	a := execute(t, r)
	var fin *engine.SegmentSent
	var at engine.Micros
	for _, ev := range a.Events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			fin, at = s, ev.T
			break
		}
	}
	if fin == nil {
		t.Fatal("the run has no FIN")
	}
	r.Inputs = []engine.Input{{At: at + 1000, Do: engine.Do{Drop: &engine.SegmentAction{Segment: fin.ID}}}}
	b := execute(t, r)
	n := scenario.ForkSeq(a.Lines, b.Lines)
	if a.Lines.Time(n) < at+1000 || b.Lines.Time(n) != at+1000 {
		t.Errorf("the fork is at %d and %d µs, the input at %d", a.Lines.Time(n), b.Lines.Time(n), at+1000)
	}
	if !strings.Contains(string(b.Lines.Line(n)), `"kind":"input"`) {
		t.Errorf("the first event that differs is %s", b.Lines.Line(n))
	}
}

// TestNothingOutlivesExecute counts goroutines after runs that end in every way.
func TestNothingOutlivesExecute(t *testing.T) {
	for name, src := range map[string]string{
		"ends":           "def p(os):\n    os.sleep(5)\nhost('client', p)\n",
		"blocks":         "def p(os):\n    s = os.socket()\n    os.bind(s, 80)\n    os.listen(s, 1)\n    os.accept(s)\nhost('client', p)\n",
		"exits":          "def p(os):\n    os.exit(3)\n    os.sleep(1)\nhost('client', p)\n",
		"never ends":     "def p(os):\n    while True:\n        os.sleep(5)\nhost('client', p)\n",
		"computes":       "def p(os):\n    while True:\n        pass\nhost('client', p)\n",
		"fails":          "def p(os):\n    os.sleep(1)\n    fail('x')\nhost('client', p)\nhost('server', p)\n",
		"spawns":         "def q(os, n):\n    os.sleep(n)\ndef p(os):\n    for i in range(5):\n        os.spawn(q, i * 1000000)\nhost('client', p)\n",
		"wrong top":      "def p(os):\n    pass\nhost('client', p)\nfail('x')\n",
		"never starts":   "def p(os):\n    pass\nhost('client')\nprocess('client', 'late', p, at = '23h')\nscenario('x', until = '1s')\n",
		"cut by a limit": "def p(os):\n    os.sleep('10s')\nhost('client', p)\n",
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			limits := scenario.Limits{}
			if strings.HasPrefix(name, "cut") {
				limits.Until = engine.Second
			}
			for range 3 {
				scenario.Execute(nil, scenario.Run{Source: src}, limits)
			}
			deadline := time.Now().Add(2 * time.Second)
			for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			if now := runtime.NumGoroutine(); now > before {
				t.Errorf("%d goroutines before, %d after", before, now)
			}
		})
	}
}

func TestHostsAndAddresses(t *testing.T) {
	log := execute(t, scenario.Run{Source: `
host("proxy")
host("server", sysctl = {"net.ipv4.tcp_fin_timeout": 30, "net.ipv4.tcp_sack": 1})
host("fixed", addr = "10.0.0.3")
host("client", profile = "rfc9293")
scenario(title = "hosts", link = link(delay = "1.5ms"))
`})
	meta := log.Events[0].Body.(*engine.Meta)
	var got []string
	for _, h := range meta.Hosts {
		got = append(got, h.Name+" "+h.Addr+" "+h.Profile)
	}
	want := "client 10.0.0.1 rfc9293, server 10.0.0.2 linux, proxy 10.0.0.4 linux, fixed 10.0.0.3 linux"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("hosts are %s, want %s", s, want)
	}
	if len(meta.Hosts[1].Sysctl) != 1 || meta.Link.DelayUS != 1500 || meta.Title != (engine.Text{En: "hosts", Zh: "hosts"}) {
		t.Errorf("meta is %+v", meta)
	}
}

// TestAtGivesFaultsTheirStart holds that a rule of the link that at() moved sees, and counts, nothing before its time.
func TestAtGivesFaultsTheirStart(t *testing.T) {
	const programs = `
def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 1)
    c = os.accept(s)
    while os.read(c, 10):
        pass

def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    for i in range(4):
        os.write(s, "x")
        os.sleep("1s")

host("server", server)
host("client", client)
`
	for rule, want := range map[string]string{
		`drop(sender = "client", data = True, nth = 1)`:                       "dropped at 20000",
		`at("1s", drop(sender = "client", data = True, nth = 1))`:             "dropped at 1020000",
		`at("1500ms", drop(sender = "client", data = True, nth = 2))`:         "dropped at 3020000",
		`at("1020ms", delay("1ms", sender = "client", data = True, nth = 1))`: "delayed at 1020000",
		`at("1021ms", duplicate(sender = "client", data = True, nth = 1))`:    "duplicated at 2020000",
		`at("2s", reorder(sender = "client", data = True, nth = 1), heal())`:  "delayed at 2020000",
		`at("1h", drop())`: "",
	} {
		var got []string
		for _, ev := range execute(t, scenario.Run{Source: programs + rule}).Events {
			if f, ok := ev.Body.(*engine.Fate); ok {
				got = append(got, fmt.Sprintf("%s at %d", f.Fate, ev.T))
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: %q, want %q", rule, s, want)
		}
	}
}

func TestVaryChooses(t *testing.T) {
	src := `
how = vary("exit", ["close", "exit"])
def p(os):
    if how == "exit":
        os.exit(3)
    os.sleep(1)
host("client", p)
`
	for choice, call := range map[string]string{"": "sleep", "close": "sleep", "exit": "exit"} {
		r := scenario.Run{Source: src, Vary: map[string]string{"exit": choice}}
		if choice == "" {
			r.Vary = nil
		}
		log := execute(t, r)
		if meta := log.Events[0].Body.(*engine.Meta); meta.Vary["exit"] != map[bool]string{true: "close", false: choice}[choice == ""] {
			t.Errorf("meta says %v", meta.Vary)
		}
		made := ""
		for _, ev := range log.Events {
			if c, ok := ev.Body.(*engine.CallMade); ok {
				made = c.Call
			}
		}
		if made != call {
			t.Errorf("choice %q made the call %s, want %s", choice, made, call)
		}
	}
}

func TestExpectationsAreJudgedBeforeTheEnd(t *testing.T) {
	src := `
def p(os):
    os.sleep("2s")
host("client", p)
expect("it sleeps for two seconds", lambda log: [r.blocked_us for r in log.returns(call = "sleep")] == [2000000])
expect({"en": "no", "zh": "不"}, lambda log: log.end > 5000000)
`
	log := execute(t, scenario.Run{Source: src})
	var got []bool
	for i, ev := range log.Events {
		if e, ok := ev.Body.(*engine.Expect); ok {
			got = append(got, e.Holds)
			if i != len(log.Events)-3+len(got)-1 {
				t.Errorf("expectation %d is event %d of %d", len(got), i, len(log.Events))
			}
		}
	}
	if len(got) != 2 || !got[0] || got[1] {
		t.Errorf("judged %v", got)
	}
	cut, err := scenario.Execute(nil, scenario.Run{Source: src}, scenario.Limits{Until: engine.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range cut.Events {
		if _, ok := ev.Body.(*engine.Expect); ok {
			t.Error("a run that was cut short is judged")
		}
	}
	if cut.Reason != engine.EndUntil {
		t.Errorf("it ended as %s", cut.Reason)
	}
}

func TestProgramsShareTheSteps(t *testing.T) {
	// Each program needs a little more than half of the budget.
	src := `
def p(os):
    for i in range(60000):
        x = i + 1 - 2 + 3
    os.sleep(1)
host("client", p)
host("server", p)
`
	one := strings.Replace(src, "host(\"server\", p)\n", "", 1)
	execute(t, scenario.Run{Source: one})
	_, err := scenario.Execute(nil, scenario.Run{Source: src}, scenario.Limits{})
	coded(t, err, scenario.CodeSteps)
}

// TestInputsAreRefused holds the codes of inputs that can't act, and that a refused input refuses the run.
func TestInputsAreRefused(t *testing.T) {
	for code, in := range map[string]string{
		"bad_time":      `{"at":-1,"do":{"cut":{}}}`,
		"bad_input":     `{"at":1,"do":{}}`,
		"not_in_flight": `{"at":1,"do":{"drop":{"segment":99}}}`,
		"unknown_host":  `{"at":1,"do":{"power-off":{"host":"nobody"}}}`,
		"unknown_proc":  `{"at":1,"do":{"kill":{"host":"client","proc":"nobody"}}}`,
		"unknown_call":  `{"at":1,"do":{"call":{"host":"server","proc":"server","call":"fly","args":[]}}}`,
		"bad_sysctl":    `{"at":1,"do":{"sysctl":{"host":"client","name":"net.ipv4.nothing","value":1}}}`,
	} {
		input, err := scenario.ParseInput([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		_, err = scenario.Execute(folder{}, scenario.Run{Scenario: "close/four-way", Inputs: []engine.Input{input}}, scenario.Limits{})
		coded(t, err, code)
	}
}

// TestCheckOfAnotherRun: a check written for the run without inputs may find nothing to look at; it does not hold then, and
// without inputs it is a mistake with a place.
func TestCheckOfAnotherRun(t *testing.T) {
	four, _ := folder{}.Source("close/four-way")
	src := four + "\nexpect(\"a FIN is sent\", lambda log: log.segments(flags = \"F\")[0].len == 0)\n"
	kill := engine.Input{At: 5000, Do: engine.Do{Cut: &engine.LinkAction{}}}
	log, err := scenario.Execute(nil, scenario.Run{Source: src, Inputs: []engine.Input{kill}}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	last, ok := log.Events[len(log.Events)-2].Body.(*engine.Expect)
	if !ok || last.Text.En != "a FIN is sent" || last.Holds {
		t.Errorf("the log ends with %+v", log.Events[len(log.Events)-2].Body)
	}
	src = strings.Replace(src, `flags = "F")[0]`, `flags = "R")[0]`, 1)
	if _, err := scenario.Execute(nil, scenario.Run{Source: src}, scenario.Limits{}); err == nil {
		t.Error("a check that fails on the scenario's own run is no error")
	}
}
