package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
)

// results keeps what came of each rule, in a file where one is named.
type results struct {
	known map[string]result
	file  *os.File
}

func openResults(name string) (*results, error) {
	r := &results{known: map[string]result{}}
	if name == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644); err != nil {
		return nil, err
	}
	for d := json.NewDecoder(r.file); ; {
		var one result
		switch err := d.Decode(&one); {
		case errors.Is(err, io.EOF):
			return r, nil
		case err != nil:
			return nil, err
		}
		r.known[one.Rule] = one
	}
}

func (r *results) of(rule string) (result, bool) {
	one, ok := r.known[rule]
	return one, ok
}

func (r *results) keep(one result) error {
	if r.file == nil {
		return nil
	}
	return json.NewEncoder(r.file).Encode(one)
}

func (r *results) close() {
	if r.file != nil {
		r.file.Close()
	}
}
