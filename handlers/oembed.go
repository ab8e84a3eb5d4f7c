package handlers

import (
	"encoding/xml"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// The size that an embedded lesson asks for, in px, before it has told its height.
const (
	embedWidth  = 700
	embedHeight = 1440
)

// oembedAnswer is a "rich" answer of oEmbed 1.0.
type oembedAnswer struct {
	XMLName      xml.Name `json:"-" xml:"oembed"`
	Version      string   `json:"version" xml:"version"`
	Type         string   `json:"type" xml:"type"`
	Title        string   `json:"title" xml:"title"`
	ProviderName string   `json:"provider_name" xml:"provider_name"`
	ProviderURL  string   `json:"provider_url" xml:"provider_url"`
	CacheAge     int      `json:"cache_age" xml:"cache_age"` // s
	HTML         string   `json:"html" xml:"html"`
	Width        int      `json:"width" xml:"width"`
	Height       int      `json:"height" xml:"height"`
}

var (
	errNoLesson = &Error{
		Status: http.StatusNotFound, Code: "not_found",
		Text: engine.Text{En: "url is not the address of a lesson here.", Zh: "url 不是这里某一课的地址。"},
	}
	errFormat = &Error{
		Status: http.StatusNotImplemented, Code: "not_implemented",
		Text: engine.Text{En: "format is json or xml.", Zh: "format 只能是 json 或 xml。"},
	}
	errSize = &Error{
		Status: http.StatusBadRequest, Code: "bad_size",
		Text: engine.Text{En: "maxwidth and maxheight are whole numbers of px, 1 or more.", Zh: "maxwidth 和 maxheight 是不小于 1 的整数，单位 px。"},
	}
)

// oembed describes a lesson to a site that wants to show it.
func (h *Handler) oembed(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	format := q.Get("format")
	if format != "" && format != "json" && format != "xml" {
		return errFormat
	}
	lang, lesson, query := h.lessonAt(r, q.Get("url"))
	if lesson == nil {
		return errNoLesson
	}
	width, err1 := sizeWithin(q.Get("maxwidth"), embedWidth)
	height, err2 := sizeWithin(q.Get("maxheight"), embedHeight)
	if err1 != nil || err2 != nil {
		return errSize
	}
	title := lesson.Texts[lang].Title
	src := h.origin(r) + h.embedPath(lang, lesson.Slug)
	if query != "" {
		src += "?" + query
	}
	answer := oembedAnswer{
		Version: "1.0", Type: "rich", Title: title, ProviderName: "finwait", ProviderURL: h.origin(r) + h.base(),
		CacheAge: 24 * 3600, Width: width, Height: height,
		HTML: `<iframe src="` + html.EscapeString(src) + `" width="` + strconv.Itoa(width) + `" height="` + strconv.Itoa(height) +
			`" title="` + html.EscapeString(title) + `" loading="lazy" allow="clipboard-write" style="border:0"></iframe>`,
	}
	if format != "xml" {
		return h.json(w, r, http.StatusOK, answer)
	}
	b, err := xml.Marshal(answer)
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, "text/xml; charset=utf-8", append([]byte(xml.Header), b...))
}

func (h *Handler) embedPath(l content.Lang, slug string) string {
	return h.base() + "embed/" + string(l) + "/lessons/" + slug
}

var lessonPath = regexp.MustCompile(`^(?:embed/)?(en|zh)/lessons/([a-z0-9-]+)$`)

// lessonAt finds the lesson that an address of ours leads to, and what of its query to keep; nil where it is none.
func (h *Handler) lessonAt(r *http.Request, address string) (content.Lang, *content.Lesson, string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme+"://"+u.Host != h.origin(r) {
		return "", nil, ""
	}
	path, ok := strings.CutPrefix(u.Path, h.base())
	m := lessonPath.FindStringSubmatch(path)
	if !ok || m == nil {
		return "", nil, ""
	}
	keep := url.Values{}
	for _, k := range []string{"run", "at"} {
		if v := u.Query().Get(k); v != "" {
			keep.Set(k, v)
		}
	}
	return content.Lang(m[1]), h.Content.Lesson(m[2]), keep.Encode()
}

// sizeWithin is the wanted size, or the caller's limit where that is less.
func sizeWithin(limit string, want int) (int, error) {
	if limit == "" {
		return want, nil
	}
	n, err := strconv.Atoi(limit)
	if err != nil || n < 1 {
		return 0, errSize
	}
	return min(n, want), nil
}

// frameScript lets a plain page give its frames the height of their lessons. Its address stays the same for ever.
func (h *Handler) frameScript(w http.ResponseWriter, r *http.Request) error {
	return h.staticFile(w, r, "dist/frame.js")
}

// favicon is for those who ask without having seen a page.
func (h *Handler) favicon(w http.ResponseWriter, r *http.Request) error {
	return h.staticFile(w, r, "icons/favicon.svg")
}

// staticFile serves a static file at an address without a digest, for any site.
func (h *Handler) staticFile(w http.ResponseWriter, r *http.Request, name string) error {
	body, contentType := h.Files.Body(name)
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return h.send(w, r, http.StatusOK, contentType, body)
}
