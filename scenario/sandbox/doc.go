// Package sandbox executes scenarios that visitors wrote, in child processes of the same binary.
//
// Starlark bounds steps but not memory, and a builtin can't be interrupted. So a child limits its own memory and CPU time
// (setrlimit), watches itself while it runs, and its parent kills and replaces it when it does not come back in time. The
// child notes the line it is in on a page that both share, so that even a killed run has an error with its line.
//
// A Pool has a few children and a queue that is fair among sessions: whoever sends many runs waits behind their own.
//
// What may enter: the protocol between parent and child, the limits, the queue. What may not: what a scenario means (that
// is scenario's), how a log is drawn (Serve gets renderers), HTTP, sessions' identity.
package sandbox
