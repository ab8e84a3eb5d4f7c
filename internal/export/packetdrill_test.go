package export_test

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/scenario"
)

// TestPacketdrill holds whole scripts, which checkScript has to accept. The command's argument: host=server.
func TestPacketdrill(t *testing.T) {
	datadriven.Walk(t, "testdata/packetdrill", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			host := "client"
			d.MaybeScanArgs(t, "host", &host)
			log := execute(t, scenario.Run{Source: d.Input, Seed: 7})
			var b bytes.Buffer
			if err := export.Packetdrill(&b, log, host); err != nil {
				return "error: " + err.Error()
			}
			if err := checkScript(b.String()); err != nil {
				t.Errorf("%s: %v", d.Pos, err)
			}
			return strings.ReplaceAll(b.String(), "\n\n", "\n.\n")
		})
	})
}

// library is the folder of the course's scenarios.
type library struct{ fs.FS }

func (l library) Source(name string) (string, bool) {
	b, err := fs.ReadFile(l.FS, name+".star")
	return string(b), err == nil
}

// refusals are what Packetdrill may say of a run that no script can tell.
var refusals = regexp.MustCompile(`connections: a packetdrill script follows one|talks to itself|makes one call at a time|` +
	`follows the profile rfc9293|nothing of the network|does not return`)

// TestEveryScenarioIsAScript writes both hosts of every scenario of the course as scripts and reads them again.
func TestEveryScenarioIsAScript(t *testing.T) {
	lib := library{os.DirFS("../../content/scenarios")}
	scripts, refused := 0, 0
	err := fs.WalkDir(lib.FS, ".", func(path string, _ fs.DirEntry, err error) error {
		name, isScenario := strings.CutSuffix(path, ".star")
		if err != nil || !isScenario {
			return err
		}
		log, err := scenario.Execute(lib, scenario.Run{Scenario: name, Seed: 1}, scenario.Limits{})
		if err != nil {
			return err
		}
		for _, h := range log.Events[0].Body.(*engine.Meta).Hosts {
			var b bytes.Buffer
			err := export.Packetdrill(&b, log, h.Name)
			switch {
			case err != nil && refusals.MatchString(err.Error()):
				refused++
			case err != nil:
				t.Errorf("%s, %s: %v", name, h.Name, err)
			default:
				scripts++
				if err := checkScript(b.String()); err != nil {
					t.Errorf("%s, %s: %v\n%s", name, h.Name, err, b.String())
				}
			}
		}
		return nil
	})
	if err != nil || scripts < 2*refused {
		t.Errorf("%d scripts, %d refusals: %v", scripts, refused, err)
	}
}

// TestInputsMakeCallsToo: what a learner lets a process call, with whatever arguments, is written or left out.
func TestInputsMakeCallsToo(t *testing.T) {
	const source = `
def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 8)
    os.read(os.accept(s), 100)
def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.sleep("1s")
host("server", server)
host("client", client)
`
	r := scenario.Run{Source: source}
	fd := engine.Num(3)
	for i, c := range []engine.CallAction{
		{Call: "shutdown", Args: []engine.Arg{fd}},
		{Call: "fcntl", Args: []engine.Arg{fd, engine.Str("O_SYNC"), engine.Num(1)}},
		{Call: "setsockopt", Args: []engine.Arg{fd, engine.Str("SO_MARK"), engine.Num(1)}},
		{Call: "poll", Args: []engine.Arg{engine.Num(0), engine.Str("POLLIN"), fd}},
		{Call: "write", Args: []engine.Arg{fd, engine.Str("hello")}},
		{Call: "close", Args: []engine.Arg{engine.Num(77)}},
		{Call: "shutdown", Args: []engine.Arg{fd, engine.Str("SHUT_WR")}},
	} {
		c.Host, c.Proc = "client", "client"
		r.Inputs = append(r.Inputs, engine.Input{At: engine.Micros(100_000 + i*1000), Do: engine.Do{Call: &c}})
	}
	var b bytes.Buffer
	if err := export.Packetdrill(&b, execute(t, r), "client"); err != nil {
		t.Fatal(err)
	}
	script := b.String()
	if err := checkScript(script); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"write(3, ..., 5) = 5", "shutdown(3, SHUT_WR) = 0"} {
		if !strings.Contains(script, line) {
			t.Errorf("the script has no %s:\n%s", line, script)
		}
	}
}

const goodScript = `// a comment
--ip_version=ipv4
--tolerance_usecs=10000

0               socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...0.02       connect(3, ..., ...) = 0
+0              > S 0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
+0.02           < S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS val 700 ecr 100,nop,wscale 7>
+0              > . 1:1(0) ack 1 win 502 <nop,nop,TS val 120 ecr 700>
+0              poll([{fd=3, events=POLLIN, revents=0}], 1, 0) = 0
+0.05           close(3) = 0
+0              > F. 1:1(0) ack 1 win 502 <nop,nop,TS val 170 ecr 700>
+0.2~+0.25      > F. 1:1(0) ack 1 win 502 <nop,nop,TS val 392 ecr 700>
`

// TestTheCheckSeesMistakes: checkScript can fail.
func TestTheCheckSeesMistakes(t *testing.T) {
	if err := checkScript(goodScript); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, says string }{
		{"0               socket", "0.1 socket", "not at 0"},
		{"+0.05", "0.05", "absolute"},
		{"+0.2~+0.25", "+0.2~+0.1", "range"},
		{"+0.02           <", "+0.02~+0.03 <", "range"},
		{"+0.05           close", "+0.05~+0.06 close", "range"},
		{"+0...0.02", "+0.03...0.02", "ends"},
		{"+0...0.02", "+0...9", "blocks until"},
		{"socket(...,", "socket(", "arguments"},
		{"close(3) = 0", "close(4) = 0", "not open"},
		{"fd=3", "fd=5", "not open"},
		{"close(3) = 0", "close(3) = -1", "without an error"},
		{"close(3) = 0", "close(3) = -1 EPIPE", `"("`},
		{"close(3) = 0", "close(3) = -1 EPIPE (Broken key)", "word of the language"},
		{"close(3) = 0", "clothe(3) = 0", "the call clothe"},
		{"POLLIN", "POLLUTED", "the name"},
		{"+0.05           close(3) = 0", "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4", "after the first packet"},
		{"> F. 1:1(0)", "> F. 1:2(0)", "long"},
		{"> F. 1:1(0) ack 1", "> F. 1:1(0)", "go together"},
		{"> F.", "> FS.", "the flags"},
		{"win 502", "win 65536", "between"},
		{"ecr 100", "ecr 101", "no timestamp"},
		{"nop,wscale 7", "wscale 7", "bytes"},
		{"sackOK", "sackok", "the option"},
		{"--ip_version", "--ipversion", "the option"},
		{"<nop,nop,TS val 120 ecr 700>", "<nop,nop,TS val 120 ecr 700", `">"`},
		{"> S 0:0(0)", "> S 1:2:3:4:5:6:7::8", "address"},
	} {
		script := strings.Replace(goodScript, c.from, c.to, 1)
		if script == goodScript {
			t.Fatalf("the script has no %q", c.from)
		}
		if err := checkScript(script); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q for %q: %v, want %q", c.to, c.from, err, c.says)
		}
	}
}
