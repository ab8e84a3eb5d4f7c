// Package content holds what finwait teaches: lessons, scenarios, questions, the rules catalogue and the phrases of the
// interface, embedded, parsed and checked at start.
//
// What may enter: texts in both languages, data that names scenarios and rules, and the code that reads them. What may
// not: HTML pages, HTTP, protocol logic. A figure in a text is filled from a run of the engine, never typed.
//
// The folders:
//
//	lessons/NN-slug/lesson.star   what both languages share: scenario, moments, questions
//	lessons/NN-slug/{en,zh}.md    the text
//	lessons/shared.star           functions for the checks of all lessons
//	scenarios/**.star             scenarios by path, e.g. close/four-way
//	rules/*.star                  why an event happened, by rule id
//	quizzes/ID/quiz.star          a family of questions
//	glossary/NN-name/{en,zh}.md   terms, which the lessons' texts link
//	interview/NN-name/{en,zh}.md  questions that interviewers ask, with answers
//	syllabus.star                 what each lesson must teach
//	news.json                     changes that readers may want to know of
//	phrases/{en,zh}.json          the stage's words
//	phrases/pages/{en,zh}.json    the words of the pages around the lessons
//
// A folder given to Load is laid over the embedded one, file by file.
package content
