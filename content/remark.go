package content

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences says what a run led to, in the words of matrix.say.*.
func (o *Outcome) Sentences(phrases map[string]string) []string {
	var out []string
	for _, r := range o.Remarks {
		out = append(out, r.text(phrases))
	}
	return out
}

// SentencesBeside says it beside the other run of a pair: what both have in common is "the same".
func (o *Outcome) SentencesBeside(other *Outcome, phrases map[string]string) []string {
	all := o.Sentences(phrases)
	common := 0
	for common < len(o.Remarks) && common < len(other.Remarks) && o.Remarks[common].equal(other.Remarks[common]) {
		common++
	}
	if common == 0 || common < len(other.Remarks) {
		return all
	}
	return append([]string{phrases["matrix.say.same"]}, all[common:]...)
}

func (r Remark) equal(other Remark) bool {
	return r.Phrase == other.Phrase && maps.Equal(r.Values, other.Values)
}

// text fills the remark's phrase. {host} is who it is about, {Host} the same at the start of a sentence.
func (r Remark) text(phrases map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		value := r.Values[name]
		if name == "host" {
			value = phrases["matrix.host."+value]
			first, n := utf8.DecodeRuneInString(value)
			pairs = append(pairs, "{Host}", string(unicode.ToUpper(first))+value[n:])
		}
		if name == "times" {
			value = strings.ReplaceAll(value, listSeparator, phrases["list.separator"])
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(phrases["matrix.say."+r.Phrase])
}
