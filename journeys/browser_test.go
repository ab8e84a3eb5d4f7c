//go:build journeys || screenshot

package journeys

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"finwait/journeys/server"
)

// patience is how long a page may take to show what a test waits for. Nothing is measured by it: a few browsers, the server
// and other tests share two cores.
const patience = time.Minute

// flags keep Chromium to what a test asks of it: no window, no background traffic.
var flags = map[string]any{
	"headless": "new", "no-sandbox": true, "disable-gpu": true, "disable-quic": true, "no-first-run": true,
	"disable-background-networking": true, "disable-component-update": true, "disable-sync": true,
	"no-default-browser-check": true, "disable-default-apps": true, "disable-extensions": true, "mute-audio": true,
	"disable-dev-shm-usage": true, "force-color-profile": "srgb", "password-store": "basic",
}

func TestMain(m *testing.M) {
	code := m.Run()
	if err := server.Cleanup(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// Tab is one page in a browser profile of its own.
type Tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	faults   []string                        // what the console and the network complained about
	received map[network.RequestID]*resource // by request
	allowed  []string                        // parts of complaints that the test brings about itself
}

// resource is one response that the page got.
type resource struct {
	URL    string
	Status int64
	Bytes  float64 // as they came over the wire, headers included
	Done   bool
}

// NewTab starts a browser with a fresh profile that prefers the languages, as "zh-CN,zh". It ends with the test, which
// fails where the console said an error meanwhile.
func NewTab(t *testing.T, languages string, more ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	profile, err := os.MkdirTemp("", "finwait-profile-")
	if err != nil {
		t.Fatal(err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(profile), chromedp.WindowSize(1600, 1000),
		chromedp.Flag("lang", strings.Split(languages, ",")[0]), chromedp.Flag("accept-lang", languages),
	}
	for name, value := range flags {
		options = append(options, chromedp.Flag(name, value))
	}
	options = append(options, more...)
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	tab := &Tab{t: t, ctx: ctx, received: map[network.RequestID]*resource{}}
	t.Cleanup(func() {
		tab.finish()
		chromedp.Cancel(ctx)
		cancel()
		cancelAlloc()
		for range 50 { // Chromium's children write for a moment after it has gone
			if os.RemoveAll(profile) == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	must(tab, network.Enable, network.EnableParams{})
	must(tab, log.Enable, cdp.Empty{})
	must(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: heard})
	tab.Media("light", false)
	return tab
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("Chromium is not installed; `make tools` installs it")
	return ""
}

// hear notes what the page says and gets. It must not call the browser.
func (p *Tab) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			text := ""
			for _, arg := range ev.Args {
				text += " " + string(arg.Value) + arg.Description
			}
			p.faults = append(p.faults, "console."+string(ev.Type)+text)
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		p.faults = append(p.faults, "exception: "+text)
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			p.faults = append(p.faults, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	case *network.EventResponseReceived:
		p.received[ev.RequestID] = &resource{URL: ev.Response.URL, Status: ev.Response.Status}
	case *network.EventLoadingFinished:
		if r := p.received[ev.RequestID]; r != nil {
			r.Bytes, r.Done = ev.EncodedDataLength, true
		}
	}
}

// Allow lets the console complain with the given text, where the test itself brings that about.
func (p *Tab) Allow(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, text)
}

// finish fails the test for what the console said, and leaves a picture of a failed page.
func (p *Tab) finish() {
	p.mu.Lock()
	faults := p.faults
	allowed := p.allowed
	p.mu.Unlock()
next:
	for _, fault := range faults {
		for _, part := range allowed {
			if strings.Contains(fault, part) {
				continue next
			}
		}
		p.t.Errorf("the page complained: %s", fault)
	}
	if p.t.Failed() {
		p.t.Logf("what the page looked like: %s", p.picture())
	}
}

// picture saves the page as it looks now and gives the file's path.
func (p *Tab) picture() string {
	dir, err := filepath.Abs("../out/journeys")
	if err != nil {
		return err.Error()
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name())
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, time.Now().UnixMilli()))
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		return "no picture: " + err.Error()
	}
	return path
}

// must sends a command of the DevTools protocol.
func must[P, R any](p *Tab, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		p.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return result
}

// Open goes to the address and waits for its load event.
func (p *Tab) Open(url string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		p.t.Fatalf("opening %s: %v", url, err)
	}
}

// Eval gives the value of a JavaScript expression; a promise is awaited.
func Eval[T any](p *Tab, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return value
}

// Until waits for the condition, a JavaScript expression, to hold; what names it in the failure. A page on its way to
// another has nothing to ask: that is no yet.
func (p *Tab) Until(what, js string) {
	p.t.Helper()
	p.until(what+": "+js, func() bool {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		return err == nil && holds
	})
}

// until waits for ok.
func (p *Tab) until(what string, ok func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

// Media sets the colour scheme, "light" or "dark", and whether the reader asks for less motion.
func (p *Tab) Media(scheme string, reduced bool) {
	p.t.Helper()
	motion := "no-preference"
	if reduced {
		motion = "reduce"
	}
	must(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
}

// Width sets the width of the viewport in CSS pixels.
func (p *Tab) Width(px int64) {
	p.t.Helper()
	must(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: px, Height: 1000, DeviceScaleFactor: 1})
}

// WithoutJavaScript turns scripts off for the pages opened after it.
func (p *Tab) WithoutJavaScript() {
	p.t.Helper()
	must(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Received are the finished responses so far.
func (p *Tab) Received() map[network.RequestID]resource {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[network.RequestID]resource{}
	for id, r := range p.received {
		if r.Done {
			all[id] = *r
		}
	}
	return all
}

// heard is run in every document before its own scripts: it notes what WebSockets tell the page. The protocol's own event
// for that cannot be read where the message is text.
const heard = `
window.heardFrames = [];
window.WebSocket = class extends WebSocket {
	constructor(...args) {
		super(...args);
		this.addEventListener("message", (message) => window.heardFrames.push(String(message.data)));
	}
};`

// Frames are the WebSocket messages that the document got so far.
func (p *Tab) Frames() []string {
	p.t.Helper()
	return Eval[[]string](p, "window.heardFrames")
}

// text is the string in an accessibility value.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	if json.Unmarshal(v.Value, &s) != nil {
		return strings.Trim(string(v.Value), `"`)
	}
	return s
}
