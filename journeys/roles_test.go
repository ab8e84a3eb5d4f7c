//go:build journeys || screenshot

package journeys

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A Thing is what the accessibility tree has: the page as a screen reader finds it.
type Thing struct {
	Role, Name, Value string
	node              cdp.BackendNodeID
	tab               *Tab
}

// All gives the things of a role whose name matches, in the order of the page. The role is ARIA's.
func (p *Tab) All(role, name string) []Thing {
	p.t.Helper()
	want := regexp.MustCompile(name)
	var found []Thing
	for _, node := range must(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if node.Ignored || text(node.Role) != role || !want.MatchString(text(node.Name)) {
			continue
		}
		found = append(found, Thing{Role: role, Name: text(node.Name), Value: text(node.Value), node: node.BackendDOMNodeID, tab: p})
	}
	return found
}

// Find waits for a thing of the role whose name matches, and gives the first.
func (p *Tab) Find(role, name string) Thing {
	p.t.Helper()
	var found []Thing
	p.until("a "+role+" named /"+name+"/", func() bool {
		found = p.All(role, name)
		return len(found) > 0
	})
	return found[0]
}

// Element gives the element that a CSS selector finds, for what has no name of its own.
func (p *Tab) Element(css string) Thing {
	p.t.Helper()
	p.Until("an element "+css, "document.querySelector("+quoted(css)+")")
	object := must(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.querySelector(" + quoted(css) + ")"}).Result
	node := must(p, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: object.ObjectID}).Node
	return Thing{Role: "element", Name: css, node: node.BackendNodeID, tab: p}
}

// Click presses the left button where the thing can be seen.
func (x Thing) Click() {
	x.tab.t.Helper()
	at := x.place()
	x.tab.ClickAt(at.X, at.Y)
}

// Tap is Click with a finger.
func (x Thing) Tap() {
	x.tab.t.Helper()
	at := x.place()
	must(x.tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at.X, Y: at.Y}}})
	must(x.tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

type point struct{ X, Y float64 }

// place is where the thing can be seen, after scrolling if need be: its middle or, where that is empty or covered, the
// middle of a part of it.
func (x Thing) place() point {
	x.tab.t.Helper()
	object := must(x.tab, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: x.node}).Object
	var last, here *point
	x.tab.until("a place to click the "+x.Role+" "+x.Name+" that stands still", func() bool {
		must(x.tab, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: x.node})
		found := must(x.tab, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
			FunctionDeclaration: pointIn, ObjectID: object.ObjectID, ReturnByValue: new(true), AwaitPromise: new(true),
		}).Result
		last, here = here, nil
		err := json.Unmarshal(found.Value, &here)
		return err == nil && here != nil && last != nil && *here == *last
	})
	return *here
}

// pointIn gives, after a frame, a point of the viewport at which its element lies on top, or null.
const pointIn = `async function () {
	await new Promise(requestAnimationFrame);
	for (const part of [this, ...this.querySelectorAll("*")]) {
		const b = part.getBoundingClientRect();
		const [x, y] = [b.x + b.width / 2, b.y + b.height / 2];
		if (b.width > 0 && b.height > 0 && this.contains(this.getRootNode().elementFromPoint(x, y))) return {x, y};
	}
	return null;
}`

// Focus gives the thing the keyboard.
func (x Thing) Focus() {
	x.tab.t.Helper()
	must(x.tab, dom.Focus, dom.FocusParams{BackendNodeID: x.node})
}

// ClickAt presses the left button at a point of the viewport.
func (p *Tab) ClickAt(x, y float64) {
	p.t.Helper()
	p.do("click", chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
}

// Drag moves the mouse with the left button down.
func (p *Tab) Drag(x1, y1, x2, y2 float64) {
	p.t.Helper()
	p.do("drag", chromedp.DragAndDropXY(x1, y1, x2, y2, 8))
}

// keys are the keys that have no letter.
var keys = map[string]string{
	"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "Home": kb.Home, "End": kb.End, "Enter": kb.Enter,
	"Escape": kb.Escape, "Tab": kb.Tab, "Space": " ",
}

// Press types keys, one after the other: "Space", "ArrowRight", "Shift+ArrowRight", or a letter. The text goes with the
// key's own event, as at a keyboard, so that a page that takes the key for itself prevents the text too.
func (p *Tab) Press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		base, shifted := strings.CutPrefix(name, "Shift+")
		key, ok := keys[base]
		if !ok {
			key = base
		}
		var down input.DispatchKeyEventParams
		for _, event := range kb.Encode([]rune(key)[0]) {
			if shifted {
				event.Modifiers |= int64(kb.ModifierShift)
			}
			switch event.Type {
			case kb.KeyDown:
				down = *event
			case kb.KeyChar:
				down.Text, down.UnmodifiedText = event.Text, event.UnmodifiedText
			case kb.KeyUp:
				must(p, input.DispatchKeyEvent, down)
				must(p, input.DispatchKeyEvent, *event)
			}
		}
	}
}

// do runs actions within the test's patience.
func (p *Tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// quoted is a text as a JavaScript string.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a string has no way to fail
	return string(b)
}

// pause lets a moment pass where only time can tell, as when nothing may happen.
func pause(d time.Duration) { time.Sleep(d) }
