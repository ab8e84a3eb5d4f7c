// Command finwait is the service and its tools in one binary: serve, run, scenarios, verify, check,
// healthcheck, version; and sandbox, which only serve and run start.
//
// What may enter: the command line, the settings, and the wiring of the parts. What may not: anything that a part could
// own. A command is a type with Run and Help, a field of cli, and a file.
package main
