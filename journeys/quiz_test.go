//go:build journeys

package journeys

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"finwait/journeys/server"
)

// TestAQuestionAnsweredWrongThenRight answers the lesson's question. Before the answer nothing that came to the browser
// holds the key; the wrong answer opens the run at the event that refutes it; the right one is called right; and both are
// the learner's to see and to delete.
func TestAQuestionAnsweredWrongThenRight(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		Eval[any](p, `document.addEventListener("fw-answer", (e) => { window.lastScore = e.detail.score; }); null`)
		card := card{p}
		card.keepsItsKey()

		result := card.ask(s)
		card.answer(result.wrong())
		p.Until("the wrong answer's grade", "window.lastScore < 1")
		p.Find("button", l.phrase(t, "quiz.open")).Click()
		p.until("the stage at the event that refutes the answer", func() bool {
			ms, _, _, _ := stage.Where()
			return ms == (result.Refutation.At+500)/1000 || ms == result.Refutation.At/1000
		})
		before := card.seed()
		p.Find("button", l.exactly(t, "quiz.next")).Click()
		p.until("another question", func() bool { return card.seed() != before })
		card.keepsItsKey()
		right := card.ask(s)
		card.answer(right.right())
		p.Until("the right answer's grade", "window.lastScore === 1")

		if n := card.kept(); n != 2 {
			t.Errorf("the learner finds %d answers kept; want 2", n)
		}
		Eval[any](p, `fetch("/api/v1/me", {method: "DELETE"}).then((r) => r.status)`)
		if n := card.kept(); n != 0 {
			t.Errorf("after deletion the learner finds %d answers kept", n)
		}
	})
}

// TestHintsComeAfterTwoMisses: before that there is none to be had, by button or by key.
func TestHintsComeAfterTwoMisses(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		Eval[any](p, `document.addEventListener("fw-answer", (e) => { window.lastScore = e.detail.score; }); null`)
		card := card{p}
		hint := func() bool {
			return Eval[bool](p, `[...document.querySelectorAll("quiz-card:first-of-type .acts button")].some((b) => b.textContent.trim() === `+fmt.Sprintf("%q", l.template(t, "quiz.hint"))+`)`)
		}
		for misses := range 2 {
			if hint() {
				t.Errorf("after %d misses there is a hint", misses)
			}
			Eval[any](p, `window.lastScore = undefined`)
			card.answer(card.ask(s).wrong())
			p.Until("the wrong answer's grade", "window.lastScore < 1")
			before := card.seed()
			p.Find("button", l.exactly(t, "quiz.next")).Click()
			p.until("another question", func() bool { return card.seed() != before })
		}
		if !hint() {
			t.Error("after two misses there is no hint")
		}
		p.Press("h")
		p.Until("the hint", `document.querySelectorAll("quiz-card .hints li").length === 1`)
	})
}

// TestQuestionsOfALesson: each card shows the listings of its question, which it takes from the page's markup, and the one
// that asks for an order is answered by keys alone.
func TestQuestionsOfALesson(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/sockets")
		p.Until("the cards with their fields", `["sockets-call", "sockets-order", "sockets-program"].every((q) => document.querySelector("quiz-card[quiz=" + q + "] form [type=submit]"))`)
		numbered, marked, plain := 0, 0, 0
		for _, name := range []string{"sockets-call", "sockets-order", "sockets-program"} {
			var want struct{ Listings []listing }
			seed := Eval[string](p, `document.querySelector("quiz-card[quiz=`+name+`]").getAttribute("seed")`)
			if err := json.Unmarshal(fetch(t, s.URL+"/api/v1/quizzes/"+name+"/"+seed+"?lang="+l.Code), &want); err != nil {
				t.Fatal(err)
			}
			if got := Eval[[]listing](p, `[...document.querySelectorAll("quiz-card[quiz=`+name+`] figure.term")].map(`+drawnListing+`)`); !reflect.DeepEqual(got, want.Listings) {
				t.Errorf("%s %s shows\n%+v\nwant\n%+v", name, seed, got, want.Listings)
			}
			for _, is := range want.Listings {
				switch {
				case is.Mark > 0:
					marked++
				case is.Numbers != nil:
					numbered++
				default:
					plain++
				}
			}
		}
		if numbered == 0 || marked == 0 || plain == 0 {
			t.Errorf("%d listings are numbered, %d marked, %d neither", numbered, marked, plain)
		}
		ordersByKeys(s, p, "sockets-order")
	})
}

// listing is a text beside a question, as the API gives it.
type listing struct {
	Title   string
	Lines   []string
	Numbers []int
	Mark    int
}

// drawnListing reads one as it is drawn.
const drawnListing = `(figure) => {
	const lines = [...figure.querySelectorAll(".ln")];
	const number = (ln) => Number(ln.querySelector(".no").textContent);
	const marked = figure.querySelector(".ln.mark");
	return {
		title: figure.querySelector("figcaption").textContent,
		lines: lines.map((ln) => [...ln.childNodes].filter((n) => n instanceof Text).map((n) => n.data).join("").replace(/\n$/, "")),
		numbers: figure.querySelector(".no") ? lines.map(number) : null,
		mark: marked ? number(marked) : 0,
	};
}`

// ordersByKeys brings the items of a card into the right order and hands them in, with Tab, the arrows, Space and Enter.
func ordersByKeys(s *server.Server, p *Tab, name string) {
	p.t.Helper()
	Eval[any](p, `document.addEventListener("fw-answer", (e) => { window.lastScore = e.detail.score; }); null`)
	list := `document.querySelector("quiz-card[quiz=` + name + `] ol.olist")`
	values := func() []string {
		return Eval[[]string](p, `[...`+list+`.children].map((li) => li.dataset.value)`)
	}
	at := func() int { // of the item with the focus
		return Eval[int](p, `[...`+list+`.children].findIndex((li) => li.contains(document.activeElement))`)
	}
	seed := Eval[string](p, `document.querySelector("quiz-card[quiz=`+name+`]").getAttribute("seed")`)
	key := post(p.t, s.URL+"/api/v1/quizzes/"+name+"/"+seed, map[string][]string{"order": values()}, 3).Fields[0].Key

	Eval[any](p, `document.querySelector("quiz-card[quiz=`+name+`] h2").focus()`)
	for range 3 {
		if at() < 0 {
			p.Press("Tab")
		}
	}
	walk := func(to int) {
		for step := to - at(); step < 0; step++ {
			p.Press("ArrowUp")
		}
		for step := to - at(); step > 0; step-- {
			p.Press("ArrowDown")
		}
	}
	walk(1)
	swapped := values()
	swapped[0], swapped[1] = swapped[1], swapped[0]
	p.Press("Enter")
	if got := values(); !slices.Equal(got, swapped) || Eval[bool](p, `"lastScore" in window`) {
		p.t.Errorf("Enter on the second item's button leaves %v; want %v, not checked", got, swapped)
	}
	for place, value := range strings.Fields(key) {
		walk(slices.Index(values(), value))
		p.Press("Space")
		walk(place)
		p.Press("Space")
	}
	if got := strings.Join(values(), " "); got != key {
		p.t.Fatalf("by keys the items stand as %s; want %s", got, key)
	}
	for range 3 * len(values()) {
		if at() >= 0 {
			p.Press("Tab")
		}
	}
	p.Press("Enter")
	p.Until("the grade of the order", "window.lastScore === 1")
}

// card is the lesson's question.
type card struct{ *Tab }

// seed is that of the variant on the card.
func (c card) seed() string {
	c.t.Helper()
	return Eval[string](c.Tab, `document.querySelector("quiz-card").getAttribute("seed")`)
}

// keepsItsKey fails the test where something that the browser has been given for this variant tells the answer.
func (c card) keepsItsKey() {
	c.t.Helper()
	c.Until("the question's fields", `document.querySelectorAll("quiz-card fieldset").length >= 2`)
	tells := regexp.MustCompile(`"(key|refutation|explain|verdict|score)"\s*:`)
	seed := c.seed()
	looked := 0
	for id, r := range c.Received() {
		about := strings.Contains(r.URL, "/quizzes/") && strings.Contains(r.URL, "/"+seed+"?") || strings.Contains(r.URL, "/lessons/")
		if !about {
			continue
		}
		looked++
		body := must(c.Tab, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id}).Body
		if found := string(tells.Find(body)); found != "" {
			c.t.Errorf("%s holds %s before the answer", r.URL, found)
		}
	}
	if looked == 0 {
		c.t.Error("no response about the question was found")
	}
	for _, frame := range c.Frames() {
		if found := tells.FindString(frame); found != "" {
			c.t.Errorf("a WebSocket message holds %s before the answer", found)
		}
	}
}

// graded is what the server answers.
type graded struct {
	Fields []struct {
		Name string
		Key  string
	}
	Refutation struct{ At int }
	options    map[string][]string
}

// ask learns the key of the variant on the card as another learner: by answering it wrong.
func (c card) ask(s *server.Server) graded {
	c.t.Helper()
	path := s.URL + "/api/v1/quizzes/four-way-states/" + c.seed()
	var variant struct {
		Fields []struct {
			Name    string
			Options []struct{ Value string }
		}
	}
	if err := json.Unmarshal(fetch(c.t, path), &variant); err != nil {
		c.t.Fatal(err)
	}
	options := map[string][]string{}
	for _, f := range variant.Fields {
		for _, o := range f.Options {
			options[f.Name] = append(options[f.Name], o.Value)
		}
	}
	// With the first guess the key is known, and with it an answer that is wrong in every field and its refutation.
	first := map[string]string{}
	for name, values := range options {
		first[name] = values[0]
	}
	result := post(c.t, path, first, 1)
	result.options = options
	refuted := post(c.t, path, result.wrong(), 2)
	refuted.options = options
	return refuted
}

// right is the answer worth everything.
func (g graded) right() map[string]string {
	answer := map[string]string{}
	for _, f := range g.Fields {
		answer[f.Name] = f.Key
	}
	return answer
}

// wrong is an answer that is right in no field.
func (g graded) wrong() map[string]string {
	answer := map[string]string{}
	for _, f := range g.Fields {
		for _, value := range g.options[f.Name] {
			if value != f.Key {
				answer[f.Name] = value
				break
			}
		}
	}
	return answer
}

// post sends an answer and gives its grade.
func post[A map[string]string | map[string][]string](t *testing.T, path string, answer A, n int) graded {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "answer": answer})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(path+"/answers", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var result graded
	if err := json.NewDecoder(res.Body).Decode(&result); err != nil || res.StatusCode >= 300 {
		t.Fatalf("POST %s: %s, %v", path, res.Status, err)
	}
	return result
}

// answer clicks the choices and hands them in.
func (c card) answer(choices map[string]string) {
	c.t.Helper()
	for name, value := range choices {
		c.Element(fmt.Sprintf(`quiz-card fieldset[data-field=%q] label:has(input[value=%q])`, name, value)).Click()
	}
	c.Element(`quiz-card button[type=submit]`).Click()
}

// kept is how many answers the server keeps of this browser's learner.
func (c card) kept() int {
	c.t.Helper()
	return Eval[int](c.Tab, `fetch("/api/v1/me").then((r) => r.ok ? r.json() : {}).then((me) => (me.answers ?? []).length)`)
}

// TestMoreQuestionsComeWhenAskedFor asks a lesson for all of its questions: those that are not on its page come below the others.
// Opened by itself, the page that has all is whole too.
func TestMoreQuestionsComeWhenAskedFor(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		lesson := s.URL + "/" + l.Code + "/lessons/four-way"
		all := strings.NewReplacer("{n}", "11", " ", ".").Replace(l.page(t, "questions.all")) // a space may be one that no line ends at
		p.Open(lesson)
		p.Find("link", all).Click()
		p.Until("all of them, and the first new one in focus", `document.querySelectorAll("quiz-card").length === 11 && document.activeElement.closest("quiz-card")?.getAttribute("quiz") === "close-bug"`)
		if n := Eval[int](p, `new Set([...document.querySelectorAll("quiz-card")].map((c) => c.getAttribute("quiz"))).size`); n != 11 {
			t.Errorf("%d of 11 questions differ", n)
		}
		p.Open(lesson + "/questions")
		p.Until("the questions", `document.querySelectorAll("quiz-card form").length === 11`)
		p.axe("the page of a lesson's questions")
	})
}
