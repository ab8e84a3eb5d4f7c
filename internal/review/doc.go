// Package review says when a question that was missed should come again.
//
// Leitner's boxes: a miss puts a question into the first box; a right answer once it is due moves it to the next one, out of
// the last one it is learnt. A box's question is due again after 1, 3, 7 and 21 days. A right answer before that changes
// nothing: what was seen an hour ago is no proof. The schedule is a pure function of the answers; nothing of it is stored.
//
// What may enter: the schedule. What may not: storage, HTTP, the clock: times come with the answers.
package review
