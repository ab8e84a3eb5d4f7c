//go:build screenshot

package journeys

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"finwait/journeys/server"
)

// TestScreenshot takes the README's picture: the lesson after its first FIN was dropped, with the second one on its way.
func TestScreenshot(t *testing.T) {
	p := NewTab(t, languages[0].Accept)
	must(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1600, Height: 1000, DeviceScaleFactor: 1.5})
	stage := p.OpenStage(languages[0], server.Start(t).URL+"/en/lessons/four-way")
	stage.Enter()
	stage.stepToFIN().Focus()
	p.Press("d")
	stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
	stage.StepUntil("the FIN's second flight", func() bool {
		segments := Eval[[]string](p, `[...document.querySelectorAll("tcp-ladder [role=button]")].map((segment) => segment.ariaLabel)`)
		return slices.ContainsFunc(segments, func(s string) bool {
			return strings.Contains(s, "FIN") && strings.Contains(s, "retransmission") && strings.Contains(s, "in flight")
		})
	})
	p.Press("Space")
	pause(400 * time.Millisecond) // half of the flight
	p.Press("Space")
	p.Until("the message about the drop has gone", `getComputedStyle(document.querySelector(".toast")).opacity === "0"`)
	Eval[any](p, `for (let el = document.querySelector("tcp-stage"); el; el = el.parentElement) el.scrollTop = 0; document.activeElement.blur(); null`)
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../docs/screenshot.png", png, 0o644); err != nil {
		t.Fatal(err)
	}
}
