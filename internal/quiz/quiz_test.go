package quiz_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/scenario"
)

// seeds is how many variants of each question the properties are held on; `make questions` takes 500.
var seeds = flag.Int64("seeds", 50, "variants of each question")

func bank(t *testing.T) (*content.Content, *quiz.Bank) {
	t.Helper()
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c, c.Quizzes
}

// Each seed of each question grades its own key 1, and an answer that differs from it below, with a reason and a place
// that refutes it. Where all fields are choices, exactly one answer of all is right; but a fault may be made in several ways.
func TestExactlyOneKey(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		for seed := range *seeds {
			v, key := variantAndKey(t, b, info.ID, seed)
			right := 0
			for _, answer := range append(answers(v, key), key) {
				r, err := b.Grade(info.ID, seed, given(answer, "en"))
				if err != nil {
					t.Fatalf("%s %d: %s: %v", info.ID, seed, answer, err)
				}
				switch {
				case r.Score == 1:
					right++
					if r.Verdict != quiz.Right || r.Refutation != nil {
						t.Errorf("%s %d: %s scores 1 as %+v", info.ID, seed, answer, r)
					}
				case r.Score < 0 || r.Score > 1 || r.Refutation == nil || r.Explain == "":
					t.Errorf("%s %d: %s scores %v without saying why: %+v", info.ID, seed, answer, r.Score, r)
				}
			}
			if right == 0 || right > 1 && info.Kind != "fault" && info.Kind != "order" {
				t.Errorf("%s %d: %d answers are right", info.ID, seed, right)
			}
		}
	}
}

// answers lists wrong answers that fit a variant and, among them, whatever else is right: every combination of choices;
// else the key with one member changed at a time.
func answers(v *quiz.Variant, key json.RawMessage) []json.RawMessage {
	var right map[string]any
	if err := json.Unmarshal(key, &right); err != nil {
		panic(err)
	}
	var out []json.RawMessage
	add := func(a map[string]any) {
		b, _ := json.Marshal(a)
		if !sameJSON(b, key) {
			out = append(out, b)
		}
	}
	if !slices.ContainsFunc(v.Fields, func(f quiz.Field) bool { return f.Type != "choice" }) {
		for _, a := range combinations(v.Fields) {
			add(a)
		}
		return out
	}
	for _, f := range v.Fields {
		for _, other := range others(f, right[f.Name]) {
			a := map[string]any{}
			for k, x := range right {
				a[k] = x
			}
			a[f.Name] = other
			add(a)
		}
	}
	return out
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// combinations are all answers of choices.
func combinations(fields []quiz.Field) []map[string]any {
	all := []map[string]any{{}}
	for _, f := range fields {
		var next []map[string]any
		for _, a := range all {
			for _, o := range f.Options {
				m := map[string]any{f.Name: o.Value}
				for k, x := range a {
					m[k] = x
				}
				next = append(next, m)
			}
		}
		all = next
	}
	return all
}

// others are wrong members for a field.
func others(f quiz.Field, right any) []any {
	switch f.Type {
	case "number":
		n := int64(right.(float64))
		if n > f.Min && n < f.Max {
			return []any{f.Min, f.Max}
		}
		return []any{(f.Min + f.Max) / 2}
	case "order":
		list := slices.Clone(right.([]any))
		slices.Reverse(list)
		return []any{list}
	case "text":
		return []any{f.Text}
	}
	var out []any
	for _, o := range f.Options {
		if o.Value != right {
			out = append(out, o.Value)
		}
	}
	return out
}

// The variants of a question differ, and neither a key nor a position can be guessed. What is counted needs many seeds: with
// few, only the coarsest is held.
func TestVariety(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		pairs, keys, places := map[string]bool{}, map[string]int{}, map[[2]int]int{}
		fields := map[int]int{} // by number of options
		for seed := range *seeds {
			v, key := variantAndKey(t, b, info.ID, seed)
			text, _ := json.Marshal([]any{v.Prompt, v.Fields, v.Evidence, v.Listings})
			pairs[string(text)+string(key)] = true
			keys[meaning(v, key)]++
			var answer map[string]any
			if err := json.Unmarshal(key, &answer); err != nil {
				t.Fatal(err)
			}
			for _, f := range v.Fields {
				if f.Type == "choice" && info.Kind != "fault" {
					fields[len(f.Options)]++
					places[[2]int{len(f.Options), slices.IndexFunc(f.Options, func(o quiz.Option) bool { return o.Value == answer[f.Name] })}]++
				}
			}
		}
		if want := min(50, int(*seeds)*2/5); len(pairs) < want {
			t.Errorf("%s: only %d distinct questions in %d seeds", info.ID, len(pairs), *seeds)
		}
		for key, n := range keys {
			if n*100 > int(*seeds)*40 && *seeds >= 200 {
				t.Errorf("%s: the key %s comes up %d times in %d", info.ID, key, n, *seeds)
			}
		}
		for place, n := range places {
			even := float64(fields[place[0]]) / float64(place[0])
			if fields[place[0]] >= 200 && (float64(n) > 1.4*even || float64(n) < 0.6*even) {
				t.Errorf("%s: of %d options the right one is at place %d %d times in %d", info.ID, place[0], place[1], n, fields[place[0]])
			}
		}
	}
}

// meaning is a key with its options' labels: two keys "a" may mean different things.
func meaning(v *quiz.Variant, key json.RawMessage) string {
	var answer map[string]any
	if err := json.Unmarshal(key, &answer); err != nil {
		panic(err)
	}
	for _, f := range v.Fields {
		for _, o := range f.Options {
			if f.Type == "choice" && o.Value == answer[f.Name] {
				answer[f.Name] = o.Label
			}
		}
		if list, ok := answer[f.Name].([]any); ok {
			for i, x := range list {
				for _, o := range f.Options {
					if o.Value == x {
						list[i] = o.Label
					}
				}
			}
		}
	}
	b, _ := json.Marshal(answer)
	return string(b)
}

func variantAndKey(t *testing.T, b *quiz.Bank, id string, seed int64) (*quiz.Variant, json.RawMessage) {
	t.Helper()
	at := variantID{id, seed}
	if m, ok := variants[at]; ok {
		return m.variant, m.key
	}
	v, err := b.Variant(id, seed, "en")
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Grade(id, seed, given(anyAnswer(v), "en"))
	if err != nil {
		t.Fatal(err)
	}
	variants[at] = madeVariant{v, r.Key}
	return v, r.Key
}

// variants are those that some test has made already: making one runs the engine.
var variants = map[variantID]madeVariant{}

type variantID struct {
	quiz string
	seed int64
}

type madeVariant struct {
	variant *quiz.Variant
	key     json.RawMessage
}

// given is an answer whose programs run in the process.
func given(body json.RawMessage, lang string) quiz.Answer {
	return quiz.Answer{Body: body, Lang: lang, Try: func(r scenario.Run) (*engine.Lines, error) {
		log, err := scenario.Execute(nil, r, scenario.Limits{})
		if err != nil {
			return nil, err
		}
		return log.Lines, nil
	}}
}

// anyAnswer is one that fits.
func anyAnswer(v *quiz.Variant) json.RawMessage {
	a := map[string]any{}
	for _, f := range v.Fields {
		switch f.Type {
		case "number":
			a[f.Name] = f.Min
		case "order":
			var list []string
			for _, o := range f.Options {
				list = append(list, o.Value)
			}
			a[f.Name] = list
		case "text":
			a[f.Name] = f.Text
		default:
			a[f.Name] = f.Options[0].Value
		}
	}
	b, _ := json.Marshal(a)
	return b
}

// A variant tells nothing of its key, nor of what the run does after the moment asked about.
func TestVariantKeepsTheFuture(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		for seed := range *seeds {
			v, key := variantAndKey(t, b, info.ID, seed)
			raw, _ := json.Marshal(v)
			if strings.Contains(string(raw), "token") {
				t.Errorf("%s %d: the variant names a run", info.ID, seed)
			}
			e := v.Evidence
			if e == nil {
				continue
			}
			for _, s := range e.Segments {
				if s.T > e.At || s.Arrives > e.At || s.Lost > e.At {
					t.Errorf("%s %d: a segment tells what comes after %d: %+v", info.ID, seed, e.At, s)
				}
			}
			if info.Kind == "state" {
				hidesStates(t, info.ID, seed, v, key)
			}
		}
	}
}

// hidesStates holds that the last state of each end is not told.
func hidesStates(t *testing.T, id string, seed int64, v *quiz.Variant, key json.RawMessage) {
	t.Helper()
	var answer map[string]engine.State
	if err := json.Unmarshal(key, &answer); err != nil {
		t.Fatal(err)
	}
	last := map[string]engine.State{}
	for _, s := range v.Evidence.States {
		last[s.Host] = s.State
	}
	for host := range answer {
		if last[host] != "" {
			t.Errorf("%s %d: the evidence says that the %s is in %s", id, seed, host, last[host])
		}
	}
}

// executed is the log of a token's run.
func executed(t *testing.T, c *content.Content, token string) *scenario.Log {
	t.Helper()
	run, err := scenario.ParseToken(token)
	if err != nil {
		t.Fatal(err)
	}
	log, err := scenario.Execute(c, run, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// What a wrong answer is refuted with is an event of the run that its token names.
func TestRefutationIsInTheRun(t *testing.T) {
	c, b := bank(t)
	for _, info := range b.List() {
		for seed := range min(*seeds, 60) {
			v, key := variantAndKey(t, b, info.ID, seed)
			logs := map[string]*scenario.Log{} // by token: most answers are refuted by the same run
			for _, answer := range answers(v, key) {
				r, err := b.Grade(info.ID, seed, given(answer, "en"))
				if err != nil {
					t.Fatal(err)
				}
				if r.Score == 1 {
					continue
				}
				log := logs[r.Refutation.Token]
				if log == nil {
					log = executed(t, c, r.Refutation.Token)
					logs[r.Refutation.Token] = log
				}
				if ev := log.Events[r.Refutation.Seq]; ev.T != r.Refutation.At || ev.Rule != r.Refutation.Rule {
					t.Errorf("%s %d: %s is refuted by %s at %d", info.ID, seed, answer, engine.AppendJSON(nil, ev), r.Refutation.At)
				} else if info.Kind == "state" {
					refutesState(t, ev, r, v)
				}
			}
		}
	}
}

// What refutes a wrong reading of a trace is the event that decides it, not the end of the run.
func TestATraceIsRefutedWhereItIsDecided(t *testing.T) {
	_, b := bank(t)
	for _, test := range []struct {
		id   string
		seed int64
		rule engine.Rule
	}{
		{"crash-trace", 5, engine.RuleKeepaliveProbe}, {"reset-cause", 3, engine.RuleLingerZeroReset},
	} {
		v, key := variantAndKey(t, b, test.id, test.seed)
		wrong := slices.DeleteFunc(answers(v, key), func(a json.RawMessage) bool { return sameJSON(a, key) })
		r, err := b.Grade(test.id, test.seed, given(wrong[0], "en"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Refutation == nil || r.Refutation.Rule != test.rule {
			t.Errorf("%s %d is refuted by %+v: %s", test.id, test.seed, r.Refutation, r.Explain)
		}
	}
}

// An answer to a question of faults that does not reach the goal is told one that does, and only what differs from it is wrong.
func TestAFaultThatDoesNotDoIsToldOneThatDoes(t *testing.T) {
	_, b := bank(t)
	v, key := variantAndKey(t, b, "close-fault", 3)
	nothing := map[string]string{}
	for _, f := range v.Fields {
		nothing[f.Name] = "deliver"
	}
	body, err := json.Marshal(nothing)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Grade("close-fault", 3, given(body, "en"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range r.Fields {
		if f.Right != (f.Key == "deliver") {
			t.Errorf("%s: %+v, the key is %s", v.Fields[i].Label, f, key)
		}
		if !f.Right && !strings.HasSuffix(r.Explain, v.Fields[i].Label+".") {
			t.Errorf("it says %q", r.Explain)
		}
	}
}

// refutesState holds that the event changes the state of an end that was wrong, not after the moment asked about.
func refutesState(t *testing.T, ev engine.Event, r *quiz.Result, v *quiz.Variant) {
	t.Helper()
	change, ok := ev.Body.(*engine.StateChange)
	if !ok || ev.T > v.Evidence.At {
		t.Fatalf("refuted by %s", engine.AppendJSON(nil, ev))
	}
	if !slices.ContainsFunc(r.Fields, func(f quiz.FieldResult) bool { return !f.Right && f.Name == change.Host }) {
		t.Errorf("refuted at the %s, which was right", change.Host)
	}
}

// The key is what the engine's own log says of that moment.
func TestKeyIsTheEngines(t *testing.T) {
	c, b := bank(t)
	for seed := range int64(100) {
		v, key := variantAndKey(t, b, "four-way-states", seed)
		r, err := b.Grade("four-way-states", seed, given(key, "en"))
		if err != nil {
			t.Fatal(err)
		}
		log := executed(t, c, r.Run.Token)
		state := map[string]engine.State{}
		for _, ev := range log.Events {
			if ev.T > v.Evidence.At {
				break
			}
			if ev.T == v.Evidence.At {
				t.Errorf("seed %d asks about %d µs, when something happens", seed, ev.T)
			}
			if s, ok := ev.Body.(*engine.StateChange); ok && s.Remote != "*" {
				state[s.Host] = s.To
			}
		}
		want := fmt.Sprintf(`{"client":"%s","server":"%s"}`, state["client"], state["server"])
		if string(key) != want {
			t.Errorf("seed %d at %d µs: key %s, the log says %s", seed, v.Evidence.At, key, want)
		}
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	_, b := bank(t)
	v, err := b.Variant("four-way-states", 1, "zh")
	if err != nil {
		t.Fatal(err)
	}
	ok := v.Fields[0].Options[0].Value
	for _, answer := range []string{
		``, `null`, `[]`, `7`, `{}`, `{"client":"` + ok + `"}`, `{"client":1,"server":2}`, `{"client":null,"server":null}`,
		`{"client":"OPEN","server":"OPEN"}`, `{"client":"` + ok + `","server":"` + v.Fields[1].Options[0].Value + `","key":"x"}`,
		`{"client":"` + ok + `","client":"` + ok + `","server":"` + v.Fields[1].Options[0].Value + `"}`,
		`{"client":"` + ok + `","server":"` + v.Fields[1].Options[0].Value + `"}{}`,
	} {
		_, err := b.Grade("four-way-states", 1, given(json.RawMessage(answer), "zh"))
		misfit, is := err.(*quiz.MisfitError)
		if !is || misfit.Text.En == "" || misfit.Text.Zh == "" {
			t.Errorf("%s: got %v", answer, err)
		}
	}
	if _, err := b.Variant("no-such", 1, "en"); err != quiz.ErrNoQuiz {
		t.Errorf("unknown quiz: %v", err)
	}
	for _, seed := range []int64{-1, scenario.MaxSeed + 1} {
		if _, err := b.Variant("four-way-states", seed, "en"); err != quiz.ErrSeed {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func TestBothLanguagesAskTheSame(t *testing.T) {
	_, b := bank(t)
	for seed := range int64(50) {
		en, _ := b.Variant("four-way-states", seed, "en")
		zh, _ := b.Variant("four-way-states", seed, "zh")
		if string(en.Schema) != string(zh.Schema) || en.Evidence.At != zh.Evidence.At || len(en.Hints) != len(zh.Hints) {
			t.Errorf("seed %d differs by language", seed)
		}
		if en.Prompt == zh.Prompt || strings.Contains(en.Prompt+zh.Prompt, "%!") {
			t.Errorf("seed %d: prompts %q, %q", seed, en.Prompt, zh.Prompt)
		}
	}
}
