package quiz

import (
	"fmt"

	"finwait/engine"
	"finwait/scenario"
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
