package scenario

import (
	"maps"
	"slices"
	"testing"
)

// TestTheCatalogueIsWhatThereIs compares the words that editors offer with the tables that the language is made of.
func TestTheCatalogueIsWhatThereIs(t *testing.T) {
	got := map[WordKind][]string{}
	for _, w := range Catalogue() {
		got[w.Kind] = append(got[w.Kind], w.Name)
		if w.Kind != WordConstant && (w.Doc.En == "" || w.Doc.Zh == "") {
			t.Errorf("%s lacks a sentence", w.Name)
		}
	}
	for kind, want := range map[WordKind][]string{
		WordDeclaration: slices.Collect(maps.Keys(declarations)),
		WordCall:        append(slices.Collect(maps.Keys(syscalls)), "errno"),
		WordConstant:    constants,
		WordLog:         (&logValue{}).AttrNames(),
	} {
		have := slices.Sorted(slices.Values(got[kind]))
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(have, want) {
			t.Errorf("%s: the catalogue has %q, the language %q", kind, have, want)
		}
	}
}
