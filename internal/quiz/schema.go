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
	Type       string             `json:"type"` // "object" or "string"; other kinds bring other types
	Properties map[string]*schema `json:"properties,omitempty"`
	Required   []string           `json:"required,omitempty"`
	Additional *bool              `json:"additionalProperties,omitempty"`
	Enum       []string           `json:"enum,omitempty"`
}

// object makes the schema of an answer of these fields, all of them asked for.
func object(fields []Field) json.RawMessage {
	no := false
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: &no}
	for _, f := range fields {
		one := &schema{Type: "string"}
		for _, o := range f.Options {
			one.Enum = append(one.Enum, o.Value)
		}
		s.Properties[f.Name] = one
		s.Required = append(s.Required, f.Name)
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and maps of them
	}
	return b
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
		var text string
		if err := json.Unmarshal(value, &text); err != nil || !bytes.HasPrefix(bytes.TrimSpace(value), []byte(`"`)) {
			return misfit("%q must be a string.", "%q 必须是字符串。", name)
		}
		if !slices.Contains(p.Enum, text) {
			return misfit("%q must be one of %s.", "%q 必须是下列之一：%s。", name, strings.Join(p.Enum, ", "))
		}
	}
	return nil
}

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
