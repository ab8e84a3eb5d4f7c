// Package server starts the finwait binary for the tests of the whole: on a free port, with a database of its own, and
// stopped by its process id at the end. A test has one to itself, or shares one with all that are mere visitors.
package server
