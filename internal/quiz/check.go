package quiz

import (
	"fmt"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// Check generates the first seeds variants of a question and grades their own keys, which must be worth 1. The error is the
// first mistake; one of the question's Starlark keeps its positions.
func (b *Bank) Check(id string, seeds int) error {
	for seed := range int64(seeds) {
		if err := b.check(id, seed); err != nil {
			return err
		}
	}
	return nil
}

// Lines are where a question calls quiz(…), and where its generate(seed) begins; 0 where that is not known.
func (b *Bank) Lines(id string) (quiz, generate int) {
	q := b.questions[id]
	if q == nil {
		return 0, 0
	}
	if fn, ok := q.gen.(*starlark.Function); ok {
		generate = int(fn.Position().Line)
	}
	return q.line, generate
}

func (b *Bank) check(id string, seed int64) error {
	q, item, err := b.item(id, seed)
	if err != nil {
		return err
	}
	key := item.Key()
	for _, lang := range []string{"en", "zh"} {
		v := q.variant(seed, item, lang)
		if v.Prompt == "" {
			return fmt.Errorf("quiz %s, seed %d: no prompt in %s", id, seed, lang)
		}
		if err := fits(v.Schema, key); err != nil {
			return fmt.Errorf("quiz %s, seed %d: the key does not fit: %w", id, seed, err)
		}
		r, err := item.Grade(Answer{Body: key, Lang: lang, Try: b.try})
		if err != nil || r.Score != 1 {
			return fmt.Errorf("quiz %s, seed %d: the key does not score 1: %v", id, seed, err)
		}
	}
	return nil
}

// try runs what a question's own author wrote.
func (b *Bank) try(r scenario.Run) (*engine.Lines, error) {
	log, err := scenario.Execute(b.lib, r, scenario.Limits{})
	if err != nil {
		return nil, err
	}
	return log.Lines, nil
}
