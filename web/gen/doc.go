// Command gen makes what the browser gets from what Go knows: the Go code of the pages' templ components, the TypeScript
// types of the event log and of the stream protocol, and the bundles of web/ts. It runs on the developer's machine, through go generate; its output is committed,
// and is the same byte for byte wherever it runs.
//
// What may enter: reflection over wire types, and the settings of templ and of the bundler. No protocol, no pages.
package main

//go:generate go run .
