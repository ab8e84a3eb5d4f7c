package quiz

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"sync"

	"finwait/engine"
	"finwait/scenario"
)

// Info is what a list of questions shows of one.
type Info struct {
	ID     string      `json:"id"`
	Kind   string      `json:"kind"`
	Lesson string      `json:"lesson"` // slug
	Title  engine.Text `json:"title"`
}

// Variant is one question as a learner gets it. It holds nothing of the key, nor of the run from the moment asked about.
type Variant struct {
	Quiz     string          `json:"quiz"`
	Seed     int64           `json:"seed"`
	Kind     string          `json:"kind"`
	Title    string          `json:"title"`
	Prompt   string          `json:"prompt"`
	Fields   []Field         `json:"fields"`
	Schema   json.RawMessage `json:"schema,omitempty"` // JSON Schema of the answer
	Hints    []string        `json:"hints"`
	Evidence *Evidence       `json:"evidence,omitempty"`
	Listings []Listing       `json:"listings,omitempty"`
}

// Listing is a text beside the question: a program, a list of packets, a table of sockets.
type Listing struct {
	Title   string   `json:"title"`
	Lines   []string `json:"lines"`
	Numbers []int    `json:"numbers,omitempty"` // of the lines, where they are numbered; 0 is none
	Mark    int      `json:"mark,omitempty"`    // number of the line to look at
}

// Field is one part of an answer.
type Field struct {
	Name    string   `json:"name"` // the member of the answer
	Label   string   `json:"label"`
	Type    string   `json:"type"`              // "choice", "number", "order" or "text"
	Options []Option `json:"options,omitempty"` // of a choice; of an order, what to put in order
	Unit    string   `json:"unit,omitempty"`    // of a number: "ms", "s", "" for a count
	Min     int64    `json:"min,omitempty"`     // of a number
	Max     int64    `json:"max,omitempty"`     // of a number; of a text its bytes
	Text    string   `json:"text,omitempty"`    // of a text: what the field begins with
}

// Option is one choice of a field.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Note  string `json:"note,omitempty"`
}

// Verdicts, for people; Score is for machines.
const (
	Right   = "right"
	Partial = "partial"
	Wrong   = "wrong"
	Void    = "void" // of an issued variant: it can't be graded any more
)

// Result is a graded answer.
type Result struct {
	Score      float64         `json:"score"` // 0 to 1
	Verdict    string          `json:"verdict"`
	Summary    string          `json:"summary"` // the score in words
	Fields     []FieldResult   `json:"fields"`
	Key        json.RawMessage `json:"key"` // an answer worth 1
	Explain    string          `json:"explain"`
	Refutation *Place          `json:"refutation,omitempty"` // where the run contradicts a wrong answer
	Run        Place           `json:"run"`                  // the run, at the moment asked about
	Evidence   *Evidence       `json:"evidence,omitempty"`   // with nothing hidden
	Listings   []Listing       `json:"listings,omitempty"`
}

// FieldResult is what one part of an answer is worth.
type FieldResult struct {
	Name  string `json:"name"`
	Right bool   `json:"right"`
	Given string `json:"given"`
	Key   string `json:"key"`
	Why   string `json:"why"` // one or two sentences that name the deciding event
}

// Place is an event of a run.
type Place struct {
	Token string        `json:"token"`
	Seq   int           `json:"seq"`
	At    engine.Micros `json:"at"`
	Rule  engine.Rule   `json:"rule,omitempty"`
}

// The errors that callers tell apart.
var (
	ErrNoQuiz = errors.New("there is no such quiz")
	ErrSeed   = errors.New("the seed is out of range")
)

// MisfitError says why an answer does not fit its schema.
type MisfitError struct{ Text engine.Text }

func (e *MisfitError) Error() string { return e.Text.En }

// Kind is a way to ask. It turns what a question's generate gave into an item.
type Kind interface {
	Generate(g *Generated) (Item, error)
}

// Item is one generated question with its key, ready to be shown and graded in either language, by several requests at a
// time. Show fills what is the kind's own in a variant; Grade gets an answer that fits the schema.
type Item interface {
	Show(v *Variant, lang string)
	Grade(a Answer) (*Result, error)
	Key() json.RawMessage
	Hand() Hand
}

// Answer is what a learner gave, as it fits the schema.
type Answer struct {
	Body json.RawMessage
	Lang string // "en" or "zh"
	Try  Try    // for answers that are programs
}

// Try runs a scenario that has a learner's own text in it. Its errors are of type *scenario.Error where the text is at
// fault.
type Try func(scenario.Run) (*engine.Lines, error)

// kinds holds the kinds by name.
var kinds = map[string]Kind{
	"state": stateKind{}, "order": orderKind{}, "timeline": timelineKind{}, "header": headerKind{}, "timer": timerKind{},
	"call": callKind{}, "bug": bugKind{}, "fault": faultKind{}, "trace": traceKind{}, "impossible": impossibleKind{},
	"backlog": backlogKind{}, "program": programKind{},
}

// Bank holds all questions, with the library that their runs come from. It may be shared.
type Bank struct {
	lib       scenario.Library
	questions map[string]*Question

	mu     sync.Mutex
	recent map[place]Item // what was generated last: a question that was shown is soon answered
	order  []place        // its keys, the oldest first
}

type place struct {
	quiz string
	seed int64
}

const maxRecent = 64

// NewBank makes a bank.
func NewBank(lib scenario.Library, all []*Question) *Bank {
	b := &Bank{lib: lib, questions: map[string]*Question{}, recent: map[place]Item{}}
	for _, q := range all {
		b.questions[q.ID] = q
	}
	return b
}

// List gives all questions by id.
func (b *Bank) List() []Info {
	all := make([]Info, 0, len(b.questions))
	for _, q := range b.questions {
		all = append(all, q.Info)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

// Info finds a question; nil where there is none.
func (b *Bank) Info(id string) *Info {
	if q := b.questions[id]; q != nil {
		return &q.Info
	}
	return nil
}

// Variant gives the question's variant for a seed, without its key, in a language ("en" or "zh"). It fails with ErrNoQuiz
// or ErrSeed, or with a mistake of the question's author.
func (b *Bank) Variant(id string, seed int64, lang string) (*Variant, error) {
	q, item, err := b.item(id, seed)
	if err != nil {
		return nil, err
	}
	return q.variant(seed, item, lang), nil
}

// Grade says what an answer to a variant is worth. It fails as Variant does, and with a *MisfitError where the answer does
// not fit the variant's schema.
func (b *Bank) Grade(id string, seed int64, a Answer) (*Result, error) {
	q, item, err := b.item(id, seed)
	if err != nil {
		return nil, err
	}
	if err := fits(q.variant(seed, item, a.Lang).Schema, a.Body); err != nil {
		return nil, err
	}
	return item.Grade(a)
}

func (b *Bank) item(id string, seed int64) (*Question, Item, error) {
	q := b.questions[id]
	if q == nil {
		return nil, nil, ErrNoQuiz
	}
	if seed < 0 || seed > scenario.MaxSeed {
		return nil, nil, ErrSeed
	}
	at := place{id, seed}
	if item := b.remembered(at); item != nil {
		return q, item, nil
	}
	g, err := q.generate(b.lib, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("quiz %s, seed %d: %w", id, seed, err)
	}
	item, err := kinds[q.Kind].Generate(g)
	if name := g.unknown(); err == nil && name != "" {
		err = fmt.Errorf("generate gave %s, which the kind %s does not take", name, q.Kind)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("quiz %s, seed %d: %w", id, seed, err)
	}
	b.remember(at, item)
	return q, item, nil
}

func (b *Bank) remembered(at place) Item {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recent[at]
}

func (b *Bank) remember(at place, item Item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.recent[at] != nil {
		return
	}
	if len(b.order) == maxRecent {
		delete(b.recent, b.order[0])
		b.order = b.order[1:]
	}
	b.recent[at] = item
	b.order = append(b.order, at)
}

func (q *Question) variant(seed int64, item Item, lang string) *Variant {
	v := &Variant{Quiz: q.ID, Seed: seed, Kind: q.Kind, Title: in(lang, q.Title), Hints: []string{}}
	for _, h := range q.Hints {
		v.Hints = append(v.Hints, in(lang, h))
	}
	item.Show(v, lang)
	return v
}

// in picks a text's language.
func in(lang string, t engine.Text) string {
	if lang == "zh" {
		return t.Zh
	}
	return t.En
}

// say formats a text in a language.
func say(lang string, t engine.Text, args ...any) string { return fmt.Sprintf(in(lang, t), args...) }
