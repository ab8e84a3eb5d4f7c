// Package export draws a run's log in forms that people and other tools read: text, a ladder diagram for a terminal; ss,
// tables of a host's sockets as that program prints them; packetdrill, a script of one host for that tool.
//
// What may enter: one form a file or two, each a pure function of a scenario.Log. What may not: formats of whole packets
// (that is wire's), HTTP, anything that is not in the log.
package export
