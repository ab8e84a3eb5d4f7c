//go:build journeys

package journeys

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestARunIsTheSameBytesEverywhere prints one run from two processes and from two servers.
func TestARunIsTheSameBytesEverywhere(t *testing.T) {
	t.Parallel()
	one, two := server.Shared(t), server.Start(t)
	token := server.TokenOn(t, fetch(t, one.URL+"/en/lessons/four-way"))
	want := server.Command(t, "run", "--token", token, "--format", "jsonl")
	if !bytes.Contains(want, []byte(`"kind":"end"`)) {
		t.Fatalf("the run has no end:\n%.300s", want)
	}
	for name, got := range map[string][]byte{
		"another process":                server.Command(t, "run", "--token", token, "--format", "jsonl"),
		"the run by its scenario's name": server.Command(t, "run", "close/four-way", "--seed", "7", "--vary", "closer=client", "--format", "jsonl"),
		"a server":                       fetch(t, one.URL+"/api/v1/runs.jsonl?run="+url.QueryEscape(token)),
		"another server":                 fetch(t, two.URL+"/api/v1/runs.jsonl?run="+url.QueryEscape(token)),
	} {
		if !bytes.Equal(got, want) {
			t.Errorf("%s prints other bytes:\n%.300s\nwant\n%.300s", name, got, want)
		}
	}
}

// TestTheCaptureOpensInTshark writes the run as pcapng and lets Wireshark's dissectors judge it.
func TestTheCaptureOpensInTshark(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "four-way.pcapng")
	if err := os.WriteFile(path, server.Command(t, "run", "close/four-way", "--format", "pcapng"), 0o644); err != nil {
		t.Fatal(err)
	}
	packets := tshark(t, path, "-T", "fields", "-e", "tcp.flags.str", "-e", "ip.checksum.status", "-e", "tcp.checksum.status")
	lines := strings.Split(strings.TrimSpace(packets), "\n")
	if len(lines) < 9 {
		t.Errorf("the capture has %d packets; want the handshake, a request, an answer and four to close\n%s", len(lines), packets)
	}
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) != 3 || fields[1] != "1" || fields[2] != "1" {
			t.Errorf("packet %d: %s; want both checksums good (1)", i+1, line)
		}
	}
	if fins := strings.Count(packets, "F"); fins != 2 {
		t.Errorf("the capture has %d FINs; want 2\n%s", fins, packets)
	}
	const warning = "6291456" // PI_WARN; an error is above it
	if expert := tshark(t, path, "-Y", "_ws.expert.severity >= "+warning, "-V"); expert != "" {
		t.Errorf("tshark finds fault:\n%s", expert)
	}
}

// TestLessonsShowWhatCommandsPrint makes the commands that the lessons show, $ finwait run and $ tshark, and finds what they
// show below them in what is printed: of each line some words, in their order.
func TestLessonsShowWhatCommandsPrint(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../content/lessons/*/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no lessons: ", err)
	}
	shown := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for i, block := range strings.Split(string(text), "```") {
			if i%2 == 0 || !strings.Contains(block, "$ finwait run ") && !strings.Contains(block, "$ tshark -r ") {
				continue
			}
			for _, part := range strings.Split(block, "$ ")[1:] {
				command, below, _ := strings.Cut(part, "\n")
				printed := strings.Split(runShown(t, dir, command), "\n")
				for _, line := range strings.Split(below, "\n") {
					if strings.TrimSpace(line) == "" {
						continue
					}
					shown++
					if !slices.ContainsFunc(printed, func(p string) bool { return hasWords(p, line) }) {
						t.Errorf("%s: $ %s\nshows\n  %s\nbut prints\n%s", file, command, line, strings.Join(printed, "\n"))
					}
				}
			}
		}
	}
	if shown < 2*20 {
		t.Errorf("the lessons show only %d lines", shown)
	}
}

// runShown makes a command of a lesson; what it writes to a file stays in the folder.
func runShown(t *testing.T, dir, command string) string {
	t.Helper()
	command, file, _ := strings.Cut(command, " > ")
	words := strings.Fields(strings.ReplaceAll(command, "'tcp.flags.fin == 1'", "tcp.flags.fin==1"))
	if words[0] == "tshark" {
		return tshark(t, filepath.Join(dir, words[2]), words[3:]...)
	}
	out := server.Command(t, words[1:]...)
	if file == "" {
		return string(out)
	}
	if err := os.WriteFile(filepath.Join(dir, file), out, 0o644); err != nil {
		t.Fatal(err)
	}
	return ""
}

// hasWords says whether a printed line has a shown line's words in their order; a time may be cut, … stands for what is left out.
func hasWords(printed, shown string) bool {
	words := strings.Fields(strings.ReplaceAll(shown, "…", ""))
	for _, word := range strings.Fields(printed) {
		if len(words) > 0 && strings.HasPrefix(word, words[0]) {
			words = words[1:]
		}
	}
	return len(words) == 0
}

// TestARunReadsAsText looks at the form for people.
func TestARunReadsAsText(t *testing.T) {
	t.Parallel()
	text := string(server.Command(t, "run", "close/four-way", "--format", "text"))
	for _, want := range []string{"SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not name %s:\n%s", want, text)
		}
	}
}

// tshark reads a capture with checksums verified.
func tshark(t *testing.T, path string, args ...string) string {
	t.Helper()
	cmd := exec.Command("tshark", append([]string{"-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, stderr.String())
	}
	return string(out)
}

// fetch gets what must be there.
func fetch(t *testing.T, address string) []byte {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", address, res.Status, err, body)
	}
	return body
}
