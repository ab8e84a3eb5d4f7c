package web

import (
	"encoding/json"
	"maps"
	"strconv"
	"time"

	"finwait/engine"
	"finwait/internal/quiz"

	"github.com/a-h/templ"
)

// examPhrases begins the keys of the words that the paper's element needs.
const examPhrases = "exam.paper."

// ExamFrame is what the exam's pages share.
type ExamFrame struct {
	Page
	Course []Chapter
	Say    map[string]string
}

// ExamStart is the page of one who has no exam open.
type ExamStart struct {
	ExamFrame
	Lessons int
	Past    []ExamLine // the latest first
}

// ExamLine is an exam that was handed in.
type ExamLine struct {
	ID        string
	Closed    time.Time
	Right, Of int
}

// ExamPaper is an exam under way.
type ExamPaper struct {
	ExamFrame
	ID        string
	Begun     time.Time
	Questions []ExamQuestion
	Phrases   map[string]string // the interface's words, for the questions
}

// ExamQuestion is a question of a paper, with the answer that is saved.
type ExamQuestion struct {
	Attempt string
	Variant *quiz.Variant
	Answer  json.RawMessage // nil where there is none
	At      time.Time
}

// Answered counts the saved answers.
func (p ExamPaper) Answered() int {
	n := 0
	for _, q := range p.Questions {
		if q.Answer != nil {
			n++
		}
	}
	return n
}

// data is what the element needs, as JSON.
func (p ExamPaper) data() templ.Component {
	type question struct {
		Attempt string          `json:"attempt"`
		Variant *quiz.Variant   `json:"variant"`
		Answer  json.RawMessage `json:"answer,omitempty"`
		At      time.Time       `json:"at,omitzero"`
	}
	words := under(p.Phrases, quizPhrases, "")
	maps.Copy(words, under(p.Say, examPhrases, "paper."))
	var all []question
	for _, q := range p.Questions {
		all = append(all, question(q))
	}
	return jsonScript("exam", map[string]any{"questions": all, "words": words})
}

// card is a question as it reads where scripts are off.
func (p ExamPaper) card(q ExamQuestion) QuizCard {
	return QuizCard{Page: p.Page, Variant: q.Variant, Phrases: p.Phrases}
}

// ExamResult is the page of an exam that was handed in.
type ExamResult struct {
	ExamFrame
	Closed    time.Time
	Right, Of int // without those that are not counted
	Points    float64
	Rows      []ExamRow
}

// ExamRow is a question of a result.
type ExamRow struct {
	Lesson  *Entry // nil for one that is no more
	Kind    string
	Prompt  string
	Verdict string // "right", "partial", "wrong", "none", "void"
	Result  *quiz.Result
	Labels  map[string]string // of fields, by name
	Token   string            // the run that refutes the answer, or the one asked about
	Moment  engine.Micros
}

// points writes a score without needless zeros.
func points(x float64) string { return strconv.FormatFloat(float64(int(x*10+.5))/10, 'f', -1, 64) }
