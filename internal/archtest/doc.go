// Package archtest holds the shape of the code: which package may import which, what the engine must not touch, that
// each room says what may enter it, and the habits that a machine can check. It has tests and nothing else; what it
// holds is told in docs/ARCHITECTURE.md.
package archtest
