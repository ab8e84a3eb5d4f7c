package quiz_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"finwait/internal/quiz"
)

// logLine is what the tests read of an event.
type logLine struct {
	Seq      int
	T        int64
	Kind     string
	Cause    *int
	ID       int
	Action   string
	At       int64
	Seed     int64
	Title    struct{ En, Zh string }
	Scenario struct{ Name, SHA256 string }
	Vary     map[string]string
	Inputs   []any
}

func readLog(t *testing.T, log string) []logLine {
	t.Helper()
	var all []logLine
	s := bufio.NewScanner(strings.NewReader(log))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var l logLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func issued(t *testing.T, b *quiz.Bank, id string, seed int64) *quiz.Issued {
	t.Helper()
	i, err := b.Issue(id, seed)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// What is shown of a run before the answer is a log of its own that tells neither which run it is nor what comes.
func TestWhatIsShownTellsNothing(t *testing.T) {
	_, b := bank(t)
	shows := map[string]bool{}
	for _, info := range b.List() {
		for seed := range int64(2) {
			i := issued(t, b, info.ID, seed)
			shown, whole := readLog(t, i.Shown), readLog(t, i.Log)
			meta, end := shown[0], shown[len(shown)-1]
			if meta.Kind != "meta" || meta.Scenario.Name+meta.Scenario.SHA256+meta.Title.En+meta.Title.Zh != "" || meta.Seed != 0 || len(meta.Inputs)+len(meta.Vary) != 0 {
				t.Errorf("%s %d: the first event says %+v", info.ID, seed, meta)
			}
			if end.Kind != "end" {
				t.Errorf("%s %d: it ends with %q", info.ID, seed, end.Kind)
			}
			there := map[int]bool{}
			for _, l := range shown {
				there[l.ID] = there[l.ID] || l.Kind == "deliver"
			}
			for n, l := range shown {
				if l.Seq != n || l.Cause != nil && *l.Cause >= n {
					t.Errorf("%s %d: event %d is numbered %d", info.ID, seed, n, l.Seq)
				}
				if l.Kind == "expect" || l.Kind == "input" || l.Kind == "fate" && !there[l.ID] || l.Kind == "timer" && tellsFuture(i, l) {
					t.Errorf("%s %d: it has %+v", info.ID, seed, l)
				}
			}
			if info.Kind != "fault" && i.Token != "" && len(shown) >= len(whole) {
				t.Errorf("%s %d: the whole run is shown", info.ID, seed)
			}
			if len(shown) > 2 {
				shows[info.Kind] = true
			}
		}
	}
	if got := slices.Sorted(maps.Keys(shows)); !slices.Equal(got, []string{"call", "fault", "state", "timeline", "timer"}) {
		t.Errorf("a run is shown by %v", got)
	}
}

// tellsFuture is a timer that is set to a time at or after the moment asked about.
func tellsFuture(i *quiz.Issued, l logLine) bool {
	e := i.Variants["en"].Evidence
	return e != nil && i.Kind != "fault" && l.Action == "set" && l.At >= int64(e.At)
}

// An issued variant holds neither seed nor hints for the learner.
func TestIssuedVariantIsForAssessment(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		i := issued(t, b, info.ID, 12345)
		for lang, v := range i.Variants {
			if v.Seed != 0 || len(v.Hints) != 0 || v.Prompt == "" {
				t.Errorf("%s in %s: seed %d, hints %q", info.ID, lang, v.Seed, v.Hints)
			}
		}
		if i.Lesson != info.Lesson || i.Kind != info.Kind || len(i.Key) == 0 {
			t.Errorf("%s: %+v", info.ID, i)
		}
	}
}

// After an upgrade that changed a question, what was kept grades as the question did; what only a run can grade is right
// where it is the key, else not counted.
func TestGradingOutlivesTheQuestion(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		for seed := range int64(2) {
			i := issued(t, b, info.ID, seed)
			changed := issued(t, b, info.ID, seed)
			changed.Quiz = "a-question-that-is-gone"
			v, key := variantAndKey(t, b, info.ID, seed)
			tried := answers(v, key)
			for _, answer := range append(tried[:min(len(tried), 8):min(len(tried), 8)], key) {
				now, err := b.GradeIssued(i, given(answer, "zh"))
				if err != nil {
					t.Fatal(err)
				}
				then, err := b.GradeIssued(changed, given(answer, "zh"))
				if err != nil {
					t.Fatal(err)
				}
				runs := info.Kind == "fault" || info.Kind == "program"
				switch {
				case runs && !sameJSON(answer, key):
					if then.Verdict != quiz.Void || then.Summary == "" {
						t.Errorf("%s %d: %s is %+v, and was not run", info.ID, seed, answer, then)
					}
				case then.Score < now.Score-1e-9 || then.Score > now.Score+1e-9 || then.Verdict != now.Verdict:
					t.Errorf("%s %d: %s scores %v (%s) by its marks and %v (%s) by its run", info.ID, seed, answer, then.Score, then.Verdict, now.Score, now.Verdict)
				case then.Run.Token != "":
					t.Errorf("%s %d: a run of an earlier version is named", info.ID, seed)
				}
			}
		}
	}
}

func TestIssuedAnswerOfTheWrongShape(t *testing.T) {
	_, b := bank(t)
	i := issued(t, b, "four-way-states", 3)
	if _, err := b.GradeIssued(i, given(json.RawMessage(`{"client":"CLOSED"}`), "en")); err == nil || !strings.Contains(err.Error(), "server") {
		t.Errorf("half an answer: %v", err)
	}
}

// An exam has one question of each lesson, all kinds, and no kind much more than another; different draws differ.
func TestDrawIsBalanced(t *testing.T) {
	c, b := bank(t)
	first := map[string]bool{}
	for seed := range int64(200) {
		drawn := quiz.Draw(b.List(), seed)
		lessons, kinds := map[string]int{}, map[string]int{}
		for _, q := range drawn {
			lessons[q.Lesson]++
			kinds[q.Kind]++
		}
		if len(drawn) != len(c.Lessons()) || len(lessons) != len(drawn) || len(kinds) != 12 {
			t.Fatalf("draw %d: %d questions of %d lessons and %d kinds", seed, len(drawn), len(lessons), len(kinds))
		}
		for kind, n := range kinds {
			if n > 4 {
				t.Errorf("draw %d: %d questions of kind %s", seed, n, kind)
			}
		}
		first[drawn[0].ID] = true
	}
	if len(first) < 30 {
		t.Errorf("200 draws begin with only %d different questions", len(first))
	}
	if drawn := quiz.Draw([]quiz.Info{{ID: "own", Kind: "state", Lesson: "mine"}}, 1); len(drawn) != 1 || drawn[0].ID != "own" {
		t.Errorf("of one question: %v", drawn)
	}
}
