package handlers

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// setups are the services that the scripts of testdata run against, by the script's name.
var setups = map[string]func(*Options){
	"pages":  nil,
	"errors": func(o *Options) { o.Store.Close() },
	"api":    nil,
	"site":   nil,
	"embed":  nil,
	"prefix": func(o *Options) { o.BaseURL = mustURL("https://host.example/finwait") },
	"narrow": func(o *Options) { o.EmbedOrigins = []string{"https://lms.example", "https://*.school.example:8443"} },
	"proxy":  func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} },
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// TestScripts runs each testdata/*.txt. A script is a list of requests; after each come the headers that it sends ("> ")
// and what must be true of the answer:
//
//	GET /
//	> Accept-Language: zh-TW
//	status 302
//	header Location is /zh/
//	header Set-Cookie lacks lang
//	body has 四次挥手
//	body matches <html lang="zh-Hans">
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(scripts) != len(setups) {
		t.Fatalf("%d scripts for %d setups (%v)", len(scripts), len(setups), err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".txt")
		t.Run(name, func(t *testing.T) {
			setup, ok := setups[name]
			if !ok {
				t.Fatal("no setup has this name")
			}
			s := newService(t, setup)
			for _, step := range readScript(t, script) {
				t.Run(step.request, func(t *testing.T) { step.run(t, s.URL) })
			}
		})
	}
}

type step struct {
	request string // "GET /"
	headers []string
	checks  []check
}

type check struct {
	line int
	text string
}

func readScript(t *testing.T, file string) []step {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var steps []step
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case regexp.MustCompile(`^[A-Z]+ /`).MatchString(line):
			steps = append(steps, step{request: line})
		case len(steps) == 0:
			t.Fatalf("%s:%d: no request yet", file, n)
		case strings.HasPrefix(line, "> "):
			s := &steps[len(steps)-1]
			s.headers = append(s.headers, line[2:])
		default:
			s := &steps[len(steps)-1]
			s.checks = append(s.checks, check{n, line})
		}
	}
	return steps
}

func (s step) run(t *testing.T, base string) {
	method, path, _ := strings.Cut(s.request, " ")
	path = strings.ReplaceAll(path, "{base}", url.QueryEscape(base))
	r, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range s.headers {
		name, value, _ := strings.Cut(h, ": ")
		if value = strings.ReplaceAll(value, "{base}", base); name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.checks {
		c.text = strings.ReplaceAll(c.text, "{base}", base)
		if got, ok := c.holds(answer, spaced(string(body))); !ok {
			t.Errorf("line %d: %s\nbut there is: %.2000s", c.line, c.text, got)
		}
	}
}

// spaced has plain spaces where a page keeps a figure with its unit.
func spaced(page string) string { return strings.ReplaceAll(page, "\u00a0", " ") }

// holds judges a check, and gives what it looked at.
func (c check) holds(answer *http.Response, body string) (got string, ok bool) {
	what, rest, _ := strings.Cut(c.text, " ")
	switch what {
	case "status":
		got = fmt.Sprint(answer.StatusCode)
		return got, got == rest
	case "header":
		name, rest, _ := strings.Cut(rest, " ")
		got = strings.Join(answer.Header.Values(name), "\n")
		return got, compare(got, rest)
	case "body":
		return body, compare(body, rest)
	}
	return "no such check", false
}

func compare(got, rest string) bool {
	verb, want, _ := strings.Cut(rest, " ")
	switch verb {
	case "is":
		return strings.TrimSpace(got) == want
	case "has":
		return strings.Contains(got, want)
	case "lacks":
		return want == "" && got == "" || want != "" && !strings.Contains(got, want)
	case "matches":
		return regexp.MustCompile(want).MatchString(got)
	}
	return false
}

// TestFilesComeWithoutThePagesHeaders holds which headers a file has: those that guard it, and none that means a page.
func TestFilesComeWithoutThePagesHeaders(t *testing.T) {
	s := newService(t, nil)
	page, _ := fetch(t, s.URL+"/en/")
	file, _ := fetch(t, s.URL+"/static/"+strings.TrimPrefix(s.Files.URL("css/site.css"), "static/"))
	if file.StatusCode != http.StatusOK {
		t.Fatal(file.Status)
	}
	for _, name := range forDocuments {
		if page.Header.Get(name) == "" || file.Header.Get(name) != "" {
			t.Errorf("%s: %q with a page, %q with a file", name, page.Header.Get(name), file.Header.Get(name))
		}
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"} {
		if file.Header.Get(name) == "" {
			t.Errorf("a file comes without %s", name)
		}
	}
}
