package handlers

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// The learner's cookie is for this service alone, Secure with https, and Partitioned in another site's frame.
func TestLearnerCookie(t *testing.T) {
	for _, c := range []struct {
		name, base, referer string
		secure, partitioned bool
		sameSite            http.SameSite
		path                string
	}{
		{"http", "http://127.0.0.1:8080", "http://127.0.0.1:8080/en/lessons/four-way", false, false, http.SameSiteLaxMode, "/"},
		{"https", "https://host.example", "https://host.example/en/lessons/four-way", true, false, http.SameSiteLaxMode, "/"},
		{"https in a frame", "https://host.example", "https://host.example/embed/en/lessons/four-way", true, true, http.SameSiteNoneMode, "/"},
		{"https in a frame, under a path", "https://host.example/fw", "https://host.example/fw/embed/zh/lessons/four-way", true, true, http.SameSiteNoneMode, "/fw/"},
		{"another site that calls itself embed", "https://host.example", "https://evil.example/embed/en/", true, false, http.SameSiteLaxMode, "/"},
		{"http in a frame", "http://host.example", "http://host.example/embed/en/lessons/four-way", false, false, http.SameSiteLaxMode, "/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newService(t, func(o *Options) { o.BaseURL = mustURL(c.base) }).Handler
			r := httptest.NewRequest(http.MethodPost, "/api/v1/quizzes/x/1/answers", nil)
			r.Header.Set("Referer", c.referer)
			w := httptest.NewRecorder()
			h.setLearner(w, r, "someone")
			got := w.Result().Cookies()[0]
			if got.Value != "someone" || !got.HttpOnly || got.Secure != c.secure || got.Partitioned != c.partitioned ||
				got.SameSite != c.sameSite || got.Path != c.path {
				t.Errorf("the cookie is %s", got)
			}
			back := httptest.NewRequest(http.MethodGet, "/", nil)
			back.AddCookie(got)
			if learnerID(back) != "someone" {
				t.Errorf("it comes back as %q", learnerID(back))
			}
		})
	}
}

// A run's cost is charged to the reader, whom a trusted proxy names and no one else.
func TestSession(t *testing.T) {
	h := newService(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }).Handler
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.7:4000", "", "192.0.2.7"},
		{"192.0.2.7:4000", "203.0.113.9", "192.0.2.7"},
		{"10.0.0.1:4000", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:4000", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"10.0.0.1:4000", "nonsense", "10.0.0.1"},
		{"[2001:db8:1:2:3:4:5:6]:4000", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.7]:4000", "", "192.0.2.7"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := h.session(r); got != c.want {
			t.Errorf("%s, forwarded for %q: session %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}
