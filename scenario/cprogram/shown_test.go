package cprogram_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"finwait/scenario"
)

// recording is what a lesson shows of commands on a real kernel: testdata/shown has a file of them for each lesson. A
// recording has a line that says when and where, then the commands, each with what it printed:
//
//	run close/fin-wait-2?leave=close at 20s on client
//	$ ss -tano state fin-wait-2
//	…
type recording struct {
	line     string // the first
	scenario string
	vary     map[string]string
	at       time.Duration
	host     string
	commands []printed
}

// printed is a command and what it printed, without spaces at the ends of lines.
type printed struct{ command, output string }

func (p printed) String() string { return "$ " + p.command + "\n" + p.output }

var runLine = regexp.MustCompile(`^run ([a-z0-9/-]+)(?:\?(\S+))? at (\S+) on ([a-z]+)\n`)

func parseRecordings(text string) (out []recording, err error) {
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		m := runLine.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("no line “run SCENARIO at TIME on HOST”:\n%s", part)
		}
		r := recording{line: m[0], scenario: m[1], vary: map[string]string{}, host: m[4], commands: parsePrinted(part[len(m[0]):])}
		if r.at, err = time.ParseDuration(m[3]); err != nil {
			return nil, err
		}
		for pair := range strings.SplitSeq(m[2], "&") {
			if name, choice, ok := strings.Cut(pair, "="); ok {
				r.vary[name] = strings.ReplaceAll(choice, "+", " ")
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// parsePrinted reads commands with what they printed. A line that begins with # is a remark.
func parsePrinted(text string) (out []printed) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " ")
		switch command, isCommand := strings.CutPrefix(line, "$ "); {
		case isCommand:
			out = append(out, printed{command: command})
		case line != "" && line[0] != '#' && len(out) > 0:
			out[len(out)-1].output += line + "\n"
		}
	}
	return out
}

// run is what the recording's programs run, as the lessons run theirs.
func (r recording) run() scenario.Run {
	return scenario.Run{Scenario: r.scenario, Seed: 7, Vary: r.vary}
}

// TestLessonsShowRecordings: each command that a lesson shows, with what it prints, stands in the lesson's recordings, and is
// made by a test elsewhere where finwait or tshark is the command; and each recording is shown in both languages.
func TestLessonsShowRecordings(t *testing.T) {
	files, err := filepath.Glob("../../content/lessons/*/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no lessons: ", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lesson := filepath.Base(filepath.Dir(file))
		recorded := map[string]bool{}
		for _, r := range recordingsOf(t, lesson) {
			for _, p := range r.commands {
				recorded[p.String()] = true
			}
		}
		for i, block := range strings.Split(string(text), "```") {
			if i%2 == 0 {
				continue
			}
			shown := parsePrinted(block)
			if len(shown) == 0 {
				t.Errorf("%s shows what no command prints:\n%s", file, block)
			}
			for _, p := range shown {
				if word, _, _ := strings.Cut(p.command, " "); word == "finwait" || word == "tshark" {
					continue
				}
				if _, ok := recorded[p.String()]; !ok {
					t.Errorf("%s shows\n%swhich testdata/shown/%s.txt has not", file, p, lesson)
				}
				recorded[p.String()] = false
			}
		}
		for p, left := range recorded {
			if left {
				t.Errorf("%s does not show what was recorded:\n%s", file, p)
			}
		}
	}
}

// recordingsOf are those of a lesson; many have none.
func recordingsOf(t *testing.T, lesson string) []recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/shown", lesson+".txt"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseRecordings(string(text))
	if err != nil {
		t.Fatalf("testdata/shown/%s.txt: %v", lesson, err)
	}
	return all
}
