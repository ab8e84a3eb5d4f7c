package web

import (
	"strconv"

	"finwait/content"

	"github.com/a-h/templ"
)

// Predict is the question that a lesson's stage asks. The stage waits for the answer where Asks says so; elsewhere the
// question is text.
type Predict struct {
	content.Part
	*content.Prediction
	Slug string
	Asks bool
}

// place is where the run waits, and what it says.
func (p Predict) place() templ.OrderedAttributes {
	if !p.Asks {
		return nil
	}
	return templ.OrderedAttributes{
		templ.KV[string, any]("hold", strconv.Itoa(p.Hold)),
		templ.KV[string, any]("decides", strconv.Itoa(p.Decides)),
		templ.KV[string, any]("right", strconv.Itoa(p.Right)),
	}
}
