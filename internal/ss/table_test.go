package ss

import (
	"os/exec"
	"strings"
	"testing"

	"finwait/engine"
)

// TestNamesAreThoseOfSS asks ss itself for its names of states: it takes them as a filter, and no others.
func TestNamesAreThoseOfSS(t *testing.T) {
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skipf("ss is not installed (apt-get install iproute2): %v", err)
	}
	known, err := exec.Command("ss", "--help").CombinedOutput()
	if err != nil {
		t.Skipf("ss --help: %v", err)
	}
	for _, state := range []engine.State{engine.Closed, engine.Listen, engine.SynSent, engine.SynReceived, engine.Established, engine.FinWait1,
		engine.FinWait2, engine.CloseWait, engine.Closing, engine.LastAck, engine.TimeWait} {
		name := Name(state)
		long := map[string]string{"ESTAB": "established", "UNCONN": "closed", "LISTEN": "listening"}[name]
		if long == "" {
			long = strings.TrimRight(strings.ToLower(name), "12") // fin-wait-{1,2}
		}
		if !strings.Contains(string(known), long) {
			t.Errorf("%s is %s, which ss does not list", state, name)
		}
	}
}

// What ss lists of a host: by its events alone, listeners first, no closed socket, nothing queued in TIME-WAIT, nothing after
// the power went.
func TestTable(t *testing.T) {
	state := func(sock int, remote string, to engine.State) engine.Event {
		return engine.Event{Body: &engine.StateChange{Host: "a", Sock: sock, Local: "10.0.0.1:80", Remote: remote, To: to}}
	}
	table := Table{Host: "a"}
	for _, ev := range []engine.Event{
		state(2, "10.0.0.2:4000", engine.SynReceived),
		state(1, "*", engine.Listen),
		{Body: &engine.Queue{Host: "a", Sock: 2, RecvQ: 5, SendQ: 7}},
		{Body: &engine.Queue{Host: "b", Sock: 2, RecvQ: 9}},
		{Body: &engine.ListenQueue{Host: "a", Sock: 1, Accept: 1, Backlog: 8}},
		{Body: &engine.StateChange{Host: "b", Sock: 3, To: engine.Listen}},
	} {
		table.Take(ev)
	}
	got := table.Listed()
	if len(got) != 2 || *got[0] != (Socket{1, engine.Listen, "10.0.0.1:80", "0.0.0.0:*", 1, 8}) ||
		*got[1] != (Socket{2, engine.SynReceived, "10.0.0.1:80", "10.0.0.2:4000", 5, 7}) {
		t.Errorf("it lists %+v and %+v", got[0], got[len(got)-1])
	}
	if s := table.Take(state(2, "10.0.0.2:4000", engine.TimeWait)); s == nil || s.RecvQ+s.SendQ != 0 {
		t.Errorf("in TIME-WAIT: %+v", s)
	}
	if s := table.Take(state(2, "10.0.0.2:4000", engine.Closed)); s == nil || len(table.Listed()) != 1 {
		t.Errorf("when it is closed: %+v", s)
	}
	table.Take(engine.Event{Body: &engine.InputApplied{Do: engine.Do{PowerOff: &engine.HostAction{Host: "a"}}}})
	if len(table.Listed()) != 0 {
		t.Error("after the power went it lists sockets")
	}
}
