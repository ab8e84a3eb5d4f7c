package content

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// loadPhrases reads {en,zh}.json of a folder: a flat object from key to template. Both have the same keys, and each key
// the same {placeholders}.
func loadPhrases(fsys fs.FS, dir string, ps *Problems) map[Lang]map[string]string {
	all := map[Lang]map[string]string{}
	phraseFile := func(lang Lang) string { return path.Join(dir, string(lang)+".json") }
	for _, lang := range Langs {
		file := phraseFile(lang)
		src, err := fs.ReadFile(fsys, file)
		if err != nil {
			ps.addf(file, 0, "is missing")
			continue
		}
		m := map[string]string{}
		if err := json.Unmarshal(src, &m); err != nil {
			ps.addf(file, jsonLine(src, err), "%v", err)
		}
		all[lang] = m
	}
	for _, lang := range Langs {
		for _, key := range slices.Sorted(maps.Keys(all[En])) {
			if _, ok := all[lang][key]; !ok {
				ps.addf(phraseFile(lang), 0, "lacks %q", key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(all[lang])) {
			checkPhrase(phraseFile, lang, key, all, ps)
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[a-zA-Z0-9_]+\}`)

// checkPhrase compares a phrase with its English.
func checkPhrase(phraseFile func(Lang) string, lang Lang, key string, all map[Lang]map[string]string, ps *Problems) {
	file, phrase := phraseFile(lang), all[lang][key]
	if strings.TrimSpace(phrase) == "" {
		ps.addf(file, 0, "%q is empty", key)
	}
	en, ok := all[En][key]
	if !ok {
		ps.addf(phraseFile(En), 0, "lacks %q", key)
		return
	}
	want, got := placeholder.FindAllString(en, -1), placeholder.FindAllString(phrase, -1)
	for _, p := range got {
		if !slices.Contains(want, p) {
			ps.addf(file, 0, "%q has %s, which the English has not", key, p)
		}
	}
}

// jsonLine is the line of a syntax error in JSON, 0 where it is unknown.
func jsonLine(src []byte, err error) int {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || int(syntax.Offset) > len(src) {
		return 0
	}
	return 1 + strings.Count(string(src[:syntax.Offset]), "\n")
}

// Phrases gives the stage's words in a language. The map must not be changed.
func (c *Content) Phrases(lang Lang) map[string]string { return c.phrases[lang] }

// PagePhrases gives the words of the pages around the lessons, which no stage needs. The map must not be changed.
func (c *Content) PagePhrases(lang Lang) map[string]string { return c.pagePhrases[lang] }
