package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"

	templ "github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// components writes the Go code of the templ components in dir, x_templ.go for each x.templ, as the templ command does.
func components(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.templ"))
	if err != nil {
		return err
	}
	for _, file := range files {
		code, err := component(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(strings.TrimSuffix(file, ".templ")+"_templ.go", code, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func component(file string) ([]byte, error) {
	parsed, err := parser.Parse(file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := templ.Generate(parsed, &b, templ.WithFileName(filepath.Base(file))); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}
