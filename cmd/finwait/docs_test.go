package main

import (
	"os"
	"regexp"
	"testing"
)

// Tokens that the documentation shows open as what they are said to be.
func TestTheDocumentedTokensRun(t *testing.T) {
	text, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	tokens := regexp.MustCompile(`(?m)^[a-z/-]+~[^ \n]+`).FindAllString(string(text), -1)
	if len(tokens) == 0 {
		t.Fatal("docs/scenarios.md shows no token")
	}
	for _, token := range tokens {
		if status, _, stderr := finwait(t, "run", "--token", token); status != exitOK {
			t.Errorf("%s: %s", token, stderr)
		}
	}
}
