// Package quiz makes questions by running the engine, and grades answers by running it again.
//
// A question is a family: data in a Starlark file whose generate(seed) gives a run and what to ask about it. A kind, one
// of twelve written in Go, turns that into a variant: it knows how the question is put, which answers fit, and what a
// given one is worth. (question, seed) is a value: it always gives the same variant and the same key, and the key is
// derived from the run each time it is needed, so it is nowhere to be found before the answer.
//
// What may enter: kinds, the reading of questions, grading. What may not: HTTP, storage, HTML, the clock.
package quiz
