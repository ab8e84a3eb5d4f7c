// Package ss has the sockets of a host at a moment of its log, as the tool ss knows them: which there are, in which state, with
// which addresses and queues.
//
// What may enter: the reading of a log, and the names that ss has for states. What may not: how a table is laid out, which is its
// reader's; HTTP, the clock.
package ss
