//go:build journeys

package journeys

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finwait/journeys/server"

	"github.com/chromedp/cdproto/browser"
)

// takeAway opens the dialog at the moment shown, and lets downloads go to a folder.
func (s Stage) takeAway() (folder string) {
	s.t.Helper()
	folder = s.t.TempDir()
	must(s.Tab, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})
	s.Find("button", s.l.exactly(s.t, "play.share")).Click()
	s.Find("dialog", s.l.exactly(s.t, "take.title"))
	return folder
}

// download presses the button or link and gives the file that was saved.
func (s Stage) download(folder, role, what string) (name string, body []byte) {
	s.t.Helper()
	before, err := os.ReadDir(folder)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Find(role, "^"+strings.Replace(s.l.phrase(s.t, "take.download"), ".*?", ".*"+what+".*", 1)+"$").Click()
	s.until("the file of "+what, func() bool {
		now, err := os.ReadDir(folder)
		if err != nil || len(now) <= len(before) {
			return false
		}
		for _, f := range now {
			if strings.HasSuffix(f.Name(), ".crdownload") {
				return false
			}
			if _, err := os.Stat(filepath.Join(folder, f.Name())); err == nil && !holds(before, f.Name()) {
				name = f.Name()
			}
		}
		body, err = os.ReadFile(filepath.Join(folder, name))
		return err == nil && len(body) > 0
	})
	return name, body
}

func holds(list []os.DirEntry, name string) bool {
	for _, f := range list {
		if f.Name() == name {
			return true
		}
	}
	return false
}

// value is what a field of the dialog holds.
func (s Stage) value(key string) string {
	s.t.Helper()
	return Eval[string](s.Tab, `[...document.querySelectorAll(".takedlg textarea")].find((t) => new RegExp(`+"`"+s.l.exactly(s.t, key)+"`"+`).test(t.ariaLabel)).value`)
}

// TestARunIsTakenAway drops the first FIN, opens the dialog, and takes the new run along in every form. What was saved is
// the run: the command line prints the same bytes as the file, the capture opens, the picture is whole.
func TestARunIsTakenAway(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN()
		p.Press("d")
		stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
		folder := stage.takeAway()
		p.axe("the dialog to take a run away")

		name, log := stage.download(folder, "link", "JSON Lines")
		if !strings.HasPrefix(name, "close-four-way-7-client-") || !strings.HasSuffix(name, ".jsonl") {
			t.Errorf("the log is saved as %s", name)
		}
		for _, key := range []string{"take.command", "take.token"} {
			command := exec.Command("sh", "-c", stage.value(key)+" --format jsonl")
			command.Env = append(os.Environ(), "PATH="+filepath.Dir(server.Binary(t))+":"+os.Getenv("PATH"))
			if got, err := command.Output(); err != nil || !bytes.Equal(got, log) {
				t.Errorf("%s: %v; it prints %d bytes, the file has %d", stage.value(key), err, len(got), len(log))
			}
		}
		for _, c := range []struct{ host, format, begins string }{
			{"host.server", "Wireshark", "\x0a\x0d\x0d\x0a"}, {"host.client", "packetdrill", "// "}, {"host.server", " ss ", "server 10.0.0.2 at 0.0"},
		} {
			name, body := stage.download(folder, "link", c.format+".*"+heading(l.template(t, c.host)))
			if !bytes.HasPrefix(body, []byte(c.begins)) || !strings.Contains(name, strings.TrimPrefix(c.host, "host.")) {
				t.Errorf("%s begins with %.60q", name, body)
			}
		}
		name, picture := stage.download(folder, "button", "SVG")
		checkSVG(t, picture, stage.value("take.link"))
		_, part := stage.download(folder, "button", "PNG")
		if img, err := png.Decode(bytes.NewReader(part)); err != nil || img.Bounds().Dx() < 2000 {
			t.Errorf("%s as PNG: %v, %v", name, err, img.Bounds())
		}

		link, err := url.Parse(stage.value("take.link"))
		if err != nil || link.Query().Get("run") == "" || link.Query().Get("at") == "" {
			t.Fatalf("the link is %v, %v", link, err)
		}
		if frame := stage.value("take.frame"); !strings.Contains(frame, "/embed/"+l.Code+"/lessons/four-way?") || !strings.Contains(frame, "/embed.js") {
			t.Errorf("the frame is %s", frame)
		}
		if answer := fetch(t, stage.value("take.oembed")); !bytes.Contains(answer, []byte("/embed/"+l.Code+"/lessons/four-way?")) {
			t.Errorf("oEmbed answers %s", answer)
		}
		p.Press("Escape")
		p.Until("the dialog closed and the keyboard back on its button", `!document.querySelector("dialog[open]") && document.activeElement.closest("tcp-transport")`)
		stage = p.OpenStage(l, link.String())
		stage.until("the same run and moment by the link", func() bool { _, n, all, _ := stage.Where(); return n > 1 && n < all })
	})
}

// checkSVG holds a picture to stand by itself: well-formed, nothing to fetch, no variables, no hands, and the address on it.
func checkSVG(t *testing.T, picture []byte, link string) {
	t.Helper()
	texts := ""
	for d := xml.NewDecoder(bytes.NewReader(picture)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
		if data, ok := token.(xml.CharData); ok {
			texts += string(data)
		}
	}
	for _, no := range []string{"var(", "url(", "href", "tabindex", "NaN"} {
		if bytes.Contains(picture, []byte(no)) {
			t.Errorf("the picture has %s", no)
		}
	}
	for _, want := range []string{"FIN,ACK", "TIME-WAIT", "FIN-WAIT-1", link} {
		if !strings.Contains(texts, want) {
			t.Errorf("the picture does not say %s", want)
		}
	}
}

// TestAFormThatARunCannotHaveIsExplained asks for a packetdrill script of a run with two connections, and copies by hand
// where the clipboard is closed.
func TestAFormThatARunCannotHaveIsExplained(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Allow("422")
		p.Media("dark", true)
		p.Width(390)
		p.Open(s.URL + "/" + l.Code + "/lessons/four-way")
		token := Eval[string](p, `new Promise((got) => {
			const ws = new WebSocket("/ws", "finwait.v1");
			ws.onopen = () => ws.send(JSON.stringify({op: "open", stream: "a", run: {scenario: "close/same-port-again", vary: {}, seed: 1, inputs: []}, after: -1, credit: 1}));
			ws.onmessage = (m) => { const f = JSON.parse(m.data); if (f.op === "opened") got(f.token); };
		})`)
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?run="+url.QueryEscape(token))
		stage.takeAway()
		said := func(text string) {
			t.Helper()
			p.Until(text, `document.querySelector(".takedlg [role=status]").textContent.includes(`+"`"+text+"`"+`)`)
		}
		p.Find("link", "packetdrill.*"+heading(l.template(t, "host.client"))).Click()
		said(map[string]string{"en": "has 2 connections", "zh": "有 2 个连接"}[l.Code])
		Eval[any](p, `Object.defineProperty(navigator, "clipboard", {value: {writeText: () => Promise.reject(new Error("closed"))}}); null`)
		p.Find("button", "^"+strings.Replace(l.phrase(t, "take.copy"), ".*?", l.template(t, "take.link"), 1)+"$").Click()
		said(l.template(t, "take.byhand"))
		if picked := Eval[string](p, `getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`); !strings.Contains(picked, "/lessons/four-way?") {
			t.Errorf("selected is %q", picked)
		}
		if Eval[bool](p, `(() => { const d = document.querySelector(".takedlg .take"); return d.scrollWidth > d.clientWidth; })()`) {
			t.Error("the dialog is wider than the phone")
		}
		p.axe("the dialog on a phone")
	})
}
