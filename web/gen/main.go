package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "../..", "the repository's top folder")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	if err := components(filepath.Join(root, "web")); err != nil {
		return err
	}
	ts := filepath.Join(root, "web/ts")
	events, err := eventTypes(filepath.Join(root, "engine"))
	if err != nil {
		return err
	}
	quiz, err := quizTypes(filepath.Join(root, "engine"))
	if err != nil {
		return err
	}
	language, err := languageTypes(filepath.Join(root, "scenario"))
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"events.gen.ts":   events,
		"protocol.gen.ts": protocolTypes(),
		"quiz.gen.ts":     quiz,
		"arrows.gen.ts":   arrowList(),
		"sysctl.gen.ts":   sysctlTable(),
		"language.gen.ts": language,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(ts, name), text, 0o644); err != nil {
			return err
		}
	}
	return bundle(ts, filepath.Join(root, "static/dist"))
}
