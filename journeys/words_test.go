//go:build journeys || screenshot

package journeys

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"finwait/journeys/server"
)

// language is one of the two that every page has.
type language struct {
	Code   string // in addresses: "en"
	Tag    string // of the page: "zh-Hans"
	Accept string // what a browser of its reader asks for
}

var languages = []language{{"en", "en", "en-GB,en"}, {"zh", "zh-Hans", "zh-CN,zh"}}

// inBothLanguages runs a journey for each language, with a server and a browser of its own.
func inBothLanguages(t *testing.T, journey func(t *testing.T, l language, s *server.Server, p *Tab)) {
	for _, l := range languages {
		t.Run(l.Code, func(t *testing.T) {
			s := server.Start(t)
			journey(t, l, s, NewTab(t, l.Accept))
		})
	}
}

// phrase gives the stage's text for a key in the language, as a regular expression that any value fits.
func (l language) phrase(t *testing.T, key string) string {
	t.Helper()
	data, err := os.ReadFile("../content/phrases/" + l.Code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	template, ok := all[key]
	if !ok {
		t.Fatalf("content/phrases/%s.json has no %q", l.Code, key)
	}
	return placeholder.ReplaceAllString(regexp.QuoteMeta(template), ".*?")
}

// exactly is phrase as the whole of a name.
func (l language) exactly(t *testing.T, key string) string {
	t.Helper()
	return "^" + l.phrase(t, key) + "$"
}

var placeholder = regexp.MustCompile(`\\\{[^}]*\\\}`)
