// Package web makes the pages: templ components, the Go values they are drawn from, and the ladder figure that stands in
// for the stage where scripts are off. Its folder ts holds the scripts that a browser runs, and gen the programs that
// build what is generated.
//
// What may enter: how something looks and reads. A component gets finished values and gives HTML; it asks no store, no
// request and no clock. What may not: HTTP, sessions, grading, and anything of the protocol itself: states, segments and
// timers come from the event log.
//
// What a page around the stage may want to know, tcp-stage tells by events that bubble: fw-seek {n, t, run} when the playhead
// has come to stand, fw-select {seq, run}, fw-intervene {do, run}, fw-compare {runs}, and tcp-twin fw-diverge {t}. Times are in
// µs, runs are tokens.
//
// The generated files (*_templ.go) are committed; `go generate ./...` writes them anew.
package web
