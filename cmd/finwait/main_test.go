package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
)

// TestMain lets the test binary be the sandbox's child, as finwait is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "sandbox" {
		os.Exit(Main(context.Background(), os.Args[1:], nil, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// finwait runs a command line without an environment.
func finwait(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Main(context.Background(), args, nil, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// works runs a command line that must succeed and gives what it printed.
func works(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := finwait(t, args...)
	if status != 0 || stderr != "" {
		t.Fatalf("finwait %s: exit code %d: %s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunPrintsTheLogOfTheLibrary(t *testing.T) {
	lib, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	log, err := scenario.Execute(lib, scenario.Run{Scenario: "close/four-way", Seed: 7}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := works(t, "run", "close/four-way", "--seed", "7", "--format", "jsonl")
	if got != string(log.Lines.Bytes()) {
		t.Error("run prints another log than Execute gives")
	}
	if again := works(t, "run", "--token", log.Run.Token(), "--format=jsonl"); again != got {
		t.Error("the token prints another log")
	}
}

func TestRunFormats(t *testing.T) {
	if text := works(t, "run", "close/four-way"); !strings.Contains(text, "● TIME-WAIT") || !strings.Contains(text, "FIN ACK") {
		t.Errorf("the text is\n%s", text)
	}
	client := works(t, "run", "close/four-way", "--format", "pcapng")
	server := works(t, "run", "close/four-way", "--format", "pcapng", "--host", "server")
	for _, capture := range []string{client, server} {
		if !strings.HasPrefix(capture, "\x0a\x0d\x0d\x0a") {
			t.Errorf("a capture begins with %q", capture[:4])
		}
	}
	if client == server {
		t.Error("both hosts see the same times")
	}
	for _, c := range []struct{ format, host, says string }{
		{"packetdrill", "client", "connect(3, ..., ...) = 0"},
		{"packetdrill", "server", "listen(3, 8) = 0"},
		{"ss", "client", "timer:(timewait,"},
		{"ss", "server", "LAST-ACK"},
	} {
		args := []string{"run", "close/four-way", "--format", c.format}
		if c.host != "client" { // it is the default
			args = append(args, "--host", c.host)
		}
		if out := works(t, args...); !strings.Contains(out, c.says) {
			t.Errorf("%v prints\n%s", args, out)
		}
	}
	if table := works(t, "run", "close/four-way", "--format", "ss", "--at", "50ms"); strings.Count(table, "Recv-Q") != 1 || !strings.Contains(table, "ESTAB") {
		t.Errorf("at 50 ms ss shows\n%s", table)
	}
	short := works(t, "run", "close/four-way", "--format", "jsonl", "--until", "15ms")
	if !strings.Contains(short, `"reason":"until"`) || strings.Contains(short, `"FIN-WAIT-1"`) {
		t.Errorf("until 15 ms it prints\n%s", short)
	}
}

func TestRunTakesInputsAndChoices(t *testing.T) {
	plain := works(t, "run", "close/four-way", "--format", "jsonl", "--vary", "closer=server")
	id, at := 0, engine.Micros(0)
	for line := range strings.Lines(plain) {
		var seg struct {
			ID    int
			T     engine.Micros
			Flags string
		}
		if json.Unmarshal([]byte(line), &seg) == nil && strings.Contains(seg.Flags, "F") && id == 0 {
			id, at = seg.ID, seg.T
		}
	}
	in, _ := json.Marshal(engine.Input{At: at + 1, Do: engine.Do{Drop: &engine.SegmentAction{Segment: id}}})
	fork := works(t, "run", "close/four-way", "--format", "jsonl", "--input", string(in), "--vary", "closer=server")
	if strings.Contains(fork, `"closer":"client"`) || !strings.Contains(fork, `"kind":"input"`) || !strings.Contains(fork, `"retransmission":true`) {
		t.Error("the dropped FIN is not sent again")
	}
}

const twoLines = "def p(os):\n    os.sleep(5)\nhost('client', p)\n"

func TestRunTakesAFile(t *testing.T) {
	path := write(t, "mine.star", twoLines)
	fromFile := works(t, "run", path, "--format", "jsonl")
	if !strings.Contains(fromFile, `"call":"sleep"`) {
		t.Errorf("it prints\n%s", fromFile)
	}
	var out, errs bytes.Buffer
	if status := Main(context.Background(), []string{"run", "-", "--format", "jsonl"}, nil, strings.NewReader(twoLines), &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	if out.String() != fromFile {
		t.Error("standard input gives another log")
	}
	for _, format := range []string{"text", "pcapng", "ss"} {
		works(t, "run", path, "--format", format)
	}
	if early := works(t, "run", path, "--format", "ss", "--at", "1us"); !strings.Contains(early, "at 0.000001 s") {
		t.Errorf("the child does not get the moment:\n%s", early)
	}
}

// TestFailuresAreOneLine holds exit codes and messages of what can go wrong.
func TestFailuresAreOneLine(t *testing.T) {
	bomb := write(t, "bomb.star", "n = 1\nx = 'x' * 1000000000\n")
	loop := write(t, "loop.star", "def p(os):\n    while True:\n        pass\nhost('client', p)\n")
	loopback := write(t, "loopback.star", "def p(os):\n    os.connect(os.socket(), '127.0.0.1', 80)\nhost('client', p)\n")
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"run nothing/here", 1, `there is no scenario "nothing/here"`},
		{"run nothing.star", 1, "there is no file nothing.star"},
		{"run " + bomb, 1, bomb + ":2:9: this would make a text of more than 16 MiB: x = 'x' * 1000000000"},
		{"run " + loop, 1, loop + ":2:5: the program is still computing"},
		{"run --token close/four-way~7", 1, "not a run's token"},
		{"run close/four-way --vary closer=nobody", 1, `closer is one of ["client" "server"], not "nobody"`},
		{"run close/four-way --vary color=red", 1, `varies nothing called "color"`},
		{`run close/four-way --input {"at":-5,"do":{"cut":{}}}`, 1, "input 1: "},
		{"run close/four-way --seed=-1", 1, "the seed -1"},
		{"run close/four-way --format pcapng --host nobody", 1, "nobody"},
		{`run close/four-way --input {"at":5}{`, 2, "--input"},
		{`run close/four-way --input {"at":5,"do":{"explode":{}}}`, 2, "explode"},
		{"run", 2, "run what?"},
		{"run close/four-way --token x", 2, "a token says all of a run"},
		{"run close/four-way --host client", 2, "--host goes with --format pcapng, packetdrill and ss"},
		{"run close/four-way --format xml", 2, "--format"},
		{"run close/four-way --at 1s", 2, "--at goes with --format ss"},
		{"run close/four-way --format ss --at=-1s", 2, "--at"},
		{"run close/four-way --format ss --host nobody", 1, "nobody"},
		{"run close/four-way --format ss --until 1s --at 2s", 1, "the run ends at"},
		{"run close/four-way --format packetdrill --host nobody", 1, "nobody"},
		{"run " + loopback + " --format packetdrill", 1, "client talks to itself"},
		{"run close/four-way --until -5s", 2, "--until"},
		{"run close/four-way --seed many", 2, "--seed"},
		{"run a b", 2, "unexpected argument b"},
		{"fly", 2, "unexpected argument fly"},
		{"scenarios --format xml", 2, "--format"},
		{"check /nonexistent", 1, "/nonexistent"},
		{"scenarios --content /nonexistent", 1, "/nonexistent"},
		{"serve --addr nowhere", 1, "FINWAIT_ADDR"},
		{"healthcheck --addr 127.0.0.1:1", 1, "not ready"},
	} {
		status, stdout, stderr := finwait(t, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) {
			t.Errorf("finwait %s: exit code %d, %s\twant %d and %q", c.args, status, stderr, c.status, c.says)
		}
		if strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("finwait %s does not print one line on stderr alone: %q %q", c.args, stdout, stderr)
		}
	}
}

func TestEveryHelpHasAnExample(t *testing.T) {
	for _, command := range []string{"", "serve", "run", "scenarios", "check", "healthcheck", "version"} {
		help := works(t, append(strings.Fields(command), "--help")...)
		if !strings.Contains(help, "Example") || !strings.Contains(help, "finwait") {
			t.Errorf("the help of %q has no example:\n%s", command, help)
		}
	}
	if help := works(t, "--help"); strings.Contains(help, "sandbox") {
		t.Error("the help shows the sandbox command")
	}
	if help := works(t, "serve", "--help"); !strings.Contains(help, "FINWAIT_ADDR") {
		t.Error("the help of serve does not name the environment")
	}
}

func TestScenariosAreListed(t *testing.T) {
	var list []entry
	if err := json.Unmarshal([]byte(works(t, "scenarios", "--format", "json")), &list); err != nil {
		t.Fatal(err)
	}
	text := works(t, "scenarios")
	for _, e := range list {
		if e.Title.En == "" || e.Title.Zh == "" || len(e.SHA256) != 64 || !strings.Contains(text, e.Name) {
			t.Errorf("listed: %+v", e)
		}
	}
	if len(list) == 0 {
		t.Error("there are no scenarios")
	}
}

// TestSettingsComeFromTheGivenEnvironment lays a folder over the content by the environment, then by a flag that wins.
func TestSettingsComeFromTheGivenEnvironment(t *testing.T) {
	t.Setenv("FINWAIT_CONTENT", "/nonexistent") // the machine's own is not asked
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "scenarios"), 0o700); err != nil {
		t.Fatal(err)
	}
	star := "scenario(title = {'en': 'Mine', 'zh': '我的'})\n" + twoLines
	if err := os.WriteFile(filepath.Join(dir, "scenarios", "mine.star"), []byte(star), 0o600); err != nil {
		t.Fatal(err)
	}
	list := func(env []string, args ...string) (int, string) {
		var out, errs bytes.Buffer
		status := Main(context.Background(), append([]string{"scenarios"}, args...), env, nil, &out, &errs)
		return status, out.String() + errs.String()
	}
	if status, out := list([]string{"FINWAIT_CONTENT=" + dir}); status != 0 || !strings.Contains(out, "mine") {
		t.Errorf("exit code %d: %s", status, out)
	}
	if status, out := list([]string{"FINWAIT_CONTENT=/nonexistent"}, "--content", dir); status != 0 || !strings.Contains(out, "mine") {
		t.Errorf("exit code %d: %s", status, out)
	}
	if status, _ := list([]string{"FINWAIT_CONTENT=/nonexistent"}); status != 1 {
		t.Errorf("a folder that is not there gives exit code %d", status)
	}
}

func TestVersion(t *testing.T) {
	if v := works(t, "version"); !strings.HasPrefix(v, "finwait ") || !strings.Contains(v, "engine 2") {
		t.Errorf("it prints %q", v)
	}
}
