package scenario_test

import (
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

// TestProgramsSeeWhatTheCallsGive runs a program that asserts its own results; fail() would be an error of the run.
func TestProgramsSeeWhatTheCallsGive(t *testing.T) {
	log := execute(t, scenario.Run{Source: `
def want(got, expected, what):
    if got != expected:
        fail("%s gave %r, want %r" % (what, got, expected))

def answer(os, c, text):
    want(os.read(c, 100), "ping", "read")
    want(os.write(c, text), 4, "write")
    want(os.close(c), 0, "close")

def server(os):
    s = os.socket()
    want(os.setsockopt(s, os.SO_REUSEADDR, True), 0, "setsockopt")
    want(os.bind(s, "10.0.0.2", 80), 0, "bind")
    want(os.listen(s, 5), 0, "listen")
    c = os.accept(s)
    want(os.getpeername(c).startswith("10.0.0.1:"), True, "getpeername")
    want(os.spawn(answer, c, "pong"), 1, "spawn")
    want(os.read(99, 5), None, "read of no descriptor")
    want(os.errno, "EBADF", "errno")
    want(os.accept(99), -1, "accept of no descriptor")
    os.sleep("1s")

def client(os):
    want(os.errno, "", "errno at first")
    s = os.socket()
    want(os.connect(s, "server", 81), -1, "connect to a closed port")
    want(os.errno, "ECONNREFUSED", "errno")
    s = os.socket()
    want(os.connect(s, "server", 80), 0, "connect")
    want(os.getsockname(s).split(":")[0], "10.0.0.1", "getsockname")
    want(os.poll(s, 0), {s: "POLLOUT"}, "poll")
    want(os.poll({s: os.POLLIN}, 0), {}, "poll for what is not there")
    want(os.poll({s: "POLLIN|POLLOUT"}, 0), {s: "POLLOUT"}, "poll for two events")
    want(os.poll({s: "POLLIN", 99: "POLLIN"}, 0), {99: "POLLNVAL"}, "poll of no descriptor")
    want(os.write(s, "ping"), 4, "write")
    want(os.fcntl(s, os.O_NONBLOCK), 0, "fcntl")
    want(os.read(s, 10), None, "read without data")
    want(os.errno, "EAGAIN", "errno")
    want(os.fcntl(s, os.O_NONBLOCK, False), 0, "fcntl")
    os.sleep("200ms")
    want(os.poll([s], "5s")[s].split("|")[0], "POLLIN", "poll")
    want(os.poll({s: "POLLIN"}, "5s"), {s: "POLLIN"}, "poll for one of the events")
    want(os.read(s, 10), "pong", "read")
    want(os.read(s, 10), "", "read at the end")
    want(os.getsockopt(s, "SO_ERROR"), 0, "getsockopt")
    want(os.shutdown(s, os.SHUT_WR), 0, "shutdown")
    want(os.close(s), 0, "close")
    want(os.close(s), -1, "close again")
    os.exit(7)

host("server", server)
host("client", client)
`})
	lines := strings.Split(log.Source, "\n")
	exit := -1
	for _, ev := range log.Events {
		switch b := ev.Body.(type) {
		case *engine.CallMade:
			if b.Line < 1 || !strings.Contains(lines[b.Line-1], "os."+b.Call+"(") {
				t.Errorf("%s is said to be called in line %d: %s", b.Call, b.Line, lines[max(b.Line-1, 0)])
			}
		case *engine.Process:
			if b.Host == "client" && b.Action == engine.ProcessExit {
				exit = b.Status
			}
		}
	}
	if exit != 7 {
		t.Errorf("the client's exit status is %d", exit)
	}
}
