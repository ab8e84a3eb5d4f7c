package review

import (
	"cmp"
	"slices"
	"time"
)

const day = 24 * time.Hour

// Boxes are the waits.
var Boxes = []time.Duration{1 * day, 3 * day, 7 * day, 21 * day}

// Outcome is one answer.
type Outcome struct {
	Quiz  string
	Right bool // all of it
	At    time.Time
}

// Card is a question that was missed and is not learnt yet.
type Card struct {
	Quiz string
	Box  int // from 0
	Due  time.Time
}

// Schedule gives the cards, the one that is due first coming first. The outcomes may be in any order.
func Schedule(outcomes []Outcome) []Card {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b Outcome) int { return a.At.Compare(b.At) })
	cards := map[string]Card{}
	for _, o := range sorted {
		card, there := cards[o.Quiz]
		switch {
		case !o.Right:
			cards[o.Quiz] = Card{Quiz: o.Quiz, Due: o.At.Add(Boxes[0])}
		case !there || o.At.Before(card.Due):
		case card.Box+1 == len(Boxes):
			delete(cards, o.Quiz)
		default:
			card.Box++
			card.Due = o.At.Add(Boxes[card.Box])
			cards[o.Quiz] = card
		}
	}
	all := make([]Card, 0, len(cards))
	for _, c := range cards {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Card) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Quiz, b.Quiz)) })
	return all
}

// Due counts the cards that are due at a time: they are the first ones.
func Due(cards []Card, now time.Time) int {
	n := 0
	for n < len(cards) && !cards[n].Due.After(now) {
		n++
	}
	return n
}
