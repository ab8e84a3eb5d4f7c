package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"finwait/content"
	"finwait/web"

	"golang.org/x/text/language"
)

// languageCookie remembers a choice of language. It is set when a reader chooses, never else.
const languageCookie = "finwait_lang"

type contextKey int

const keyID contextKey = iota

// requestID is what the log calls this request.
func requestID(r *http.Request) string {
	id, _ := r.Context().Value(keyID).(string)
	return id
}

func withID(r *http.Request) *http.Request {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return r.WithContext(context.WithValue(r.Context(), keyID, hex.EncodeToString(b[:])))
}

// matcher prefers any Chinese to a later English; its first language is for readers of neither.
var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese, language.TraditionalChinese})

// languageOf is the language to speak: that of the path, else the one chosen before, else the browser's.
func languageOf(r *http.Request) content.Lang {
	for part := range strings.SplitSeq(strings.Trim(r.URL.Path, "/"), "/") {
		if l := content.Lang(strings.TrimSuffix(part, ".json")); l.Valid() {
			return l
		}
	}
	return preferred(r)
}

// preferred is the reader's language, whatever the path says.
func preferred(r *http.Request) content.Lang {
	if c, err := r.Cookie(languageCookie); err == nil && content.Lang(c.Value).Valid() {
		return content.Lang(c.Value)
	}
	_, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
	if i > 0 {
		return content.Zh
	}
	return content.En
}

// base is the path of the service, with a slash at both ends.
func (h *Handler) base() string { return h.prefix + "/" }

// origin is the scheme and host under which the reader found us.
func (h *Handler) origin(r *http.Request) string {
	if h.BaseURL != nil {
		return h.BaseURL.Scheme + "://" + h.BaseURL.Host
	}
	scheme := "http"
	if r.TLS != nil || h.fromProxy(r) && r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// page is what every page of this request needs.
func (h *Handler) page(r *http.Request, l content.Lang, path string) web.Page {
	return web.Page{Lang: l, Base: h.base(), Origin: h.origin(r), Path: path, Query: keptQuery(r), Files: h.Files}
}

// wholePage is a page of text and tables, painted when all of it has come. The styles are those beyond pages.css.
func (h *Handler) wholePage(r *http.Request, path string, styles ...string) web.Page {
	p := h.page(r, pathLanguage(r), path)
	p.Whole, p.Styles = true, append([]string{"css/pages.css"}, styles...)
	return p
}

// keptQuery is what of a page's query survives a change of language.
func keptQuery(r *http.Request) string {
	q := r.URL.Query()
	for k := range q {
		if k != "run" && k != "at" {
			q.Del(k)
		}
	}
	return q.Encode()
}

func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(host)
	return a.Unmap()
}

func (h *Handler) trusted(a netip.Addr) bool {
	for _, p := range h.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (h *Handler) fromProxy(r *http.Request) bool { return h.trusted(peer(r)) }

// client is the reader's address: the last one in X-Forwarded-For that is not a trusted proxy's.
func (h *Handler) client(r *http.Request) netip.Addr {
	at := peer(r)
	if !h.trusted(at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if at = a.Unmap(); !h.trusted(at) {
			break
		}
	}
	return at
}

// session is to whom a run's cost is charged: the reader's address, of IPv6 the /64 that one household has. It needs no
// cookie.
func (h *Handler) session(r *http.Request) string {
	a := h.client(r)
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
