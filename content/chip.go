package content

import (
	"html/template"
	"strings"

	"finwait/engine"
)

// Family is a group of states that share colour and glyph: "idle", "opening", "open", "active", "passive" or "quiet".
type Family string

var families = map[engine.State]Family{
	engine.Closed: "idle", engine.Listen: "idle",
	engine.SynSent: "opening", engine.SynReceived: "opening",
	engine.Established: "open",
	engine.FinWait1:    "active", engine.FinWait2: "active", engine.Closing: "active",
	engine.CloseWait: "passive", engine.LastAck: "passive",
	engine.TimeWait: "quiet",
}

// FamilyOf gives a state's family; empty for what is no state.
func FamilyOf(s engine.State) Family { return families[s] }

// glyphs are drawn in a box from -6 to 6.
var glyphs = map[Family]string{
	"idle":    `<circle r="4" fill="none" stroke="currentColor" stroke-width="1.7"/>`,
	"opening": `<path d="M0 -4.6L4.6 3.8H-4.6Z" fill="currentColor"/>`,
	"open":    `<circle r="4.2" fill="currentColor"/>`,
	"active":  `<path d="M0 -5L5 0L0 5L-5 0Z" fill="currentColor"/>`,
	"passive": `<rect x="-3.8" y="-3.8" width="7.6" height="7.6" fill="currentColor"/>`,
	"quiet":   `<circle r="4" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M0 -2.4V0H2" fill="none" stroke="currentColor" stroke-width="1.3"/>`,
}

// Glyph is a family's mark, as the inside of an SVG centred on 0,0.
func Glyph(f Family) template.HTML { return template.HTML(glyphs[f]) }

// Chip is a state's name in the colour and with the glyph of its family; what is no state comes back escaped.
func Chip(s engine.State) template.HTML {
	f := families[s]
	if f == "" {
		return template.HTML(template.HTMLEscapeString(string(s)))
	}
	var b strings.Builder
	b.WriteString(`<span class="st st-` + string(f) + `"><svg class="gl" viewBox="-6 -6 12 12" aria-hidden="true">`)
	b.WriteString(glyphs[f])
	b.WriteString(`</svg>` + string(s) + `</span>`)
	return template.HTML(b.String())
}
