package web

import (
	"strconv"
	"time"

	"finwait/engine"
)

// Progress is the page of what a learner has done.
type Progress struct {
	Page
	Course  []Chapter
	Say     map[string]string
	Map     ArrowMap
	First   *Entry    // where to begin; nil while there is no lesson
	Since   time.Time // of the first saved answer; zero where nothing is kept
	Gone    bool      // everything was deleted just now
	Lessons []LessonProgress
	Answers []AnswerLine // the latest first
	Total   int          // answers kept
	Asked   int          // questions answered
	Right   int          // of those, at the first try
	Due     int          // questions to review now
}

// LessonProgress is a row of the lessons' table.
type LessonProgress struct {
	Entry
	Asked, Right int
}

// AnswerLine is an answer as the list has it.
type AnswerLine struct {
	At      time.Time
	Title   string // of the question
	Verdict string // "right", "partial", "wrong"
	Lesson  string // slug; empty for a question that is no more
	Token   string // the run that refutes it, or the one it is about; empty where that is not known
	Moment  engine.Micros
}

// share writes "3/5", or a dash while there is nothing to count.
func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.Itoa(n) + "/" + strconv.Itoa(of)
}

var verdictPath = map[string]string{
	"right": "M3.5 8.5l3 3 6-7", "partial": "M3 8h10", "wrong": "M4 4l8 8M12 4l-8 8",
	"none": "M8 3v6M8 12v1", "void": "M3 8h10",
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
