// Command mutate asks the tests whether they would notice: for each rule of the engine in turn it inverts the branch that
// leads to it (where nothing branches, it leaves out the call, or the rule that is returned), runs the checks of the lessons and,
// where none of them fails, the tests. It lists the rules that nothing noticed, and the checks that no inverted rule made fail. The
// engine's files stay as they are; the changed one is laid over them. With -results a run that was stopped goes on where it was.
//
// What may enter: finding and inverting a rule's branch, running the tests, the list.
package main
