package content

import (
	"os"
	"strings"
	"testing"

	"finwait/engine"
)

// Each lesson's stage asks: the choices are those of both texts, what holds is decided by an event after the one at which the
// run waits, and the answer is not always at the same place.
func TestEveryStageAsks(t *testing.T) {
	places := map[int]int{}
	for _, l := range loaded(t).Lessons() {
		p := l.Prediction
		if p.Hold >= p.Decides || p.At <= 0 || p.At >= engine.Day {
			t.Errorf("%s: it waits after event %d, and %d at %s decides", l.Slug, p.Hold, p.Decides, Clock(p.At))
		}
		places[p.Right]++
		for lang, text := range l.Texts {
			for _, part := range text.Parts {
				if part.Class == "predict" && (len(part.Choices) != 4 || strings.Contains(string(part.Body), "<li") || part.Body == "") {
					t.Errorf("%s in %s: the question is %q with the choices %q", l.Slug, lang, part.Body, part.Choices)
				}
			}
		}
	}
	for i := range 4 {
		if places[i] > 8 {
			t.Errorf("choice %d is right in %d lessons of %d", i+1, places[i], len(loaded(t).Lessons()))
		}
	}
}

// A prediction that the run does not decide, or that the texts do not ask, is a mistake with its place.
func TestMistakesOfPredictions(t *testing.T) {
	const file = "lessons/03-four-way/lesson.star"
	star, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"none holds":     {`== ["client"],`, `== ["nobody"],`, "no choice holds"},
		"two hold":       {`== ["server"],`, `!= ["server"],`, "choices 1 and 2 both hold"},
		"not in order":   {`after = "close-1", decides = "time-wait"`, `after = "time-wait", decides = "close-1"`, `"time-wait" does not come before "close-1"`},
		"no such moment": {`decides = "time-wait"`, `decides = "nowhere"`, `no moment "nowhere"`},
		"of another run": {`decides = "time-wait"`, `decides = "merged-fin-1"`, `no moment "merged-fin-1"`},
		"a choice less":  {"    lambda log: after_half_a_minute(log) == [],\n", "", "has 4 choices, and lesson.star judges 3"},
		"not a truth":    {`lambda log: after_half_a_minute(log) == ["client"],`, `lambda log: 1,`, "choice 1: says int"},
		"none at all":    {string(star)[strings.Index(string(star), "predict("):], "", "calls no predict(…)"},
	} {
		changed := strings.Replace(string(star), c.from, c.to, 1)
		if changed == string(star) {
			t.Fatalf("%s: %q is not there", name, c.from)
		}
		if err := laid(t, written(t, map[string]string{file: changed})); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "03-four-way") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
