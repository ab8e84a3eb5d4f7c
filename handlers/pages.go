package handlers

import (
	"net/http"
	"slices"
	"strconv"

	"finwait/content"
	"finwait/engine"
	"finwait/web"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
)

// home is the front page.
func (h *Handler) home(w http.ResponseWriter, r *http.Request) error {
	l := pathLanguage(r)
	lessons := h.Content.Lessons()
	p := h.page(r, l, "")
	p.Description = web.HomeDescription(l)
	p.Styles = []string{"css/ladder.css", "css/home.css"}
	view := web.Home{Page: p, Course: web.Course(lessons, l)}
	if len(lessons) > 0 {
		front := h.Content.Front()
		drawn, err := h.lessons.draw(front, l)
		if err != nil {
			return err
		}
		view.First = view.Course[0].Entries[0]
		view.Figure, view.Narrow = drawn.hero, drawn.heroNarrow
		view.Snippet = web.Snippet{
			Src:    h.origin(r) + h.embedPath(l, front.Slug),
			Script: h.origin(r) + h.base() + "embed.js",
			Height: strconv.Itoa(embedHeight), Title: front.Texts[l].Title,
		}
	}
	return h.html(w, r, view.View())
}

// stageStyles are the style sheets of every page that has a stage.
var stageStyles = []string{
	"css/ladder.css",
	"css/stage.css",
	"css/states.css",
	"css/code.css",
	"css/sockets.css",
	"css/panels.css",
}

// lesson is the page of a lesson; ?run= and ?at= open a run on its stage.
func (h *Handler) lesson(w http.ResponseWriter, r *http.Request) error {
	return h.lessonPage(w, r, "lesson", func(view *web.Lesson) templ.Component { return view.View() })
}

// embed is a lesson for a frame in another page.
func (h *Handler) embed(w http.ResponseWriter, r *http.Request) error {
	h.allowFrames(w.Header())
	return h.lessonPage(w, r, "embed", func(view *web.Lesson) templ.Component {
		view.Scripts = append(view.Scripts, "dist/embed.js")
		return web.Embed{Lesson: *view}.View()
	})
}

// lessonPage draws a lesson and sends it. The run that is asked for is computed first and drawn where there is a slot for
// it: drawing a long one takes much memory.
func (h *Handler) lessonPage(w http.ResponseWriter, r *http.Request, mode string, page func(*web.Lesson) templ.Component) error {
	lesson := h.Content.Lesson(chi.URLParam(r, "slug"))
	if lesson == nil {
		return errNotFound
	}
	other, err := h.asked(r)
	if err != nil {
		return err
	}
	draw := func() ([]byte, error) {
		view, err := h.lessonView(r, lesson, mode, other)
		if err != nil {
			return nil, err
		}
		return markup(r, page(view))
	}
	var body []byte
	if other == nil {
		body, err = draw()
	} else {
		body, err = limited(r, drawing, draw)
	}
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, htmlType, body)
}

func (h *Handler) lessonView(r *http.Request, lesson *content.Lesson, mode string, other *askedRun) (*web.Lesson, error) {
	l := pathLanguage(r)
	stage, err := h.stage(r, lesson, l, mode, other)
	if err != nil {
		return nil, err
	}
	text := lesson.Texts[l]
	p := h.page(r, l, "lessons/"+lesson.Slug)
	p.Title, p.Description, p.OEmbed, p.Picture = text.Title, text.Summary, true, lesson.Slug
	p.Styles = append(slices.Clone(stageStyles), "css/quiz.css", "css/gloss.css")
	if len(lesson.Losses) > 0 {
		p.Styles = append(p.Styles, "css/matrix.css")
	}
	p.Scripts = []string{"dist/stage.js", "dist/quiz.js", "dist/terms.js"}
	view := &web.Lesson{
		Page: p, Course: web.Course(h.Content.Lessons(), l), Current: web.EntryOf(lesson, l), Chapter: l.Of(lesson.Chapter),
		Alt: lesson.Texts[otherLanguage(l)].Title, Text: text, Stage: stage,
		Say: h.Content.PagePhrases(l), Terms: h.Content.Terms(text.Terms), Asked: h.Content.AskedOf(lesson, l),
	}
	if view.Stage.Predict = predictOf(lesson, text); view.Stage.Predict != nil {
		view.Stage.Predict.Asks = other == nil && view.Stage.At < 0
	}
	if view.Losses, err = h.lossesOf(lesson); err != nil {
		return nil, err
	}
	if view.Quizzes, err = h.quizCards(p, lesson.Quizzes); err != nil {
		return nil, err
	}
	view.Prev, view.Next = neighbours(h.Content.Lessons(), lesson, l)
	return view, nil
}

// predictOf is the question of a lesson's stage.
func predictOf(lesson *content.Lesson, text *content.LessonText) *web.Predict {
	for _, p := range text.Parts {
		if p.Class == "predict" {
			return &web.Predict{Part: p, Prediction: lesson.Prediction, Slug: lesson.Slug}
		}
	}
	return nil
}

func otherLanguage(l content.Lang) content.Lang {
	if l == content.Zh {
		return content.En
	}
	return content.Zh
}

func neighbours(all []*content.Lesson, lesson *content.Lesson, l content.Lang) (prev, next *web.Entry) {
	for i, at := range all {
		if at != lesson {
			continue
		}
		if i > 0 {
			e := web.EntryOf(all[i-1], l)
			prev = &e
		}
		if i+1 < len(all) {
			e := web.EntryOf(all[i+1], l)
			next = &e
		}
	}
	return prev, next
}

// playhead reads ?at=, in µs; -1 where there is none, or none that a run can have.
func playhead(r *http.Request) engine.Micros {
	at, err := strconv.ParseInt(r.URL.Query().Get("at"), 10, 64)
	if err != nil || at < 0 || at > int64(engine.Day) {
		return -1
	}
	return engine.Micros(at)
}
