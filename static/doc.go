// Package static holds the files that a browser fetches beside the pages: style sheets, the built scripts, icons.
//
// They are compressed once, when the server starts, and served under addresses that hold a digest of their content, so
// that a browser may keep them for ever.
//
// A style sheet that is too long to read is a folder of parts, which their numbers put in order.
//
// What may enter: files that every reader gets unchanged. What may not: pages, anything that depends on the reader, the
// language or a setting.
package static
