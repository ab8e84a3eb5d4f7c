// Command gen makes what the browser gets from what Go knows: the Go code of the pages' templ components; for
// TypeScript the types of the event log, of the stream protocol and of questions, the arrows of the state diagram, the
// sysctls and the language of scenarios; and the bundles of web/ts. It runs on the developer's machine, through go generate;
// its output is committed, and is the same byte for byte wherever it runs.
//
// What may enter: reflection over wire types, and the settings of templ and of the bundler. No protocol, no pages.
package main

//go:generate go run .
