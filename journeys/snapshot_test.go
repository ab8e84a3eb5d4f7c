//go:build journeys && snapshots

package journeys

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"finwait/journeys/likeness"
	"finwait/journeys/server"
)

// snapshotsRewrite has the tests keep what they see instead of comparing it.
var snapshotsRewrite = flag.Bool("snapshots.rewrite", false, "keep what the scenes of TestSnapshots look like now")

const (
	pictures = "../out/snapshots"    // for people to look through; index.html has them all
	kept     = "testdata/snapshots/" // one file for each scene: a line for each picture
)

// TestSnapshots sets up each scene in both languages and at three widths, takes pictures of what is in it in both themes,
// and compares them with what they looked like. With -short it takes one picture of each: of scene after scene in another
// language, width and theme.
func TestSnapshots(t *testing.T) {
	t.Cleanup(func() { writeIndex(t) })
	s := server.Start(t)
	for i, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			album := openAlbum(t, scene.name)
			for _, l := range languages {
				views := views(i, l)
				if len(views) == 0 {
					continue
				}
				t.Run(l.Code, func(t *testing.T) {
					p := NewTab(t, l.Accept, chromedp.Env("FONTCONFIG_FILE="+fontConfig(t)))
					must(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: still})
					for _, v := range views {
						v.Tab, v.l, v.s, v.album = p, l, s, album
						v.fresh()
						scene.show(v)
					}
				})
			}
			album.close()
		})
	}
}

// views are those of scene n in a language: a phone, the frame of a course system and a desk; with -short, one of all.
func views(n int, l language) []*studio {
	all := []*studio{{width: 390, height: 844}, {width: 700, height: 1000}, {width: 1440, height: 1000}}
	for _, v := range all {
		v.themes = []string{"light", "dark"}
	}
	if !testing.Short() {
		return all
	}
	if l != languages[n/3%2] {
		return nil
	}
	v := all[n%3]
	v.themes = v.themes[n/6%2:][:1]
	return []*studio{v}
}

// fresh makes the browser one that has seen nothing yet.
func (v *studio) fresh() {
	v.t.Helper()
	must(v.Tab, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: v.s.URL, StorageTypes: "all"})
	phone := v.width < 500
	must(v.Tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.width, Height: v.height, DeviceScaleFactor: 1, Mobile: phone})
	must(v.Tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: phone})
	must(v.Tab, page.Navigate, page.NavigateParams{URL: "about:blank"})
	v.Media(v.themes[0], true)
}

func fontConfig(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/fonts.conf")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// still is run in every document before its own scripts: nothing moves, no caret blinks, no scroll bar comes and goes, and
// chance is the same each time. What the stage tells for some seconds is seen where a scene says so.
const still = `
Math.random = () => 0.25;
const stills = new CSSStyleSheet();
stills.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; caret-color: transparent !important; scroll-behavior: auto !important; scrollbar-width: none !important; } .cm-cursorLayer { visibility: hidden !important; } .toast:not(.shown) { visibility: hidden !important; } .toast.shown { opacity: 1 !important; visibility: visible !important; }");
const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) {
	const root = attachShadow.call(this, init);
	queueMicrotask(() => { root.adoptedStyleSheets = [...root.adoptedStyleSheets, stills]; });
	return root;
};
document.addEventListener("DOMContentLoaded", () => { document.adoptedStyleSheets = [...document.adoptedStyleSheets, stills]; });`

// studio is a scene's page, at one width in one language.
type studio struct {
	*Tab
	l     language
	s     *server.Server
	album *album

	width, height int64
	themes        []string
}

// path is an address of the scene's server in its language.
func (v *studio) path(rest string) string { return v.s.URL + "/" + v.l.Code + "/" + rest }

// take pictures the elements that the selector finds, as one, in each theme; without a selector, what the window shows.
func (v *studio) take(name, css string) {
	v.t.Helper()
	Eval[any](v.Tab, samePort)
	for _, theme := range v.themes {
		v.Media(theme, true)
		v.album.compare(v.t, v.caption(name, theme), func() picture { return v.shoot(css) })
	}
}

// show is take for what is another each time, as the questions of an exam: the picture is for people alone.
func (v *studio) show(name, css string) {
	v.t.Helper()
	for _, theme := range v.themes {
		v.Media(theme, true)
		v.album.save(v.t, v.caption(name, theme), v.shoot(css).png)
	}
}

// paper is take for what is printed.
func (v *studio) paper(name, css string) {
	v.t.Helper()
	Eval[any](v.Tab, samePort)
	must(v.Tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	v.album.compare(v.t, v.caption(name, "paper"), func() picture { return v.shoot(css) })
	v.Media(v.themes[0], true)
}

func (v *studio) caption(name, theme string) string {
	return fmt.Sprintf("%s %s %s %d", name, v.l.Code, theme, v.width)
}

// samePort has the page name its server by the same port each time, where it writes its address.
const samePort = `(() => {
	const port = location.host;
	const texts = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) if (texts.currentNode.data.includes(port)) texts.currentNode.data = texts.currentNode.data.replaceAll(port, "127.0.0.1:40000");
	for (const field of document.querySelectorAll("input, textarea")) if (field.value.includes(port)) field.value = field.value.replaceAll(port, "127.0.0.1:40000");
})(), null`

// pane is take for a panel of the stage, which may have to be chosen by its tab first.
func (v *studio) pane(tab, name, css string) {
	v.t.Helper()
	Eval[any](v.Tab, `(() => { const tab = document.querySelector('.tabs [data-tab="`+tab+`"]'); if (tab?.getClientRects().length) tab.click(); })(), null`)
	v.take(name, css)
}

// picture is one that was taken: as it came, and what it looks like.
type picture struct {
	png   []byte
	looks likeness.Likeness
}

// shoot is a picture of what a selector finds, with a little of what is around.
func (v *studio) shoot(css string) picture {
	v.t.Helper()
	type box struct {
		X, Y, Width, Height float64
		Beyond              bool
	}
	b := Eval[box](v.Tab, `(() => {
		const css = `+quoted(css)+`;
		if (css === "") return {x: scrollX, y: scrollY, width: innerWidth, height: innerHeight, beyond: false};
		const all = [...document.querySelectorAll(css)].filter((el) => el.getClientRects().length > 0);
		if (all.length === 0) throw new Error("nothing to see of " + css);
		const around = () => {
			const boxes = all.map((el) => el.getBoundingClientRect());
			const [left, top] = [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top))];
			return new DOMRect(left, top, Math.max(...boxes.map((b) => b.right)) - left, Math.max(...boxes.map((b) => b.bottom)) - top);
		};
		const beyond = around().height > innerHeight - 64;
		scrollTo(0, 0);
		if (!beyond && all.length === 1) all[0].scrollIntoView({ block: "center" });
		else if (!beyond) for (const el of [...all].reverse()) el.scrollIntoView({ block: "nearest" });
		const [b, margin] = [around(), 8];
		const [x, y] = [Math.max(0, Math.floor(b.x - margin)), Math.floor(b.y - margin)];
		return {x: x + scrollX, y: y + scrollY, width: Math.min(innerWidth - x, Math.ceil(b.width) + 2 * margin), height: Math.ceil(b.height) + 2 * margin, beyond};
	})()`)
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: "png", Clip: &page.Viewport{X: b.X, Y: b.Y, Width: b.Width, Height: b.Height, Scale: 1}, CaptureBeyondViewport: new(b.Beyond), OptimizeForSpeed: new(true),
	})
	if err != nil {
		v.t.Fatalf("a picture of %q: %v", css, err)
	}
	img, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		v.t.Fatal(err)
	}
	return picture{shot.Data, likeness.Of(img)}
}
