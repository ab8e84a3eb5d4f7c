//go:build journeys || screenshot

package journeys

import (
	"encoding/json"
	"hash/fnv"
	"os"
	"regexp"
	"strings"
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

// inBothLanguages runs a journey for each language, with a browser of its own. With -short it takes one
// language, by the journey's name: half of all journeys go through the English pages, half through the Chinese.
func inBothLanguages(t *testing.T, journey func(t *testing.T, l language, s *server.Server, p *Tab)) {
	turn := fnv.New32a()
	_, _ = turn.Write([]byte(t.Name()))
	for i, l := range languages {
		t.Run(l.Code, func(t *testing.T) {
			if testing.Short() && i != int(turn.Sum32()%2) {
				t.Skip("with -short a journey takes one language; make journeys takes both")
			}
			s := server.Shared(t)
			journey(t, l, s, NewTab(t, l.Accept))
		})
	}
}

// template gives the stage's text for a key in the language, placeholders and all.
func (l language) template(t *testing.T, key string) string {
	t.Helper()
	return l.of(t, "../content/phrases/", key)
}

// page gives a text of the pages around the lessons.
func (l language) page(t *testing.T, key string) string {
	t.Helper()
	return l.of(t, "../content/phrases/pages/", key)
}

func (l language) of(t *testing.T, folder, key string) string {
	t.Helper()
	data, err := os.ReadFile(folder + l.Code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	template, ok := all[key]
	if !ok {
		t.Fatalf("%s%s.json has no %q", folder, l.Code, key)
	}
	return template
}

// fill is the text for a key with a value in it.
func (l language) fill(t *testing.T, key, name, value string) string {
	t.Helper()
	return strings.ReplaceAll(l.template(t, key), "{"+name+"}", value)
}

// phrase is the text for a key as a regular expression, which any value fits.
func (l language) phrase(t *testing.T, key string) string {
	t.Helper()
	return placeholder.ReplaceAllString(regexp.QuoteMeta(l.template(t, key)), ".*?")
}

// exactly is phrase as the whole of a name.
func (l language) exactly(t *testing.T, key string) string {
	t.Helper()
	return "^" + l.phrase(t, key) + "$"
}

// read takes a text apart by the phrase of a key: what stands for each placeholder. It fails where the text is not of it.
func (l language) read(t *testing.T, key, text string) map[string]string {
	t.Helper()
	pattern := placeholder.ReplaceAllStringFunc(regexp.QuoteMeta(l.template(t, key)), func(s string) string {
		return "(?P<" + strings.Trim(s, `\{}`) + ">.*?)"
	})
	form := regexp.MustCompile("^" + pattern + "$")
	match := form.FindStringSubmatch(text)
	if match == nil {
		t.Fatalf("%q does not have the form of %s, %s", text, key, form)
	}
	values := map[string]string{}
	for i, name := range form.SubexpNames() {
		values[name] = match[i]
	}
	return values
}

var placeholder = regexp.MustCompile(`\\\{[^}]*\\\}`)
