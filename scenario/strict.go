package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// maxNesting bounds the depth of the JSON that people send.
const maxNesting = 16

// strictJSON decodes one JSON value into v and refuses what encoding/json lets through: unknown members, members in
// another case, repeated members, null, and text after the value.
func strictJSON(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := strictShape(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is text after its end")
	}
	d = json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return misfit(err)
	}
	return exactCase(b, reflect.TypeOf(v).Elem())
}

// misfit is an error of encoding/json without the names of our types.
func misfit(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &kind):
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	case kind.Field == "":
		return fmt.Errorf("it is not an object but %s", kind.Value)
	}
	return fmt.Errorf("the member %q can't be %s", kind.Field, kind.Value)
}

// strictShape walks one value and refuses null and members that are repeated.
func strictShape(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	if err != nil {
		return err
	}
	if t == nil {
		return errors.New("null is not a value here")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxNesting {
		return errors.New("it is nested too deeply")
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name.(string)] {
				return fmt.Errorf("member %q is repeated", name)
			}
			seen[name.(string)] = true
		}
		if err := strictShape(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}

// exactCase refuses members that encoding/json matched though their case differs from the field's tag. b decodes into t.
func exactCase(b []byte, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return nil
	case t.Kind() == reflect.Slice:
		var items []json.RawMessage
		if err := json.Unmarshal(b, &items); err != nil {
			return err
		}
		for _, item := range items {
			if err := exactCase(item, t.Elem()); err != nil {
				return err
			}
		}
	case t.Kind() == reflect.Struct:
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			return err
		}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if m, ok := members[name]; ok {
				if err := exactCase(m, t.Field(i).Type); err != nil {
					return err
				}
				delete(members, name)
			}
		}
		for name := range members {
			return fmt.Errorf("unknown field %q", name)
		}
	}
	return nil
}
