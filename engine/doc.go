// Package engine is finwait's model of TCP: hosts with a socket layer and a TCP of their own, the link between them, and
// the virtual clock that drives them.
//
// It is a pure function from inputs to an event log. Time is an argument, randomness comes from the run's seed, iteration
// never follows map order, and all arithmetic is on integers, so the same run gives the same bytes on every platform.
//
// What may enter: the TCP of RFC 9293 and its companions, the deviations of the Linux kernel (profile "linux"), the
// system calls that reach them, the link and its faults. What may not: the wall clock, goroutines, files, the network,
// anything of a server, and any text meant for a learner other than identifiers. It imports nothing else of ours; a test
// holds that.
package engine

// Version is the engine version. It is raised whenever the same run would give other bytes than before.
const Version = 2
