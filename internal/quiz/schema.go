package quiz

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"finwait/engine"
)

// schema is the part of JSON Schema that answers are described in.
type schema struct {
	Type       string             `json:"type"` // "object", "string", "number" or "array"
	Properties map[string]*schema `json:"properties,omitempty"`
	Required   []string           `json:"required,omitempty"`
	Additional *bool              `json:"additionalProperties,omitempty"`
	Enum       []string           `json:"enum,omitempty"`
	MaxLength  int64              `json:"maxLength,omitempty"`
	Minimum    *int64             `json:"minimum,omitempty"`
	Maximum    *int64             `json:"maximum,omitempty"`
	Items      *schema            `json:"items,omitempty"`
	MinItems   int                `json:"minItems,omitempty"`
	MaxItems   int                `json:"maxItems,omitempty"`
	Unique     bool               `json:"uniqueItems,omitempty"`
}

// object makes the schema of an answer of these fields, all of them asked for.
func object(fields []Field) json.RawMessage {
	no := false
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: &no}
	for _, f := range fields {
		s.Properties[f.Name] = member(f)
		s.Required = append(s.Required, f.Name)
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings, numbers and maps of them
	}
	return b
}

// member is the schema of one field.
func member(f Field) *schema {
	switch f.Type {
	case typeNumber:
		return &schema{Type: "number", Minimum: &f.Min, Maximum: &f.Max}
	case typeOrder:
		return &schema{Type: "array", Items: &schema{Type: "string", Enum: values(f.Options)}, MinItems: len(f.Options), MaxItems: len(f.Options), Unique: true}
	case typeText:
		return &schema{Type: "string", MaxLength: f.Max}
	}
	return &schema{Type: "string", Enum: values(f.Options)}
}

func values(options []Option) []string {
	var all []string
	for _, o := range options {
		all = append(all, o.Value)
	}
	return all
}

// fits checks an answer against a schema that object made. The error is a *MisfitError.
func fits(raw, answer json.RawMessage) error {
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	members, err := decodeObject(answer)
	if err != nil {
		return misfit("The answer is not a JSON object with each member once.", "答案不是 JSON 对象，或者有重复的成员。")
	}
	for _, name := range s.Required {
		if _, ok := members[name]; !ok {
			return misfit("The answer lacks %q.", "答案缺少 %q。", name)
		}
	}
	for name, value := range members {
		p := s.Properties[name]
		if p == nil {
			return misfit("The answer has no member %.60q.", "答案不应有成员 %.60q。", name)
		}
		if err := p.fits(name, value); err != nil {
			return err
		}
	}
	return nil
}

// fits checks one member of an answer.
func (s *schema) fits(name string, value json.RawMessage) error {
	switch s.Type {
	case "number":
		var n float64
		if err := json.Unmarshal(value, &n); err != nil || isNull(value) {
			return misfit("%q must be a number.", "%q 必须是数字。", name)
		}
		if n < float64(*s.Minimum) || n > float64(*s.Maximum) {
			return misfit("%q must be from %d to %d.", "%q 必须在 %d 到 %d 之间。", name, *s.Minimum, *s.Maximum)
		}
	case "array":
		var list []string
		if err := json.Unmarshal(value, &list); err != nil || isNull(value) {
			return misfit("%q must be a list of strings.", "%q 必须是字符串列表。", name)
		}
		have, want := slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(s.Items.Enum))
		if !slices.Equal(have, want) {
			return misfit("%q must hold each of %s once.", "%q 必须恰好包含下列各项一次：%s。", name, strings.Join(s.Items.Enum, ", "))
		}
	default:
		var text string
		if err := json.Unmarshal(value, &text); err != nil || isNull(value) {
			return misfit("%q must be a string.", "%q 必须是字符串。", name)
		}
		if s.MaxLength > 0 && int64(len(text)) > s.MaxLength {
			return misfit("%q has %d bytes; at most %d are taken.", "%q 有 %d 字节，最多 %d 字节。", name, len(text), s.MaxLength)
		}
		if s.Enum != nil && !slices.Contains(s.Enum, text) {
			return misfit("%q must be one of %s.", "%q 必须是下列之一：%s。", name, strings.Join(s.Enum, ", "))
		}
	}
	return nil
}

func isNull(value json.RawMessage) bool { return string(bytes.TrimSpace(value)) == "null" }

// decodeObject reads one JSON object and refuses repeated members and text after it.
func decodeObject(b []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := t.(string)
		if _, twice := members[name]; twice {
			return nil, errors.New("repeated member")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the object")
	}
	return members, nil
}

func misfit(en, zh string, args ...any) *MisfitError {
	return &MisfitError{engine.Text{En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}}
}
