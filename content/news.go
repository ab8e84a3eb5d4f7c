package content

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strconv"

	"finwait/engine"
)

// News is a change that readers may want to know of.
type News struct {
	Date  string      `json:"date"` // "2026-11-22"
	ID    string      `json:"id"`   // stays the same for ever
	Path  string      `json:"path"` // the page that has it, below the language
	Title engine.Text `json:"title"`
	Text  engine.Text `json:"text"`
}

const newsFile = "news.json"

var day = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// loadNews reads the changes, the latest first.
func loadNews(fsys fs.FS, ps *Problems) []News {
	src, err := fs.ReadFile(fsys, newsFile)
	if err != nil {
		ps.add(newsFile, 0, err)
		return nil
	}
	var all []News
	if err := json.Unmarshal(src, &all); err != nil {
		ps.addf(newsFile, jsonLine(src, err), "%v", err)
		return nil
	}
	ids := map[string]bool{}
	for i, n := range all {
		lacking := n.ID == "" || ids[n.ID] || n.Title.En == "" || n.Title.Zh == "" || n.Text.En == "" || n.Text.Zh == ""
		if ids[n.ID] = true; lacking || !day.MatchString(n.Date) || i > 0 && n.Date > all[i-1].Date {
			ps.addf(newsFile, lineWith(string(src), strconv.Quote(n.ID)), "entry %d (%q): wants an id of its own, a date not after the one before, title and text in both languages", i+1, n.ID)
		}
	}
	return all
}

// News lists the changes, the latest first.
func (c *Content) News() []News { return c.news }
