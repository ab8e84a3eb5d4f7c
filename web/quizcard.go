package web

import (
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/quiz"

	"github.com/a-h/templ"
)

// QuizCard is a question, as its element takes it over and as it reads where scripts are off.
type QuizCard struct {
	Page
	Variant *quiz.Variant
	Phrases map[string]string // the interface's words; those whose keys begin with quiz. are used
}

// quizPhrases begins the keys of the card's words.
const quizPhrases = "quiz."

func (q QuizCard) phrase(key string) string { return q.Phrases[quizPhrases+key] }

// fill puts values into a phrase.
func (q QuizCard) fill(key string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(q.phrase(key))
}

// lineNumber is what stands before a line of a listing; 0 is a line without one.
func lineNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (q QuizCard) id() string { return "quiz-" + q.Variant.Quiz }

// data is the variant and the words, as JSON. Its listings stand in the markup already, and the schema is for other programs.
func (q QuizCard) data() templ.Component {
	v := *q.Variant
	v.Listings, v.Schema = nil, nil
	return jsonScript("quiz", map[string]any{"variant": &v, "words": under(q.Phrases, quizPhrases, "")})
}

// fieldLabel is a field's name with its unit.
func fieldLabel(f quiz.Field) string {
	if f.Unit != "" {
		return f.Label + " (" + f.Unit + ")"
	}
	return f.Label
}

// option is a choice: a state with its glyph, or plain text.
func (q QuizCard) option(o quiz.Option) templ.Component {
	return templ.Raw(content.Chip(engine.State(o.Label)))
}
