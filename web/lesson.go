package web

import (
	"slices"

	"finwait/content"
)

// partPlace is where a part of a lesson's text stands on its page.
type partPlace int

const (
	besideStage partPlace = iota // what is read while the run plays
	besideQuiz                   // what goes wrong, and what to keep: below the stage, before the questions
	afterQuiz                    // where to go on
)

func place(p content.Part) partPlace {
	switch p.Class {
	case "myths", "production", "card":
		return besideQuiz
	case "deeper":
		return afterQuiz
	}
	return besideStage
}

func (l Lesson) has(where partPlace) bool {
	return slices.ContainsFunc(l.Text.Parts, func(p content.Part) bool { return place(p) == where })
}

// partClass is the class of a part's element.
func partClass(p content.Part) string {
	if p.Class == "" {
		return "part"
	}
	return p.Class
}

// lossCaption says under which conditions the lesson's rows of the loss matrix ran.
func (l Lesson) lossCaption() string {
	if l.Losses[0].Opens {
		return l.Say["matrix.open.caption"]
	}
	return l.Say["matrix.close.caption"]
}
