// Command bench measures the engine beside its peers, in one run on one core: gVisor's netstack, and the Linux loopback from
// Go and from C, do the same work, and a minimal event heap shows the ceiling. It measures a lesson and a fork at the server
// too, prints a table and writes results.json.
//
// What may enter: workloads, peers and the report. It is a module of its own, so that the peers' dependencies stay out of
// finwait's.
package main
