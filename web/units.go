package web

import (
	"bytes"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// unit is what a figure before it must not be parted from by the end of a line.
var unit = regexp.MustCompile(`^(?:[mµ]?s|min|h|B|[KM]iB|bytes?|px|MSL)\b`)

// noBreak is a space that no line ends at.
const noBreak = "\u00a0"

// KeepUnits joins each figure in the text of a page to its unit, which in Chinese may be any counter: "10 ms", "16000 字节".
// What stands in scripts and preformatted text stays as it is.
func KeepUnits(page []byte) []byte {
	out := make([]byte, 0, len(page)+len(page)/100)
	for len(page) > 0 {
		text := page
		if i := bytes.IndexByte(page, '<'); i >= 0 {
			text = page[:i]
		}
		out = joinUnits(out, text)
		page = page[len(text):]
		n := markupLength(page)
		out, page = append(out, page[:n]...), page[n:]
	}
	return out
}

// verbatim are the elements whose text is no prose.
var verbatim = []string{"script", "style", "pre", "textarea", "title"}

// markupLength is the length of the tag that a page begins with, and of the whole element where its text is verbatim.
func markupLength(page []byte) int {
	for _, name := range verbatim {
		rest, ok := bytes.CutPrefix(page, []byte("<"+name))
		if !ok || len(rest) == 0 || rest[0] != ' ' && rest[0] != '>' {
			continue
		}
		if i := bytes.Index(page, []byte("</"+name+">")); i >= 0 {
			return i
		}
	}
	if i := bytes.IndexByte(page, '>'); i >= 0 {
		return i + 1
	}
	return len(page)
}

func joinUnits(out, text []byte) []byte {
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], ' ')
		if n < 0 {
			return append(out, text[i:]...)
		}
		out = append(out, text[i:i+n]...)
		i += n + 1
		if len(out) > 0 && unicode.IsDigit(rune(out[len(out)-1])) && counts(text[i:]) {
			out = append(out, noBreak...)
		} else {
			out = append(out, ' ')
		}
	}
}

// counts tells whether a text begins with a unit.
func counts(text []byte) bool {
	r, _ := utf8.DecodeRune(text)
	return unicode.Is(unicode.Han, r) || unit.Match(text)
}
