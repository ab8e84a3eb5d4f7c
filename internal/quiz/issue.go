package quiz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// Issued is a variant that was given out for a grade, with all that must outlive an upgrade: what was asked, in both
// languages, what is right, and the run. It is kept on the server as a whole.
type Issued struct {
	Quiz     string              `json:"quiz"`
	Seed     int64               `json:"seed"`
	Kind     string              `json:"kind"`
	Lesson   string              `json:"lesson"`
	Engine   int                 `json:"engine"`   // the version that made it
	Variants map[string]*Variant `json:"variants"` // by language; without seed and hints
	Key      json.RawMessage     `json:"key"`
	Marks    []Mark              `json:"marks,omitempty"` // none where an answer is graded by running it
	Token    string              `json:"token,omitempty"` // of the run; empty for a question without one
	Log      string              `json:"log,omitempty"`   // of the run, lines of JSON
	Shown    string              `json:"shown"`           // what of it may be seen before the answer
}

// Mark says what one field is worth, without a run.
type Mark struct {
	Field  string      `json:"field"`
	Right  string      `json:"right,omitempty"`  // of a choice
	Number int64       `json:"number,omitempty"` // of a number
	Slack  int64       `json:"slack,omitempty"`
	Before [][2]string `json:"before,omitempty"` // of an order: which value comes before which
}

// Hand is what an item gives out for a grade: its marks, and the run with the time before which it may be seen.
type Hand struct {
	Marks []Mark
	Run   *Run // nil for a question without one
	Until engine.Micros
}

// Issue makes a variant to be kept. It fails as Variant does.
func (b *Bank) Issue(id string, seed int64) (*Issued, error) {
	q, item, err := b.item(id, seed)
	if err != nil {
		return nil, err
	}
	hand := item.Hand()
	i := &Issued{Quiz: id, Seed: seed, Kind: q.Kind, Lesson: q.Lesson, Engine: engine.Version, Key: item.Key(),
		Marks: hand.Marks, Variants: map[string]*Variant{}}
	for _, lang := range []string{"en", "zh"} {
		v := q.variant(seed, item, lang)
		v.Seed, v.Hints = 0, []string{}
		i.Variants[lang] = v
	}
	var events []engine.Event
	if hand.Run != nil {
		events, i.Token = hand.Run.events, hand.Run.token()
		i.Log = string(encoded(events).Bytes())
	}
	i.Shown = string(encoded(excerpt(events, hand.Until)).Bytes())
	return i, nil
}

// GradeIssued says what an answer to an issued variant is worth. Where its question still gives the same, that is asked, as
// in practice; after an upgrade that changed it, what was kept with the variant decides. It fails as Grade does.
func (b *Bank) GradeIssued(i *Issued, a Answer) (*Result, error) {
	v := i.Variants[a.Lang]
	if err := fits(v.Schema, a.Body); err != nil {
		return nil, err
	}
	if now, err := b.Issue(i.Quiz, i.Seed); err == nil && now.asks(i) {
		_, item, err := b.item(i.Quiz, i.Seed)
		if err != nil {
			return nil, err
		}
		return item.Grade(a)
	}
	return i.gradeByMarks(v, a)
}

// asks tells whether both ask the same and want the same.
func (i *Issued) asks(other *Issued) bool {
	a, err1 := json.Marshal(i.Variants)
	b, err2 := json.Marshal(other.Variants)
	return err1 == nil && err2 == nil && bytes.Equal(a, b) && bytes.Equal(i.Key, other.Key)
}

var (
	byMarks = engine.Text{
		En: "The question has changed since it was given out; what was right then decides.",
		Zh: "题目在发出之后有过改动；以当时的正确答案为准。"}
	notCounted = engine.Text{En: "Not counted.", Zh: "不计分。"}
	whyVoid    = engine.Text{
		En: "An answer to this question is graded by running it, and the question has changed since it was given out.",
		Zh: "这道题要靠运行来评分，而题目在发出之后有过改动。"}
)

// gradeByMarks grades without a run. Where only a run could tell, the kept key is right and all else is not counted.
func (i *Issued) gradeByMarks(v *Variant, a Answer) (*Result, error) {
	r := &Result{Key: i.Key, Explain: in(a.Lang, byMarks)}
	if len(i.Marks) == 0 {
		if !sameJSON(a.Body, i.Key) {
			return &Result{Key: i.Key, Verdict: Void, Summary: in(a.Lang, notCounted), Explain: in(a.Lang, whyVoid)}, nil
		}
		r.Score = 1
		r.settle(a.Lang, 1, 1)
		return r, nil
	}
	given, err := decodeObject(a.Body)
	if err != nil {
		return nil, err
	}
	right := 0
	for _, m := range i.Marks {
		share, err := m.grade(given[m.Field])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Field, err)
		}
		r.Score += share / float64(len(i.Marks))
		f := FieldResult{Name: m.Field, Right: share == 1, Given: strings.Trim(string(given[m.Field]), `"`), Key: m.key(v)}
		if f.Right {
			right++
		}
		r.Fields = append(r.Fields, f)
	}
	r.settle(a.Lang, right, len(i.Marks))
	return r, nil
}

// grade is the share of the field that an answer is worth.
func (m Mark) grade(raw json.RawMessage) (float64, error) {
	switch {
	case m.Before != nil:
		var given []string
		if err := json.Unmarshal(raw, &given); err != nil {
			return 0, err
		}
		held := 0
		for _, pair := range m.Before {
			if slices.Index(given, pair[0]) < slices.Index(given, pair[1]) {
				held++
			}
		}
		return float64(held) / float64(len(m.Before)), nil
	case m.Right != "":
		var given string
		err := json.Unmarshal(raw, &given)
		return whole(given == m.Right), err
	}
	var given float64
	err := json.Unmarshal(raw, &given)
	return whole(given >= float64(m.Number-m.Slack) && given <= float64(m.Number+m.Slack)), err
}

func whole(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// key is what is right, as people read it.
func (m Mark) key(v *Variant) string {
	for _, f := range v.Fields {
		if f.Name != m.Field {
			continue
		}
		for _, o := range f.Options {
			if o.Value == m.Right {
				return o.Label
			}
		}
		if f.Type == typeNumber {
			return strings.TrimSpace(fmt.Sprint(m.Number, " ", f.Unit))
		}
	}
	return ""
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, err1 := json.Marshal(x)
	two, err2 := json.Marshal(y)
	return err1 == nil && err2 == nil && bytes.Equal(one, two)
}
