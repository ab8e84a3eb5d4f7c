package handlers

import (
	"net/http"
	"strings"

	"finwait/content"

	"github.com/go-chi/chi/v5"
)

const year = 365 * 24 * 3600 // s

// root sends a reader to the home page in their language.
func (h *Handler) root(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept-Language, Cookie")
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, h.base()+string(preferred(r))+"/", http.StatusFound)
	return nil
}

// slash adds the slash to "/en".
func (h *Handler) slash(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, h.base()+chi.URLParam(r, "lang")+"/", http.StatusPermanentRedirect)
	return nil
}

// noSlash takes the slash off the end of a page's address.
func (h *Handler) noSlash(w http.ResponseWriter, r *http.Request) error {
	to := h.prefix + strings.TrimSuffix(r.URL.EscapedPath(), "/")
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusPermanentRedirect)
	return nil
}

// chooseLanguage remembers a choice: ?lang= is on the links of the language switch alone, and goes away again.
func (h *Handler) chooseLanguage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := r.URL.Query().Get("lang")
		if lang == "" || lang != chi.URLParam(r, "lang") {
			next.ServeHTTP(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: lang, Path: h.base(), MaxAge: year,
			HttpOnly: true, Secure: h.secureCookies(), SameSite: http.SameSiteLaxMode,
		})
		to := h.prefix + r.URL.EscapedPath()
		if q := keptQuery(r); q != "" {
			to += "?" + q
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to, http.StatusSeeOther)
	})
}

func pathLanguage(r *http.Request) content.Lang { return content.Lang(chi.URLParam(r, "lang")) }
