// Package verify holds the engine to recordings of a real Linux kernel.
//
// What may enter: reading a trace, driving the engine with a trace's input (addresses, ports, initial sequence numbers,
// sysctls, fault rules, calls as their "after" says, the travel time of each delivered segment) and with nothing else of
// it, comparing the two logs, and printing the differences for a person. What may not: anything that knows one trace from
// another, and any tolerance beyond what the README of traces calls fair.
package verify
