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
	types, err := eventTypes(filepath.Join(root, "engine"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "web/ts/events.gen.ts"), types, 0o644); err != nil {
		return err
	}
	quiz, err := quizTypes(filepath.Join(root, "engine"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "web/ts/quiz.gen.ts"), quiz, 0o644); err != nil {
		return err
	}
	return bundle(filepath.Join(root, "web/ts"), filepath.Join(root, "static/dist"))
}
