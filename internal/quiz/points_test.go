package quiz_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"finwait/internal/quiz"
)

// What an answer is worth, with so many fields of the key changed: equal shares, and nothing in between of what is one choice.
func TestFieldsHaveEqualShares(t *testing.T) {
	_, b := bank(t)
	for _, test := range []struct {
		quiz   string // one of each kind whose answer has fields of its own
		points []float64
	}{
		{"four-way-states", []float64{1, 1. / 2, 0}},
		{"close-timeline", []float64{1, 1. / 2, 0}},
		{"close-header", []float64{1, 2. / 3, 1. / 3, 0}},
		{"backlog-admitted", []float64{1, 2. / 3, 1. / 3, 0}},
		{"close-calls", []float64{1, 0}},
		{"close-timers", []float64{1, 0}},
		{"close-bug", []float64{1, 0}},
		{"close-trace", []float64{1, 0}},
		{"close-impossible", []float64{1, 0}},
	} {
		v, key := variantAndKey(t, b, test.quiz, 3)
		if len(v.Fields) != len(test.points)-1 {
			t.Fatalf("%s has %d fields", test.quiz, len(v.Fields))
		}
		var answer map[string]any
		if err := json.Unmarshal(key, &answer); err != nil {
			t.Fatal(err)
		}
		for wrong, points := range test.points {
			if wrong > 0 {
				f := v.Fields[wrong-1]
				answer[f.Name] = others(f, answer[f.Name])[0]
			}
			is(t, b, test.quiz, answer, points)
		}
	}
}

// A fault that does not do is worth nothing, though most of its fields stand as in the key.
func TestAFaultDoesOrNot(t *testing.T) {
	_, b := bank(t)
	v, key := variantAndKey(t, b, "close-fault", 3)
	answer := map[string]string{}
	for _, f := range v.Fields {
		answer[f.Name] = "deliver"
	}
	is(t, b, "close-fault", answer, 0)
	is(t, b, "close-fault", key, 1)
}

// A program has a share for each case that it survives.
func TestEachCaseIsAShare(t *testing.T) {
	_, b := bank(t)
	v, key := variantAndKey(t, b, "close-program", 3)
	var model struct{ Program string }
	if err := json.Unmarshal(key, &model); err != nil {
		t.Fatal(err)
	}
	begin, _, asks := strings.Cut(v.Fields[0].Text, "    os.read(")
	if !asks {
		t.Fatalf("the field begins with %s", v.Fields[0].Text)
	}
	for program, points := range map[string]float64{
		model.Program: 1,
		begin + "    while os.read(s, 4096):\n        pass\n":                 3. / 4, // an answer that is cut short ends well, too
		begin + "    while os.read(s, 4096):\n        pass\n    os.exit(1)\n": 1. / 4, // and here that alone
		begin + "    os.exit(2)\n":                                            0,
	} {
		is(t, b, "close-program", map[string]string{"program": program}, points)
	}
}

// An order is worth the share of its pairs that stand as they must: another order in which the events can happen is right,
// and each forbidden pair costs.
func TestAnyOrderThatCanHappenIsRight(t *testing.T) {
	_, b := bank(t)
	families, permitted, forbidden := 0, 0, 0
	for _, info := range b.List() {
		if info.Kind != "order" {
			continue
		}
		families++
		for seed := range int64(10) {
			v, key := variantAndKey(t, b, info.ID, seed)
			name := v.Fields[0].Name
			issued, err := b.Issue(info.ID, seed)
			if err != nil {
				t.Fatal(err)
			}
			var answer map[string][]string
			if err := json.Unmarshal(key, &answer); err != nil {
				t.Fatal(err)
			}
			before := issued.Marks[0].Before
			for i := range len(answer[name]) - 1 {
				other := slices.Clone(answer[name])
				other[i], other[i+1] = other[i+1], other[i]
				want := 1.
				if slices.Contains(before, [2]string{other[i+1], other[i]}) {
					want = 1 - 1/float64(len(before))
					forbidden++
				} else {
					permitted++
				}
				r, err := b.Grade(info.ID, seed, given(must(json.Marshal(map[string][]string{name: other})), "en"))
				if err != nil || math.Abs(r.Score-want) > 1e-9 {
					t.Errorf("%s %d: %v is worth %v (%v), want %v; the key is %s", info.ID, seed, other, r.Score, err, want, key)
				}
			}
		}
	}
	if families < 5 || permitted < 20 || forbidden < 20 {
		t.Errorf("%d families, %d permitted and %d forbidden orders were tried", families, permitted, forbidden)
	}
}

// is holds what an answer to seed 3 of a question is worth, and that the verdict says the same.
func is(t *testing.T, b *quiz.Bank, id string, answer any, points float64) {
	t.Helper()
	body := must(json.Marshal(answer))
	r, err := b.Grade(id, 3, given(body, "en"))
	if err != nil {
		t.Fatal(err)
	}
	verdict := quiz.Partial
	switch points {
	case 0:
		verdict = quiz.Wrong
	case 1:
		verdict = quiz.Right
	}
	if math.Abs(r.Score-points) > 1e-9 || r.Verdict != verdict {
		t.Errorf("%s: %s is worth %v, %q; want %v", id, body, r.Score, r.Verdict, points)
	}
}

func must(b []byte, err error) json.RawMessage {
	if err != nil {
		panic(err)
	}
	return b
}
