package handlers

import (
	"net/http"
	"net/url"
	"strings"
)

// learnerCookie holds the learner's id. It begins with the first saved answer or the first exam, not
// with the first visit.
const learnerCookie = "finwait_learner"

// maxLearnerID bounds what is taken from the cookie.
const maxLearnerID = 64

// learnerID is the id that the reader's cookie claims; empty where there is none. Whether there is such a learner is for
// the store to say.
func learnerID(r *http.Request) string {
	c, err := r.Cookie(learnerCookie)
	if err != nil || len(c.Value) > maxLearnerID {
		return ""
	}
	return c.Value
}

// setLearner gives the reader a learner's id to keep.
func (h *Handler) setLearner(w http.ResponseWriter, r *http.Request, id string) {
	http.SetCookie(w, h.learnerCookie(r, id, year))
}

// forgetLearner takes it away again.
func (h *Handler) forgetLearner(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, h.learnerCookie(r, "", -1))
}

// learnerCookie is Secure where the service is reached by https. In a frame of another site it must be SameSite=None to be
// kept at all, and is Partitioned: kept for that site alone.
func (h *Handler) learnerCookie(r *http.Request, value string, maxAge int) *http.Cookie {
	c := &http.Cookie{
		Name: learnerCookie, Value: value, Path: h.base(), MaxAge: maxAge,
		HttpOnly: true, Secure: h.secureCookies(), SameSite: http.SameSiteLaxMode,
	}
	if c.Secure && h.fromEmbed(r) {
		c.SameSite, c.Partitioned = http.SameSiteNoneMode, true
	}
	return c
}

// secureCookies tells whether readers come by https.
func (h *Handler) secureCookies() bool { return h.BaseURL != nil && h.BaseURL.Scheme == "https" }

// fromEmbed tells whether an embedded lesson made this request: its address is the referrer, as our policy has it.
func (h *Handler) fromEmbed(r *http.Request) bool {
	from, err := url.Parse(r.Referer())
	return err == nil && from.Scheme+"://"+from.Host == h.origin(r) && strings.HasPrefix(from.Path, h.base()+"embed/")
}
