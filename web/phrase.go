package web

import (
	"context"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"
)

// fill puts values into a phrase of the pages: pairs are name, value.
func fill(phrase string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		phrase = strings.ReplaceAll(phrase, "{"+pairs[i]+"}", pairs[i+1])
	}
	return phrase
}

// whole are what no line may end within: names with hyphens, as those of states.
var whole = regexp.MustCompile(`[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+(?: \d+–\d+)?`)

// unbroken writes a text whose names stay in one piece.
func unbroken(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, whole.ReplaceAllString(html.EscapeString(text), `<span class="nb">$0</span>`))
		return err
	})
}
