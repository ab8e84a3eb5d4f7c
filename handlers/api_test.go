package handlers

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"finwait/scenario"
)

// TestRunFiles takes one run along in every form.
func TestRunFiles(t *testing.T) {
	s := newService(t, nil)
	run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, contentType string
		begins            []byte
	}{
		{"jsonl", "application/jsonl; charset=utf-8", []byte(`{"seq":0,"t":0,"kind":"meta"`)},
		{"txt", "text/plain; charset=utf-8", []byte("close/four-way")},
		{"pcapng", "application/vnd.tcpdump.pcap", []byte{0x0a, 0x0d, 0x0d, 0x0a}},
		{"pcapng?host=server", "application/vnd.tcpdump.pcap", []byte{0x0a, 0x0d, 0x0d, 0x0a}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path, query, _ := strings.Cut(c.file, "?")
			answer, body := fetch(t, s.URL+"/api/v1/runs."+path+"?"+query+"&run="+run.Token())
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != c.contentType {
				t.Errorf("status %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
			}
			if !bytes.Contains(body[:min(len(body), 200)], c.begins) {
				t.Errorf("it begins with %q", body[:min(len(body), 200)])
			}
		})
	}
	answer, body := fetch(t, s.URL+"/api/v1/runs.pcapng?host=router&run="+run.Token())
	if answer.StatusCode != http.StatusNotFound || !bytes.Contains(body, []byte("unknown_host")) {
		t.Errorf("a capture of no host: %d %s", answer.StatusCode, body)
	}
}

// A permalink to a text that has changed since says so, in the API by its code and on a page in words.
func TestALinkToAnEarlierText(t *testing.T) {
	s := newService(t, nil)
	run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	run.Digest = "0123456789abcdef"
	answer, body := fetch(t, s.URL+"/api/v1/runs.jsonl?run="+run.Token())
	if answer.StatusCode != http.StatusConflict || !bytes.Contains(body, []byte(`"code":"content_changed"`)) {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	answer, body = fetch(t, s.URL+"/en/lessons/four-way?run="+run.Token())
	if answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(s.Content.Phrases("en")["error.content_changed"])) {
		t.Errorf("the page gives %d and does not say that the text has changed", answer.StatusCode)
	}
}

// A session that has too much computed is told to wait; runs that are kept cost it nothing.
func TestTooManyRuns(t *testing.T) {
	s := newService(t, nil)
	refused := 0
	for seed := range int64(80) {
		run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := fetch(t, s.URL+"/api/v1/runs.jsonl?run="+run.Token())
		if answer.StatusCode == http.StatusTooManyRequests {
			if refused++; answer.Header.Get("Retry-After") == "" {
				t.Error("it is not said when to come again")
			}
		}
	}
	if refused == 0 {
		t.Error("80 runs at once are computed")
	}
	if answer, _ := fetch(t, s.URL+"/en/lessons/four-way"); answer.StatusCode != http.StatusOK {
		t.Errorf("the lesson gives %d", answer.StatusCode)
	}
}

func fetch(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, body
}
