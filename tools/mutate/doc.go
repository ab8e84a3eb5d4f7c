// Command mutate asks the tests whether they would notice: for each rule of the engine in turn it inverts the branch that
// leads to it (where nothing branches, it leaves the call out), runs the tests, and lists the rules that no test
// missed. The engine's files stay as they are; the changed one is laid over them.
//
// What may enter: finding and inverting a rule's branch, running the tests, the list.
package main
