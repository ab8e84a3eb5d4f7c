package main

import (
	"errors"
	"fmt"
	"io"

	"finwait/content"
)

// check holds the content, with the folder dir laid over it where one is given: lessons, questions and phrases complete in
// both languages, each rule explained, each claim of a scenario true, each question's key right. It prints what it did,
// and every mistake with its file and line.
func check(dir string, stdout, stderr io.Writer) error {
	c, err := content.Load(dir)
	if err != nil {
		return listed(stderr, err)
	}
	report, err := c.Check()
	if err != nil {
		return listed(stderr, err)
	}
	fmt.Fprintf(stdout, "lessons:   %d, each in %d languages\n", len(c.Lessons()), len(content.Langs))
	fmt.Fprintf(stdout, "sentences: %d that make a claim, each held by a check\n", report.Sentences)
	fmt.Fprintf(stdout, "entries:   %d terms, %d questions of interviews\n", report.Terms, report.Asked)
	fmt.Fprintf(stdout, "scenarios: %d in %d runs; %d claims, all hold\n", len(c.Scenarios()), report.Runs, report.Claims)
	fmt.Fprintf(stdout, "questions: %d in %d variants, each with its one right answer\n", len(c.Quizzes.List()), report.Variants)
	fmt.Fprintf(stdout, "rules:     %d, each explained and reached by a scenario\n", len(c.Rules()))
	return nil
}

// listed prints mistakes and counts them.
func listed(w io.Writer, err error) error {
	var mistakes content.Problems
	if !errors.As(err, &mistakes) {
		return err
	}
	for _, m := range mistakes {
		fmt.Fprintln(w, m)
	}
	if len(mistakes) == 1 {
		return errors.New("1 mistake")
	}
	return fmt.Errorf("%d mistakes", len(mistakes))
}
