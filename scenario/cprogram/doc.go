// Package cprogram writes the programs of a scenario's hosts as C: complete programs that compile without a warning and
// do on a real kernel what the scenario's programs do in the engine, with a map from the scenario's lines to C's.
//
// What may enter: reading the syntax tree, the constants that a run's choices settle, C's text. What may not: executing a
// visitor's source, files, the compiler (tests have it), HTTP. Of ours it imports scenario and engine.
//
// What it can't say in C it refuses, with the line and the reason: there is an error or a right program, never a wrong
// one. The subset is stated in docs/scenarios.md. All is pure and bounded: the source by its size, the text by maxText.
package cprogram
