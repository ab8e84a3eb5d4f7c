package quiz_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"finwait/internal/quiz"
)

// What is asked hangs on what is shown: two variants that show the same have the same answer, whatever the runs behind them
// are. A fault may be made in several ways, and a program has no one answer.
func TestTheAnswerHangsOnWhatIsShown(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		if info.Kind == "fault" || info.Kind == "program" {
			continue
		}
		first := map[string]int64{} // the first seed of what is shown
		for seed := range *seeds {
			v, key := variantAndKey(t, b, info.ID, seed)
			shown := []any{v.Prompt, v.Evidence, v.Listings}
			if info.Kind == "impossible" || info.Kind == "order" { // what can't happen, or has an order, is of what is listed
				shown = append(shown, labels(t, v))
			}
			text, _ := json.Marshal(shown)
			earlier, ok := first[string(text)]
			if !ok {
				first[string(text)] = seed
				continue
			}
			answer, err := carried(t, b, info.ID, earlier, v)
			if err != nil {
				t.Errorf("%s: seeds %d and %d show the same: %v", info.ID, earlier, seed, err)
				continue
			}
			if sameJSON(answer, key) {
				continue // whatever else is right, as of an order, is graded
			}
			if r, err := b.Grade(info.ID, seed, given(answer, "en")); err != nil || r.Score != 1 {
				t.Errorf("%s: seeds %d and %d show the same, but the answer of the one is not the other's: %+v, %v", info.ID, earlier, seed, r, err)
			}
		}
	}
}

// carried is the answer to another seed's variant, as one to v: by the labels of what is chosen.
func carried(t *testing.T, b *quiz.Bank, id string, seed int64, v *quiz.Variant) (json.RawMessage, error) {
	t.Helper()
	other, key := variantAndKey(t, b, id, seed)
	var answer map[string]any
	if err := json.Unmarshal(key, &answer); err != nil {
		t.Fatal(err)
	}
	for i, f := range other.Fields {
		if f.Type == "order" {
			var values []any
			for _, value := range answer[f.Name].([]any) {
				values = append(values, valueOf(v.Fields[i], labelOf(f, value)))
			}
			answer[f.Name] = values
		}
		if f.Type != "choice" {
			continue
		}
		at := slices.IndexFunc(f.Options, func(o quiz.Option) bool { return o.Value == answer[f.Name] })
		label := f.Options[at].Label
		at = slices.IndexFunc(v.Fields[i].Options, func(o quiz.Option) bool { return o.Label == label })
		if at < 0 {
			return nil, fmt.Errorf("%q can't be answered to the other", label)
		}
		answer[f.Name] = v.Fields[i].Options[at].Value
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return text, nil
}

func labelOf(f quiz.Field, value any) string {
	return f.Options[slices.IndexFunc(f.Options, func(o quiz.Option) bool { return o.Value == value })].Label
}

func valueOf(f quiz.Field, label string) string {
	return f.Options[slices.IndexFunc(f.Options, func(o quiz.Option) bool { return o.Label == label })].Value
}

// labels are what a variant's first field offers, sorted; no two are alike.
func labels(t *testing.T, v *quiz.Variant) []string {
	t.Helper()
	var all []string
	for _, o := range v.Fields[0].Options {
		all = append(all, o.Label)
	}
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) < len(all) {
		t.Errorf("%s %d offers the same twice: %q", v.Quiz, v.Seed, all)
	}
	return all
}

// What a question asks about stands in the programs that it shows: a line that it names, and both ends' programs without the
// comments of whoever wrote them.
func TestProgramsAreShown(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		both := slices.Contains([]string{"call", "timeline", "order", "header"}, info.Kind)
		if !both && info.Kind != "bug" && info.Kind != "backlog" {
			continue
		}
		for seed := range min(*seeds, 10) {
			v, _ := variantAndKey(t, b, info.ID, seed)
			numbers := map[string]bool{}
			programs := 0
			for _, l := range v.Listings {
				if l.Numbers != nil {
					programs++
				}
				for i, n := range l.Numbers {
					numbers[fmt.Sprint(n)] = true
					if strings.Contains(l.Lines[i], " # ") {
						t.Errorf("%s %d: a comment: %s", info.ID, seed, l.Lines[i])
					}
				}
				if info.Kind == "call" && l.Mark == 0 && l.Title == v.Listings[0].Title {
					t.Errorf("%s %d: the call's line is not marked", info.ID, seed)
				}
			}
			if want := map[bool]int{true: 2, false: 1}[both]; programs < want && !strings.HasPrefix(info.ID, "no-listen") && !strings.HasPrefix(info.ID, "reset-") {
				t.Errorf("%s %d: %d programs are shown", info.ID, seed, programs)
			}
			if info.Kind == "bug" {
				for _, o := range v.Fields[0].Options {
					if !numbers[o.Value] {
						t.Errorf("%s %d: %q is not in what is shown", info.ID, seed, o.Label)
					}
				}
			}
		}
	}
}

// What the link does after what is shown is told before it is asked about.
func TestWhatTheLinkWillDoIsTold(t *testing.T) {
	_, b := bank(t)
	for _, want := range []struct {
		quiz     string
		seed     int64
		lang, is string
	}{
		{"lost-last-ack-when", 3, "en", "From then on the link loses the client’s 1st, 2nd, 3rd and 4th ACK. How much later"},
		{"lost-last-ack-when", 3, "zh", "此后链路丢掉客户端的第 1、2、3、4 个 ACK。再过多久"},
		{"lost-last-ack-when", 7, "en", "loses the client’s next ACK. How"},
		{"close-timers", 3, "en", "From then on nothing is lost. How"},
		{"why-four-next", 3, "zh", "此后什么也不丢。接下来"},
	} {
		v, err := b.Variant(want.quiz, want.seed, want.lang)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(v.Prompt, want.is) {
			t.Errorf("%s %d: %q is not in %q", want.quiz, want.seed, want.is, v.Prompt)
		}
	}
}

// A socket enters a state once on its way: a question that counts how often would count another socket's way, which nothing
// that is shown tells.
func TestTimersCountNoOtherSocketsWay(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		if info.Kind != "timer" {
			continue
		}
		for seed := range *seeds {
			v, err := b.Variant(info.ID, seed, "en")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(v.Prompt, "socket enters") && strings.Contains(v.Prompt, "time from then on") {
				t.Errorf("%s, seed %d: %s", info.ID, seed, v.Prompt)
			}
		}
	}
}
