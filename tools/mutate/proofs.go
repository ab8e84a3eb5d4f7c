package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// proofs keeps which checks of the lessons have been seen to fail under some inverted rule.
type proofs struct {
	unseen    map[string]bool
	documents int // claims that no run decides: the test skips them, and names the document
}

// proofTest is the test that asks each check by itself, as a subtest LESSON/CHECK.
const proofTest = "TestProofs"

// newProofs lists all checks, which hold with the engine as it is.
func newProofs() (*proofs, error) {
	verdicts, err := askProofs()
	if err != nil {
		return nil, err
	}
	p := &proofs{unseen: map[string]bool{}}
	for name, verdict := range verdicts {
		switch verdict {
		case "fail":
			return nil, fmt.Errorf("the check %s does not hold with the engine as it is", name)
		case "skip":
			p.documents++
		default:
			p.unseen[name] = true
		}
	}
	if len(p.unseen) == 0 {
		return nil, errors.New("there are no checks")
	}
	return p, nil
}

// note strikes off checks that were seen to fail.
func (p *proofs) note(failed []string) {
	for _, name := range failed {
		delete(p.unseen, name)
	}
}

// report lists the checks that never failed.
func (p *proofs) report() error {
	var never []string
	for name := range p.unseen {
		never = append(never, name)
	}
	slices.Sort(never)
	fmt.Printf("%d checks of lessons never fail, whichever rule is inverted; %d claims rest on a document\n", len(never), p.documents)
	if len(never) > 0 {
		return fmt.Errorf("never seen to fail: %s", strings.Join(never, " "))
	}
	return nil
}

// askProofs runs the checks and gives what came of each: "pass", "fail" or "skip".
func askProofs(flags ...string) (map[string]string, error) {
	args := append([]string{"test", "-json", "-timeout", "120s", "-run", "^" + proofTest + "$"}, flags...)
	var out bytes.Buffer
	cmd := exec.Command("go", append(args, "./content")...)
	cmd.Stdout = &out
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	verdicts := map[string]string{}
	for d := json.NewDecoder(&out); d.More(); {
		var line struct{ Action, Test string }
		if err := d.Decode(&line); err != nil {
			return nil, err
		}
		name, ok := strings.CutPrefix(line.Test, proofTest+"/")
		if ok && strings.Contains(name, "/") && slices.Contains([]string{"pass", "fail", "skip"}, line.Action) {
			verdicts[name] = line.Action
		}
	}
	return verdicts, nil
}
