package web

import (
	"strconv"

	"finwait/content"
)

// How much is read in a minute: words, or characters of Chinese.
const (
	wordsAMinute      = 200
	charactersAMinute = 400
)

// minutesToRead is at least one.
func minutesToRead(words int, l content.Lang) string {
	pace := wordsAMinute
	if l == content.Zh {
		pace = charactersAMinute
	}
	return strconv.Itoa(max(1, (words+pace/2)/pace))
}
