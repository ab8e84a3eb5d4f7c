package export

import (
	"fmt"

	"finwait/engine"
	"finwait/scenario"
)

// The codes of what a form refuses.
const (
	CodeNotTold = "not_told"     // the form has no words for the run, or the run says nothing of what is asked
	codeNoHost  = "unknown_host" // the run has no such host
)

// refuse makes the error for a run that can't be written in a form.
func refuse(code, en, zh string, args ...any) *scenario.Error {
	return &scenario.Error{Code: code, Message: engine.Text{En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}}
}
