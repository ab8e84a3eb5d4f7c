package content

import "finwait/engine"

// Lang is a language of the product, as it stands in a URL.
type Lang string

// The languages.
const (
	En Lang = "en"
	Zh Lang = "zh"
)

// Langs lists the languages in the order in which they are offered.
var Langs = []Lang{En, Zh}

// Valid tells whether l is one of Langs.
func (l Lang) Valid() bool { return l == En || l == Zh }

// Tag is the language tag of HTML's lang attribute.
func (l Lang) Tag() string {
	if l == Zh {
		return "zh-Hans"
	}
	return "en"
}

// Of picks a text's language.
func (l Lang) Of(t engine.Text) string {
	if l == Zh {
		return t.Zh
	}
	return t.En
}
