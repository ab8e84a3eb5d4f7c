package web

import (
	"reflect"
	"testing"

	"finwait/content"
)

// Each word of the pages is there in both languages.
func TestWordsAreComplete(t *testing.T) {
	for _, l := range content.Langs {
		v := reflect.ValueOf(*wordsOf[l])
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s has no %s", l, v.Type().Field(i).Name)
			}
		}
		for _, d := range wordsOf[l].Does {
			if d.Title == "" || d.Text == "" {
				t.Errorf("%s: a point of the home page is empty", l)
			}
		}
	}
}
