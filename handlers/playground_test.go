package handlers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/internal/stream"
	"finwait/scenario"
	"finwait/scenario/sandbox"
)

// sandboxChild is the program that sandboxes of these tests start, built once.
var sandboxChild = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(tempDir, "child")
	out, err := exec.Command("go", "build", "-o", dir, "finwait/scenario/sandbox/testdata/child").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the child: %w\n%s", err, out)
	}
	return dir, nil
})

// withSandbox gives a service what visitors' sources run in, and as many runs as a test may need.
func withSandbox(t *testing.T, s stream.Options) func(*Options) {
	t.Helper()
	command, err := sandboxChild()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sandbox.New(sandbox.Options{Command: []string{command}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return func(o *Options) {
		s.Library, s.Execute = o.Content, pool.Execute
		o.Runs, o.Check = stream.NewServer(s), pool.Check
	}
}

// answer is what the playground's addresses say.
type answer struct {
	OK      bool                   `json:"ok"`
	Error   *scenario.Error        `json:"error"`
	Token   string                 `json:"token"`
	Hosts   []scenario.HostOutline `json:"hosts"`
	Expects []expectation          `json:"expects"`
	status  int
	body    string
}

func (s *service) post(t *testing.T, path string, run any) answer {
	t.Helper()
	b, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Post(s.URL+path, "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, body: string(body)}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &a); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
	}
	return a
}

const twoHosts = `scenario(title = "two")
def p(os):
    s = os.socket()
    os.connect(s, "server", 80)
def q(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 1)
    os.accept(s)
host("client", p, sysctl = {"net.ipv4.tcp_fin_timeout": 5})
host("server", q)
expect("it ends", lambda log: log.end > 0)
expect("it never began", lambda log: len(log) == 0)
`

func TestCheckTellsWhatIsInASource(t *testing.T) {
	s := newService(t, withSandbox(t, stream.Options{}))
	a := s.post(t, "/api/v1/check", scenario.Run{Source: twoHosts})
	if !a.OK || len(a.Hosts) != 2 || a.Hosts[0].Sysctl["net.ipv4.tcp_fin_timeout"] != 5 || a.Hosts[0].Dict == nil {
		t.Errorf("%+v", a)
	}
}

func TestCheckNamesTheLineInBothLanguages(t *testing.T) {
	s := newService(t, withSandbox(t, stream.Options{}))
	for name, source := range map[string]string{
		"syntax":    "host('client'\n\n",
		"name":      "\nhots('client')",
		"in a call": "def p(os):\n    os.conect(1)\nhost('client', p)",
		"empty":     "\n",
	} {
		a := s.post(t, "/api/v1/check", scenario.Run{Source: source})
		if a.status != http.StatusOK || a.OK || a.Error == nil || a.Error.Line < 1 || a.Error.Message.En == "" || a.Error.Message.Zh == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := s.post(t, "/api/v1/check", scenario.Run{Source: "\nhots('client')"}); a.Error.Line != 2 || a.Error.Col != 1 || a.Error.Text != "hots('client')" {
		t.Errorf("%+v", a.Error)
	}
}

// TestCheckOutlivesBombs: each is answered, and the next check is.
func TestCheckOutlivesBombs(t *testing.T) {
	s := newService(t, withSandbox(t, stream.Options{}))
	for name, source := range map[string]string{
		"steps": "while True:\n    pass", "memory": "a = 'x' * 10000000\nb = []\nwhile True:\n    b.append(a + a)",
		"one call": "a = list(range(1000000000))", "depth": strings.Repeat("(", 30_000),
	} {
		a := s.post(t, "/api/v1/check", scenario.Run{Source: source})
		if a.status != http.StatusOK || a.OK || a.Error == nil || a.Error.Line < 1 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := s.post(t, "/api/v1/check", scenario.Run{Source: twoHosts}); !a.OK {
		t.Errorf("afterwards: %s", a.body)
	}
}

// TestCheckIsCharged: whoever asks too often is told so, with when to come again.
func TestCheckIsCharged(t *testing.T) {
	s := newService(t, withSandbox(t, stream.Options{Burst: 3, Interval: time.Hour, SourceCost: 1}))
	var last answer
	for range 4 {
		last = s.post(t, "/api/v1/check", scenario.Run{Source: twoHosts})
	}
	if last.status != http.StatusTooManyRequests || !strings.Contains(last.body, stream.CodeTooManyRuns) {
		t.Errorf("%d %s", last.status, last.body)
	}
}

func TestRunsGiveTokenAndJudgement(t *testing.T) {
	s := newService(t, withSandbox(t, stream.Options{}))
	a := s.post(t, "/api/v1/experiments", scenario.Run{Source: twoHosts, Seed: 3})
	if !a.OK || len(a.Expects) != 2 || !a.Expects[0].Holds || a.Expects[1].Holds {
		t.Fatalf("%+v", a)
	}
	run, err := scenario.ParseToken(a.Token)
	if err != nil || run.Source != twoHosts || run.Seed != 3 {
		t.Errorf("%+v, %v", run, err)
	}
	for code, run := range map[string]any{
		scenario.CodeBadRun:          map[string]any{"sauce": "x"},
		scenario.CodeUnknownScenario: scenario.Run{Scenario: "close/nine-way"},
		scenario.CodeTokenTooLong:    scenario.Run{Source: "host('client')\n# " + noise(20_000)},
	} {
		if a := s.post(t, "/api/v1/experiments", run); a.status != http.StatusOK || a.Error == nil || a.Error.Code != code {
			t.Errorf("%s: %d %s", code, a.status, a.body)
		}
	}
	endless := scenario.Run{Source: "def p(os):\n    while True:\n        pass\nhost('client', p)"}
	if a := s.post(t, "/api/v1/experiments", endless); a.Error == nil || a.Error.Code != scenario.CodeSteps && a.Error.Code != scenario.CodeTimeout {
		t.Errorf("a program that never ends: %d %s", a.status, a.body) // on a busy machine the time is up before the steps
	}
	if a := s.post(t, "/api/v1/experiments", scenario.Run{Source: "# " + noise(70_000)}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d %s", a.status, a.body)
	}
}

// noise is a text that does not compress well.
func noise(n int) string {
	var b strings.Builder
	x := uint32(1)
	for b.Len() < n {
		x = x*1664525 + 1013904223
		fmt.Fprintf(&b, "%x", x)
	}
	return b.String()[:n]
}

// TestThePlaygroundShowsEachScenario opens the page with every run that it offers.
func TestThePlaygroundShowsEachScenario(t *testing.T) {
	s := newService(t, func(o *Options) { // the page alone computes them all, which a reader does not
		o.Runs = stream.NewServer(stream.Options{Library: o.Content, Execute: inProcess(o.Content)})
	})
	for _, folder := range s.folders("zh") {
		if folder.Title == folder.Name {
			t.Errorf("the folder %s has no name for people", folder.Name)
		}
		for _, e := range folder.Entries {
			res, err := client.Get(s.URL + e.Href)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK || strings.Contains(string(b), `class="notice"`) || !strings.Contains(string(b), `"scenario":"`+e.Name+`"`) {
				t.Errorf("%s: %d", e.Href, res.StatusCode)
			}
		}
	}
}
