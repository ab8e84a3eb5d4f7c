//go:build journeys

package journeys

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"finwait/journeys/server"
)

// shift is what moved on a page while it came, as the browser's layout-shift entries tell it.
type shift struct {
	Sum   float64  // the cumulative layout shift so far
	Moved []string // each node that moved: what it is, from where to where
}

func (p *Tab) shift() shift {
	p.t.Helper()
	return Eval[shift](p, `new Promise((done) => {
		const shift = { Sum: 0, Moved: [] };
		const place = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
		const watch = new PerformanceObserver((list) => {
			for (const e of list.getEntries()) {
				if (e.hadRecentInput) continue;
				shift.Sum += e.value;
				for (const { node, previousRect, currentRect } of e.sources) {
					const name = node ? node.nodeName + "." + (node.className?.baseVal ?? node.className ?? node.textContent) : "what is gone";
					shift.Moved.push(Math.round(e.startTime) + " ms: " + name + ": " + place(previousRect) + " -> " + place(currentRect));
				}
			}
		});
		watch.observe({ type: "layout-shift", buffered: true });
		setTimeout(() => done(shift), 300);
	})`)
}

// TestAPageThatHaltsDoesNotMove sends pages that stop for a moment: in the middle of the bar, before the page is as tall as the
// window, and within a table. What stands there when the rest comes stays where it is.
func TestAPageThatHaltsDoesNotMove(t *testing.T) {
	t.Parallel()
	s, p := server.Shared(t), NewTab(t, "en")
	for half, paths := range map[string][]string{
		`<details class="sizing">`: {"/en/interview", "/en/lessons/four-way"},
		`</h1>`:                    {"/en/interview", "/en/progress", "/en/lessons/four-way", "/en/playground"},
		`</tr>`:                    {"/en/reference"},
	} {
		base := halting(t, s, half)
		for _, width := range []int64{390, 1440} {
			p.Width(width)
			for _, path := range paths {
				p.Open(base + path)
				if s := p.shift(); s.Sum >= 0.0005 {
					t.Errorf("%s, %d px wide, halts at %s and shifts by %g:\n%s", path, width, half, s.Sum, strings.Join(s.Moved, "\n"))
				}
			}
		}
	}
}

// halting is the address of a proxy of the server whose pages stop for a moment before a text.
func halting(t *testing.T, s *server.Server, before string) string {
	t.Helper()
	whole := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: s.Addr})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/en/") {
			whole.ServeHTTP(w, r)
			return
		}
		res, err := http.Get(s.URL + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		first, rest, halts := bytes.Cut(body, []byte(before))
		if err != nil || !halts {
			t.Errorf("%s: %s, %v; no place to stop at", r.URL.Path, res.Status, err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(first)
		w.(http.Flusher).Flush()
		time.Sleep(time.Second)
		w.Write(append([]byte(before), rest...))
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}
