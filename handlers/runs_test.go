package handlers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// post sends a body to the service as a page of its own would.
func post(t *testing.T, address, body string) (*http.Response, []byte) {
	t.Helper()
	answer, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer, b.Bytes()
}

// TestARunIsMadeWithoutAWebSocket makes a run, a fork of it, and fetches both by their tokens.
func TestARunIsMadeWithoutAWebSocket(t *testing.T) {
	s := newService(t, nil)
	makeOf := func(body string) madeRun {
		t.Helper()
		answer, raw := post(t, s.URL+"/api/v1/runs", body)
		var made madeRun
		if err := json.Unmarshal(raw, &made); err != nil || answer.StatusCode != http.StatusOK || made.Token == "" || made.Engine == 0 {
			t.Fatalf("%s: %d %s", body, answer.StatusCode, raw)
		}
		return made
	}
	logOf := func(token string) string {
		t.Helper()
		_, raw := fetch(t, s.URL+"/api/v1/runs.jsonl?run="+url.QueryEscape(token))
		return string(raw)
	}
	first := makeOf(`{"run":{"scenario":"close/four-way","seed":7}}`)
	if first.ForkSeq != nil {
		t.Errorf("without a base there is a fork at %d", *first.ForkSeq)
	}
	fork := makeOf(`{"run":{"scenario":"close/four-way","seed":7,"inputs":[{"at":95000,"do":{"cut":{}}}]},"base":` + quoted(first.Token) + `}`)
	before, after := strings.Split(logOf(first.Token), "\n"), strings.Split(logOf(fork.Token), "\n")
	if fork.ForkSeq == nil {
		t.Fatal("the fork does not say where it begins")
	}
	for i := 1; i < *fork.ForkSeq; i++ {
		if before[i] != after[i] {
			t.Errorf("event %d differs before the fork at %d", i, *fork.ForkSeq)
		}
	}
	if before[*fork.ForkSeq] == after[*fork.ForkSeq] || !strings.Contains(after[*fork.ForkSeq], `"cut"`) {
		t.Errorf("the fork at %d is %s", *fork.ForkSeq, after[*fork.ForkSeq])
	}
}

// TestARunThatIsRefused says what is wrong, in the language that is asked for.
func TestARunThatIsRefused(t *testing.T) {
	s := newService(t, nil)
	for _, c := range []struct {
		body, code string
		status     int
	}{
		{``, "bad_field", http.StatusBadRequest},
		{`[]`, "bad_field", http.StatusBadRequest},
		{`{"run":{"scenario":"close/four-way"},"what":1}`, "bad_field", http.StatusBadRequest},
		{`{"run":{"scenario":"close/four-way"}} {}`, "bad_field", http.StatusBadRequest},
		{`{}`, "bad_run", http.StatusUnprocessableEntity},
		{`{"run":{"scenario":"close/nine-way"}}`, "unknown_scenario", http.StatusNotFound},
		{`{"run":{"scenario":"close/four-way"},"base":"~"}`, "bad_token", http.StatusBadRequest},
		{`{"run":{"scenario":"close/four-way","inputs":[{"at":1,"do":{"drop":{"segment":99}}}]}}`, "not_in_flight", http.StatusUnprocessableEntity},
		{`{"run":{"source":"` + strings.Repeat("#", maxBody) + `"}}`, "too_large", http.StatusRequestEntityTooLarge},
	} {
		for _, lang := range []string{"en", "zh"} {
			answer, raw := post(t, s.URL+"/api/v1/runs?lang="+lang, c.body)
			var said struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal(raw, &said); err != nil {
				t.Fatalf("%.80s: %s", c.body, raw)
			}
			if answer.StatusCode != c.status || said.Error.Code != c.code {
				t.Errorf("%.80s: %d %s; want %d %s", c.body, answer.StatusCode, said.Error.Code, c.status, c.code)
			}
			if chinese := strings.ContainsFunc(said.Error.Message, func(r rune) bool { return r >= 0x4e00 }); chinese != (lang == "zh") {
				t.Errorf("%.80s in %s: %s", c.body, lang, said.Error.Message)
			}
		}
	}
	request, err := http.NewRequest(http.MethodPost, s.URL+"/api/v1/runs", strings.NewReader(`{"run":{"scenario":"close/four-way"}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site may have runs computed: %d", answer.StatusCode)
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
