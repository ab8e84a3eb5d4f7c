package web

import (
	"time"

	"github.com/a-h/templ"
)

// Review is the page of the questions that were missed.
type Review struct {
	Page
	Course []Chapter
	Say    map[string]string
	Due    int               // how many are due now
	Cards  []templ.Component // the first of them
	Later  []ReviewLine      // the others, the next one first
	Boxes  int
}

// ReviewLine is a question that comes later.
type ReviewLine struct {
	Title, Lesson string
	Box           int // from 1
	Due           time.Time
}
