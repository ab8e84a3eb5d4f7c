package wire

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// dissect runs tshark over a capture with both checksums checked and gives its output's lines.
func dissect(t *testing.T, file []byte, args ...string) []string {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skipf("tshark is not installed (apt-get install tshark): %v", err)
	}
	name := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	// Captures of several runs are one file's sections, and may have the same addresses, ports and numbers with other data
	// in them: bytes are not put together across segments.
	args = append([]string{"-n", "-r", name, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "tcp.desegment_tcp_streams:FALSE"}, args...)
	cmd := exec.Command(path, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, complaints.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// checkWithTshark fails unless an independent dissector finds as many packets as have names, all of them well-formed.
func checkWithTshark(t *testing.T, file []byte, names []string) {
	t.Helper()
	lines := dissect(t, file, "-T", "fields", "-E", "separator=|",
		"-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "_ws.malformed", "-e", "_ws.expert.severity",
		"-e", "_ws.expert.message")
	if len(lines) != len(names) {
		t.Fatalf("tshark finds %d packets, want %d", len(lines), len(names))
	}
	const good, errorSeverity = "1", "8388608"
	for i, line := range lines {
		f := strings.SplitN(line, "|", 5)
		if len(f) != 5 || f[0] != good || f[1] != good || f[2] != "" || strings.Contains(f[3], errorSeverity) {
			t.Errorf("%s: ip checksum|tcp checksum|malformed|severity|message = %s", names[i], line)
		}
	}
}

// TestTsharkFindsNothingWrong reads both captures with Wireshark's dissectors.
func TestTsharkFindsNothingWrong(t *testing.T) {
	names := strings.Fields("1 2 3 4 5 6 7 8 9 10 11")
	checkWithTshark(t, capture1(t, fourWay(), "client"), names)
	checkWithTshark(t, capture1(t, fourWay(), "server"), names)
}

// TestTsharkSeesABadChecksum: the check above can fail.
func TestTsharkSeesABadChecksum(t *testing.T) {
	file := capture1(t, fourWay(), "client")
	at := strings.Index(string(file), "hello")
	file[at] = 'j'
	lines := dissect(t, file, "-Y", "tcp.checksum.status == bad && _ws.expert.severity == error",
		"-T", "fields", "-e", "tcp.payload")
	if len(lines) != 1 || lines[0] != "6a656c6c6f" {
		t.Errorf("packets with a bad checksum: %q", lines)
	}
}

// TestTsharkUnderstandsTheStory: SACK, timestamps, window scale and the loss are read as the engine meant them.
func TestTsharkUnderstandsTheStory(t *testing.T) {
	file := capture1(t, fourWay(), "client")
	for _, c := range []struct{ filter, field, want string }{
		{"tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.options.mss_val", "1460"},
		{"tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.options.wscale.shift", "7"},
		{"tcp.options.sack_le", "tcp.options.sack_le", "6"},
		{"tcp.options.sack_le", "tcp.options.sack_re", "7"},
		{"tcp.analysis.retransmission", "ip.id", "0x0007"},
		{"tcp.len == 5", "tcp.window_size", "64256"},
		{"tcp.len == 5", "frame.comment", "segment 4, rfc9293/sent"},
		{"tcp.len == 5", "frame.interface_name", "client"},
		{"tcp.len == 5", "frame.time_epoch", "946684800.030000000"},
	} {
		lines := dissect(t, file, "-Y", c.filter, "-T", "fields", "-e", c.field)
		if len(lines) != 1 || lines[0] != c.want {
			t.Errorf("%s of %s: %q, want %q", c.field, c.filter, lines, c.want)
		}
	}
}

// TestTsharkNamesHosts: with name resolution on, the capture's own names are shown.
func TestTsharkNamesHosts(t *testing.T) {
	lines := dissect(t, capture1(t, fourWay(), "client"), "-Nn", "-c", "1", "-T", "fields", "-e", "ip.src_host")
	if lines[0] != "client" {
		t.Errorf("10.0.0.1 is shown as %q", lines[0])
	}
}
