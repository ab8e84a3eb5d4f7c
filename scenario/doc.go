// Package scenario turns a Starlark file into a run of the engine: it reads the file, gives each of its functions a
// process on a simulated host, adds the learner's inputs, and keeps the log. It also owns what names a run: its value
// (Run), its token, and the one error type that people see.
//
// What may enter: the Starlark builtins of scenarios and the system calls of their programs, the budgets, tokens, the
// view of a log that expectations get. What may not: protocol behaviour (that is the engine's), HTTP, files, the wall
// clock, and content. Of ours it imports engine alone.
//
// A run is pure: the same Run gives the same bytes on every machine. Programs are coroutines (iter.Pull); one runs at a
// time, in the engine's order, and none outlives Execute.
package scenario
