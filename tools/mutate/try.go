package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// What can be said of a rule whose branch is inverted.
const (
	isNoticed  = "noticed"
	notNoticed = "NOT NOTICED"
	notTried   = "NOT TRIED" // the change does not compile, which says nothing about the tests
)

// result is what came of one inverted rule; Failed are the checks of lessons that fail with it.
type result struct {
	Rule, What, Verdict string
	Failed              []string
}

// try inverts a rule's branch, and runs the lessons' checks and, where none of them fails, the tests.
func try(rule, file string) (result, error) {
	source, what, err := mutated(file, rule)
	r := result{Rule: rule, What: what, Verdict: isNoticed}
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	overlay, err := layOver(dir, file, source)
	if err != nil {
		return r, err
	}
	if err := exec.Command("go", "build", "-overlay", overlay, "./engine").Run(); err != nil {
		r.Verdict, r.What = notTried, what+", but that does not compile"
		return r, nil
	}
	verdicts, err := askProofs("-overlay", overlay)
	if err != nil {
		return r, err
	}
	if len(verdicts) == 0 { // the engine does not come so far that a check could be asked
		return r, nil
	}
	for name, verdict := range verdicts {
		if verdict == "fail" {
			r.Failed = append(r.Failed, name)
		}
	}
	if len(r.Failed) == 0 {
		if seen, err := testsFail(overlay); err != nil || !seen {
			r.Verdict = notNoticed
			return r, err
		}
	}
	return r, nil
}

// layOver writes the overlay that puts a source in a file's place.
func layOver(dir, file string, source []byte) (overlay string, err error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	laid, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {abs: laid}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(laid, source, 0o600); err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, list, 0o600)
}

// testsFail runs the tests, the quick ones first, until one fails.
func testsFail(overlay string) (bool, error) {
	for _, pkg := range tested {
		var failed *exec.ExitError
		switch err := exec.Command("go", "test", "-overlay", overlay, "-failfast", "-timeout", "120s", pkg).Run(); {
		case errors.As(err, &failed):
			return true, nil
		case err != nil:
			return false, err
		}
	}
	return false, nil
}
