package stream

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// schema is a JSON Schema, of which it knows the keywords that docs/protocol.schema.json uses.
type schema struct {
	root map[string]any
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	b, err := os.ReadFile("../../docs/protocol.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &schema{}
	if err := json.Unmarshal(b, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// def gives a definition by its name under $defs.
func (s *schema) def(name string) map[string]any {
	return s.root["$defs"].(map[string]any)[name].(map[string]any)
}

// accepts checks a JSON text against a definition.
func (s *schema) accepts(name, text string) error {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return err
	}
	return s.check(s.def(name), v, "$")
}

func (s *schema) check(rule map[string]any, v any, at string) error {
	for _, word := range slices.Sorted(keys(rule)) {
		if err := s.keyword(rule, word, v, at); err != nil {
			return err
		}
	}
	return nil
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (s *schema) keyword(rule map[string]any, word string, v any, at string) error {
	want := rule[word]
	fails := func() error { return fmt.Errorf("%s: %v is against %s: %v", at, v, word, want) }
	members, _ := v.(map[string]any)
	items, _ := v.([]any)
	text, isText := v.(string)
	number, isNumber := v.(float64)
	ok := true
	switch word {
	case "$ref":
		return s.check(s.def(strings.TrimPrefix(want.(string), "#/$defs/")), v, at)
	case "type":
		ok = typeOf(v) == want || want == "number" && typeOf(v) == "integer"
	case "const":
		ok = v == want
	case "enum":
		ok = slices.Contains(want.([]any), v)
	case "minLength":
		ok = !isText || utf8.RuneCountInString(text) >= int(want.(float64))
	case "maxLength":
		ok = !isText || utf8.RuneCountInString(text) <= int(want.(float64))
	case "pattern":
		ok = !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "minimum":
		ok = !isNumber || number >= want.(float64)
	case "maximum":
		ok = !isNumber || number <= want.(float64)
	case "minItems":
		ok = items == nil || len(items) >= int(want.(float64))
	case "maxItems":
		ok = len(items) <= int(want.(float64))
	case "items":
		for i, item := range items {
			if err := s.check(want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case "required":
		for _, name := range want.([]any) {
			_, there := members[name.(string)]
			ok = ok && there
		}
	case "properties":
		for name, rule := range want.(map[string]any) {
			if member, there := members[name]; there {
				if err := s.check(rule.(map[string]any), member, at+"."+name); err != nil {
					return err
				}
			}
		}
	case "additionalProperties":
		for name := range members {
			_, known := rule["properties"].(map[string]any)[name]
			ok = ok && known
		}
	case "oneOf":
		var fits int
		for _, rule := range want.([]any) {
			if s.check(rule.(map[string]any), v, at) == nil {
				fits++
			}
		}
		ok = fits == 1
	default:
		return fmt.Errorf("the keyword %s is not known to this test", word)
	}
	if !ok {
		return fails()
	}
	return nil
}

func typeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// tags gives the names of a struct's members, and of those that are always there.
func tags(t reflect.Type) (all, required []string) {
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" || !t.Field(i).IsExported() {
			continue
		}
		all = append(all, name)
		if opts != "omitempty" {
			required = append(required, name)
		}
	}
	return all, required
}
