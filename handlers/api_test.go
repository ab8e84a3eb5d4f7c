package handlers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"finwait/engine"
	"finwait/internal/stream"
	"finwait/scenario"
	"finwait/scenario/sandbox"
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
		{"bytes", "application/jsonl; charset=utf-8", []byte(`{"id":1,"hex":"4500003c00014000`)},
		{"pkt", "text/plain; charset=utf-8", []byte("client as a packetdrill script")},
		{"pkt?host=server", "text/plain; charset=utf-8", []byte("server as a packetdrill script")},
		{"ss?at=110000", "text/plain; charset=utf-8", []byte("client 10.0.0.1 at 0.110000 s\nState")},
		{"ss?at=110000&host=server", "text/plain; charset=utf-8", []byte("server 10.0.0.2 at 0.110000 s\nState")},
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
	for _, format := range []string{"pcapng", "pkt", "ss"} {
		answer, body := fetch(t, s.URL+"/api/v1/runs."+format+"?host=router&run="+run.Token())
		if answer.StatusCode != http.StatusNotFound || !bytes.Contains(body, []byte("unknown_host")) {
			t.Errorf("%s of no host: %d %s", format, answer.StatusCode, body)
		}
	}
	for _, at := range []string{"-1", "1.5", "noon", "99999999999999999999"} {
		answer, body := fetch(t, s.URL+"/api/v1/runs.ss?at="+at+"&run="+run.Token())
		if answer.StatusCode != http.StatusBadRequest || !bytes.Contains(body, []byte("bad_time")) {
			t.Errorf("sockets at %s: %d %s", at, answer.StatusCode, body)
		}
	}
}

// A run for which a form has no words is refused with the reason, in the reader's language; nothing is saved as a file.
func TestARunThatAScriptCannotTell(t *testing.T) {
	s := newService(t, nil)
	run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/same-port-again"})
	if err != nil {
		t.Fatal(err)
	}
	for lang, reason := range map[string]string{"en": "client has 2 connections", "zh": "client 有 2 个连接"} {
		request, err := http.NewRequest(http.MethodGet, s.URL+"/api/v1/runs.pkt?run="+url.QueryEscape(run.Token()), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Language", lang)
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), reason) {
			t.Errorf("%s: %d %s, %v", lang, answer.StatusCode, body, err)
		}
		if answer.Header.Get("Content-Disposition") != "" {
			t.Error("the refusal is to be saved as a file")
		}
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
	run.Digest = ""
	now, err := scenario.Resolve(s.Content, run)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte(`<a href="?run=`+url.QueryEscape(now.Token())+`">`)) {
		t.Error("the page does not offer the link's run as it is now")
	}
}

// A link of an earlier engine is offered as it is now too: with its inputs where they still act, else without them.
func TestALinkOfAnEarlierEngine(t *testing.T) {
	s := newService(t, nil)
	for _, c := range []struct {
		at   engine.Micros
		kept int
	}{{95_000, 1}, {500, 0}} {
		run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		now := run
		run.Inputs = []engine.Input{{At: c.at, Do: engine.Do{Drop: &engine.SegmentAction{Segment: 8}}}}
		now.Inputs = run.Inputs[:c.kept]
		run.Engine = engine.Version - 1
		_, body := fetch(t, s.URL+"/zh/lessons/four-way?run="+run.Token())
		if !bytes.Contains(body, []byte(s.Content.Phrases("zh")["error.engine_changed"])) || !bytes.Contains(body, []byte(`<a href="?run=`+url.QueryEscape(now.Token())+`">`)) {
			t.Errorf("the page of a link with an input at %d does not offer the run of today with %d inputs", c.at, c.kept)
		}
	}
}

// burstAlone lets a session have testBurst runs computed, and none after that, however slow the machine is.
func burstAlone(o *Options) {
	o.Runs = stream.NewServer(stream.Options{Library: o.Content, Burst: testBurst, Interval: time.Hour, Execute: inProcess(o.Content)})
}

// A session that has too much computed is told to wait; runs that are kept cost it nothing.
func TestTooManyRuns(t *testing.T) {
	s := newService(t, burstAlone)
	refused := 0
	for seed := range int64(testBurst + 20) {
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
	if refused != 20 {
		t.Errorf("of 20 runs more than a session may have at once, %d are refused", refused)
	}
	if answer, _ := fetch(t, s.URL+"/en/lessons/four-way"); answer.StatusCode != http.StatusOK {
		t.Errorf("the lesson gives %d", answer.StatusCode)
	}
}

// Writing a kept run in another form computes it again, and is charged as that.
func TestFilesOfAKeptRunAreCharged(t *testing.T) {
	s := newService(t, burstAlone)
	run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for range testBurst + 20 {
		if answer, _ := fetch(t, s.URL+"/api/v1/runs.txt?run="+run.Token()); answer.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 21 { // the first of them is charged twice: for the run, and for its text
		t.Errorf("of 20 times more than a session may have one run computed, %d are refused", refused)
	}
}

// However many visitors' sources are being written in another form, questions are answered: the sources wait in a queue of
// their own.
func TestVisitorsSourcesHoldUpNoQuestion(t *testing.T) {
	begun, letGo := make(chan bool), make(chan bool)
	s := newService(t, func(o *Options) {
		o.Runs = stream.NewServer(stream.Options{Library: o.Content,
			Execute: func(context.Context, string, scenario.Run) (*engine.Lines, error) {
				log, err := scenario.Execute(o.Content, scenario.Run{Scenario: "close/four-way"}, scenario.Limits{})
				return log.Lines, err
			}})
		o.Render = func(context.Context, string, scenario.Run, string, sandbox.View) ([]byte, error) {
			begun <- true
			<-letGo
			return nil, nil
		}
	})
	run := scenario.Run{Source: "host(\"a\")", Engine: engine.Version}
	var all sync.WaitGroup
	for range cap(executing) + 1 {
		all.Go(func() { fetch(t, s.URL+"/api/v1/runs.txt?run="+run.Token()) })
	}
	for range cap(executing) + 1 {
		<-begun
	}
	if answer, _ := fetch(t, s.URL+"/api/v1/quizzes/four-way-states/3"); answer.StatusCode != http.StatusOK {
		t.Errorf("a question gives %d", answer.StatusCode)
	}
	close(letGo)
	all.Wait()
}

// Pages of other runs than the lesson's own are drawn a few at a time; the lesson's own is not among them.
func TestOtherRunsWaitToBeDrawn(t *testing.T) {
	s := newService(t, nil)
	for range cap(drawing) {
		drawing <- struct{}{}
	}
	run, err := scenario.Resolve(s.Content, scenario.Run{Scenario: "close/four-way", Seed: 8})
	if err != nil {
		t.Fatal(err)
	}
	other := make(chan int)
	go func() {
		answer, _ := fetch(t, s.URL+"/en/lessons/four-way?run="+run.Token())
		other <- answer.StatusCode
	}()
	if answer, _ := fetch(t, s.URL+"/en/lessons/four-way"); answer.StatusCode != http.StatusOK {
		t.Errorf("the lesson gives %d", answer.StatusCode)
	}
	select {
	case <-other:
		t.Error("another run is drawn past the bound")
	case <-time.After(50 * time.Millisecond):
	}
	for range cap(drawing) {
		<-drawing
	}
	if status := <-other; status != http.StatusOK {
		t.Errorf("another run gives %d", status)
	}
}

// What a request asks for wrongly is no error of ours in the log.
func TestUnknownFormatsAreNoErrorsOfOurs(t *testing.T) {
	s := newService(t, nil)
	if answer, _ := fetch(t, s.URL+"/oembed?format=yaml"); answer.StatusCode != http.StatusNotImplemented {
		t.Errorf("%d", answer.StatusCode)
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Error(s.log)
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
