package review

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// history reads "miss 0, right 1": answers to one question, by day.
func history(quiz, text string) []Outcome {
	var all []Outcome
	for part := range strings.SplitSeq(text, ", ") {
		var what string
		var days float64
		if _, err := fmt.Sscan(part, &what, &days); err != nil {
			panic(err)
		}
		all = append(all, Outcome{quiz, what == "right", start.Add(time.Duration(days * float64(day)))})
	}
	return all
}

func TestAQuestionMovesThroughTheBoxes(t *testing.T) {
	for text, want := range map[string]string{
		"right 0":                            "",
		"miss 0":                             "box 0, due 1",
		"miss 0, right 0.5":                  "box 0, due 1",
		"miss 0, right 1":                    "box 1, due 4",
		"miss 0, right 2":                    "box 1, due 5",
		"miss 0, right 1, right 3":           "box 1, due 4",
		"miss 0, right 1, right 4":           "box 2, due 11",
		"miss 0, right 1, right 4, right 11": "box 3, due 32",
		"miss 0, right 1, right 4, right 11, right 31":          "box 3, due 32",
		"miss 0, right 1, right 4, right 11, right 32":          "",
		"miss 0, right 1, right 4, miss 5":                      "box 0, due 6",
		"miss 0, miss 0.5":                                      "box 0, due 1.5",
		"miss 0, right 1, right 4, right 11, right 32, miss 40": "box 0, due 41",
	} {
		got := ""
		for _, c := range Schedule(history("q", text)) {
			got = fmt.Sprintf("box %d, due %v", c.Box, float64(c.Due.Sub(start))/float64(day))
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestTheFirstDueComesFirst(t *testing.T) {
	all := append(history("late", "miss 2"), append(history("early", "miss 0"), history("also", "miss 0")...)...)
	cards := Schedule(all)
	if len(cards) != 3 || cards[0].Quiz != "also" || cards[1].Quiz != "early" || cards[2].Quiz != "late" {
		t.Errorf("in the order %v", cards)
	}
	if n := Due(cards, start.Add(day)); n != 2 {
		t.Errorf("%d are due after a day", n)
	}
	if n := Due(cards, start); n != 0 {
		t.Errorf("%d are due at once", n)
	}
}
