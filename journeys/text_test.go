//go:build journeys

package journeys

import (
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestTheLessonIsTextWithoutJavaScript reads the lesson with scripts off: prose, the drawn run, each event in words, the
// question.
func TestTheLessonIsTextWithoutJavaScript(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.WithoutJavaScript()
		p.Open(s.URL + "/" + l.Code + "/lessons/four-way")
		seen := p.visibleText()
		for _, want := range []string{"FIN-WAIT-1", "CLOSE-WAIT", "LAST-ACK", "TIME-WAIT", "SYN", "close()"} {
			if !strings.Contains(seen, want) {
				t.Errorf("without scripts the page does not say %s", want)
			}
		}
		if strings.Contains(seen, "{{") {
			t.Error("without scripts the page shows a template's braces")
		}
		if len(p.All("image", ".")) == 0 {
			t.Error("without scripts there is no figure with a name")
		}
		if told := strings.Count(seen, "FIN,ACK"); told < 4 {
			t.Errorf("without scripts the page tells of FINs %d times; want each one sent and received", told)
		}
		if items := len(p.All("listitem", "")); items < 40 {
			t.Errorf("without scripts the page lists %d things; want each event of the run among them", items)
		}
	})
}

// visibleText is every piece of text that the accessibility tree has.
func (p *Tab) visibleText() string {
	p.t.Helper()
	var all strings.Builder
	for _, piece := range p.All("StaticText", ".") {
		all.WriteString(piece.Name + " ")
	}
	return all.String()
}
