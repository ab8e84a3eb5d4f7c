package handlers

import (
	"encoding/xml"
	"net/http"
	"strings"

	"finwait/content"
	"finwait/web"

	"github.com/go-chi/chi/v5"
)

// sitePaths are the pages of a language that search engines should know, below it. The progress is nobody else's.
func (h *Handler) sitePaths() []string {
	paths := []string{"", "matrix", "states", "reference", "glossary", "interview", "cheatsheet", "playground"}
	for _, l := range h.Content.Lessons() {
		paths = append(paths, "lessons/"+l.Slug)
	}
	return paths
}

type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc   string        `xml:"loc"`
	Links []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// sitemap lists every page in both languages.
func (h *Handler) sitemap(w http.ResponseWriter, r *http.Request) error {
	all := sitemap{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range h.sitePaths() {
		at := func(l content.Lang) string { return h.page(r, l, path).Absolute(string(l) + "/" + path) }
		links := []sitemapLink{{"alternate", "x-default", at(content.En)}}
		for _, l := range content.Langs {
			links = append(links, sitemapLink{"alternate", l.Tag(), at(l)})
		}
		for _, l := range content.Langs {
			all.URLs = append(all.URLs, sitemapURL{at(l), links})
		}
	}
	return h.xml(w, r, "application/xml; charset=utf-8", all)
}

// robots lets search engines in, but for what is no page.
func (h *Handler) robots(w http.ResponseWriter, r *http.Request) error {
	base := h.base()
	text := "User-agent: *\nDisallow: " + base + "api/\nDisallow: " + base + "ws\nAllow: " + base + "\n\nSitemap: " + h.origin(r) + base + "sitemap.xml\n"
	return h.send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feed tells of changes, as Atom (RFC 4287).
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	l := pathLanguage(r)
	p := h.page(r, l, "feed.atom")
	home, self := p.Absolute(string(l)+"/"), p.Absolute(string(l)+"/feed.atom")
	f := feed{
		Lang: l.Tag(), Title: web.FeedTitle(l), ID: self, Author: "finwait",
		Links: []feedLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", home}},
	}
	for _, n := range h.Content.News() {
		f.Entries = append(f.Entries, feedEntry{
			Title: l.Of(n.Title), ID: home + "#news-" + n.ID, Updated: n.Date + "T00:00:00Z",
			Link: feedLink{"alternate", "text/html", home + n.Path}, Summary: l.Of(n.Text),
		})
	}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	return h.xml(w, r, "application/atom+xml; charset=utf-8", f)
}

func (h *Handler) xml(w http.ResponseWriter, r *http.Request, contentType string, v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, contentType, append([]byte(xml.Header), b...))
}

// picture is a lesson's preview for links, or the site's, which has the run of the front page. Its fonts are Latin, so it speaks English.
func (h *Handler) picture(w http.ResponseWriter, r *http.Request) error {
	name := chi.URLParam(r, "name")
	lesson := h.Content.Lesson(name)
	if lesson == nil && name != "finwait" {
		return errNotFound
	}
	body, known := h.pictures.Load(name)
	if !known {
		drawn, err := h.drawPicture(lesson)
		if err != nil {
			return err
		}
		body, _ = h.pictures.LoadOrStore(name, drawn)
	}
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return h.send(w, r, http.StatusOK, "image/png", body.([]byte))
}

func (h *Handler) drawPicture(lesson *content.Lesson) ([]byte, error) {
	title, below := web.PictureTitle()
	if lesson != nil {
		title, below = lesson.Texts[content.En].Title, lesson.Texts[content.En].Summary
	} else {
		lesson = h.Content.Front()
	}
	var figure web.Ladder
	if lesson != nil {
		drawn, err := h.lessons.draw(lesson, content.En)
		if err != nil {
			return nil, err
		}
		figure = drawn.hero
	}
	return web.Picture(strings.ReplaceAll(title, "\u2019", "'"), below, figure)
}
