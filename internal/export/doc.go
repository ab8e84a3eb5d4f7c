// Package export draws a run's log in forms that people and other tools read: text, a ladder diagram for a terminal.
//
// What may enter: one file a format, each a pure function of a scenario.Log. What may not: formats of whole packets (that
// is wire's), HTTP, anything that is not in the log.
package export
