package quiz_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/scenario"
)

// seeds is how many variants of each question the properties are held on.
const seeds = 500

func bank(t *testing.T) (*content.Content, *quiz.Bank) {
	t.Helper()
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c, c.Quizzes
}

// Each seed of each question has exactly one right answer, and grades it 1 and every other one below.
func TestExactlyOneKey(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		for seed := range int64(seeds) {
			v, err := b.Variant(info.ID, seed, "en")
			if err != nil {
				t.Fatal(err)
			}
			right := 0
			for _, answer := range answers(v) {
				r, err := b.Grade(info.ID, seed, answer, "en")
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case r.Score == 1:
					right++
					if string(answer) != string(r.Key) || r.Verdict != quiz.Right || r.Refutation != nil {
						t.Errorf("%s %d: %s scores 1 as %+v", info.ID, seed, answer, r)
					}
				case r.Score < 0 || r.Score > 1 || r.Refutation == nil || r.Explain == "":
					t.Errorf("%s %d: %s scores %v without saying why", info.ID, seed, answer, r.Score)
				}
			}
			if right != 1 {
				t.Errorf("%s %d: %d answers are right", info.ID, seed, right)
			}
		}
	}
}

// answers lists every answer that fits a variant of choices.
func answers(v *quiz.Variant) []json.RawMessage {
	all := []map[string]string{{}}
	for _, f := range v.Fields {
		var next []map[string]string
		for _, a := range all {
			for _, o := range f.Options {
				m := map[string]string{f.Name: o.Value}
				for k, x := range a {
					m[k] = x
				}
				next = append(next, m)
			}
		}
		all = next
	}
	var out []json.RawMessage
	for _, a := range all {
		b, _ := json.Marshal(a)
		out = append(out, b)
	}
	return out
}

// The variants of a question differ, and neither a key nor a position can be guessed.
func TestVariety(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		pairs, keys := map[string]bool{}, map[string]int{}
		places := map[int]int{}
		fields := 0
		for seed := range int64(seeds) {
			v, key := variantAndKey(t, b, info.ID, seed)
			pairs[v.Prompt+string(key)] = true
			keys[string(key)]++
			var answer map[string]string
			if err := json.Unmarshal(key, &answer); err != nil {
				t.Fatal(err)
			}
			for _, f := range v.Fields {
				fields++
				places[slices.IndexFunc(f.Options, func(o quiz.Option) bool { return o.Value == answer[f.Name] })]++
			}
		}
		if len(pairs) < 50 {
			t.Errorf("%s: only %d distinct questions in %d seeds", info.ID, len(pairs), seeds)
		}
		for key, n := range keys {
			if n*100 > seeds*40 {
				t.Errorf("%s: the key %s comes up %d times in %d", info.ID, key, n, seeds)
			}
		}
		for place, n := range places {
			if n*100 > fields*35 || n*100 < fields*15 {
				t.Errorf("%s: the right one is at place %d %d times in %d", info.ID, place, n, fields)
			}
		}
		t.Logf("%s: %d distinct questions, %d keys: %v", info.ID, len(pairs), len(keys), keys)
	}
}

func variantAndKey(t *testing.T, b *quiz.Bank, id string, seed int64) (*quiz.Variant, json.RawMessage) {
	t.Helper()
	v, err := b.Variant(id, seed, "en")
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Grade(id, seed, answers(v)[0], "en")
	if err != nil {
		t.Fatal(err)
	}
	return v, r.Key
}

// A variant tells nothing of its key, nor of what the run does after the moment asked about.
func TestVariantKeepsTheFuture(t *testing.T) {
	_, b := bank(t)
	for _, info := range b.List() {
		for seed := range int64(100) {
			v, key := variantAndKey(t, b, info.ID, seed)
			var answer map[string]engine.State
			if err := json.Unmarshal(key, &answer); err != nil {
				t.Fatal(err)
			}
			e := v.Evidence
			for _, s := range e.Segments {
				if s.T > e.At || s.Arrives > e.At || s.Lost > e.At {
					t.Errorf("%s %d: a segment tells what comes after %d: %+v", info.ID, seed, e.At, s)
				}
			}
			last := map[string]engine.State{}
			for _, s := range e.States {
				last[s.Host] = s.State
			}
			for host := range answer {
				if last[host] != "" {
					t.Errorf("%s %d: the evidence says that the %s is in %s", info.ID, seed, host, last[host])
				}
			}
			raw, _ := json.Marshal(v)
			if strings.Contains(string(raw), "token") {
				t.Errorf("%s %d: the variant names a run", info.ID, seed)
			}
		}
	}
}

// What a wrong answer is refuted with is an event of the run that its token names, not after the moment asked about, and
// it changes the state of the end that was wrong.
func TestRefutationIsInTheRun(t *testing.T) {
	c, b := bank(t)
	for _, info := range b.List() {
		for seed := range int64(60) {
			v, _ := variantAndKey(t, b, info.ID, seed)
			for _, answer := range answers(v) {
				r, err := b.Grade(info.ID, seed, answer, "en")
				if err != nil {
					t.Fatal(err)
				}
				if r.Score == 1 {
					continue
				}
				run, err := scenario.ParseToken(r.Refutation.Token)
				if err != nil {
					t.Fatal(err)
				}
				log, err := scenario.Execute(c, run, scenario.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				ev := log.Events[r.Refutation.Seq]
				change, ok := ev.Body.(*engine.StateChange)
				if !ok || ev.T != r.Refutation.At || ev.T > v.Evidence.At {
					t.Fatalf("%s %d: %s is refuted by %s at %d", info.ID, seed, answer, engine.AppendJSON(nil, ev), r.Refutation.At)
				}
				wrong := slices.ContainsFunc(r.Fields, func(f quiz.FieldResult) bool { return !f.Right && f.Name == change.Host })
				if !wrong {
					t.Errorf("%s %d: %s is refuted at the %s, which was right", info.ID, seed, answer, change.Host)
				}
			}
		}
	}
}

// The key is what the engine's own log says of that moment.
func TestKeyIsTheEngines(t *testing.T) {
	c, b := bank(t)
	for seed := range int64(100) {
		v, key := variantAndKey(t, b, "four-way-states", seed)
		r, err := b.Grade("four-way-states", seed, key, "en")
		if err != nil {
			t.Fatal(err)
		}
		run, err := scenario.ParseToken(r.Run.Token)
		if err != nil {
			t.Fatal(err)
		}
		log, err := scenario.Execute(c, run, scenario.Limits{})
		if err != nil {
			t.Fatal(err)
		}
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
		_, err := b.Grade("four-way-states", 1, json.RawMessage(answer), "zh")
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
