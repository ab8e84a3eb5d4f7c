package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"finwait/scenario"
)

// TestProgram shows what belongs to a program and nothing else.
func TestProgram(t *testing.T) {
	const source = `# What it is about, which may tell the answer.
scenario(title = "A title", link = link(delay = vary("delay", ["10ms", "20ms"])))

how, size = vary("how", ["close", "reset"]), int(vary("size", ["3", "300"]))  # what it says
late = "5ms"    # is not used by the client
lost = vary("lost", ["no", "yes"])
PORTS = [80 + i for i in range(size)]

def leave(os, s, how = "x"):
    # leaves
    if how == "reset":
        os.setsockopt(s, "SO_LINGER", 1, 0)    # resets: "#"

    os.close(s)

def server(os):
    os.sleep(late)

def client(os):
    s = os.socket()
    os.connect(s, "server", PORTS[0])
    os.write(s, "#" * size)    # 中文
    for lost in range(2):
        leave(os, s, how)

host("server", server)
host("client", client, sysctl = {"net.ipv4.tcp_retries2": int(size)})
if lost == "yes":
    drop(nth = 1)
`
	log, err := scenario.Execute(nil, scenario.Run{Source: source, Vary: map[string]string{"how": "reset"}}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	shown := func(line int) string {
		var b strings.Builder
		for _, l := range log.Program(line) {
			fmt.Fprintf(&b, "%d %s\n", l.Number, l.Text)
		}
		return b.String()
	}
	want := `4 how, size = "reset", int("3")
7 PORTS = [80 + i for i in range(size)]
9 def leave(os, s, how = "x"):
11     if how == "reset":
12         os.setsockopt(s, "SO_LINGER", 1, 0)
14     os.close(s)
19 def client(os):
20     s = os.socket()
21     os.connect(s, "server", PORTS[0])
22     os.write(s, "#" * size)
23     for lost in range(2):
24         leave(os, s, how)
27 host("client", client, sysctl = {"net.ipv4.tcp_retries2": int(size)})
`
	if got := shown(21); got != want {
		t.Errorf("the client's program:\n%s\nwant\n%s", got, want)
	}
	if got, want := shown(17), "5 late = \"5ms\"\n16 def server(os):\n17     os.sleep(late)\n"; got != want {
		t.Errorf("the server's program:\n%s\nwant\n%s", got, want)
	}
	if got := shown(26); got != "" {
		t.Errorf("a line of the top level gives\n%s", got)
	}
}
