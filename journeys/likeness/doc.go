// Package likeness keeps what a picture looks like in a line of text, and says where another picture looks different. It is
// made to notice what a person would: something gone, moved, cut or in another colour. What a person would not see, as the
// edge of a letter that was smoothed otherwise, it lets pass. No browser in it: it takes images and gives images.
package likeness
