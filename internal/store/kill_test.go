package store

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// childVar makes the test binary the process that is killed; its value is the database's path.
const childVar = "FINWAIT_STORE_TEST_CHILD"

// saveUntilKilled saves answers and prints the id of each once it is acknowledged, until the process dies.
func saveUntilKilled(path string) {
	ctx := context.Background()
	s, err := Open(ctx, "sqlite:"+path)
	check(err)
	l, err := insertLearner(ctx, s.write)
	check(err)
	for n := 0; ; n++ {
		a := answerOf(l, fmt.Sprint(n))
		a.Body = json.RawMessage(fmt.Sprintf(`{"n":%d}`, n))
		_, inserted, err := s.SaveAnswer(ctx, a)
		check(err)
		if !inserted {
			check(fmt.Errorf("answer %d was there already", n))
		}
		fmt.Println(l.ID, n) // os.Stdout has no buffer
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestNoAcknowledgedAnswerIsLost kills a process with SIGKILL while it saves, several times on one file, and finds every
// answer that it had acknowledged.
func TestNoAcknowledgedAnswerIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "finwait.db")
	acknowledged := map[string]int{} // by learner
	for range 5 {
		learner, n := runAndKill(t, path)
		if n == 0 {
			t.Fatal("the child saved nothing before it was killed")
		}
		acknowledged[learner] = n
	}
	s := reopen(t, path)
	for learner, n := range acknowledged {
		answers, err := s.AnswersOf(t.Context(), learner)
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string]string{}
		for _, a := range answers {
			kept[a.ID] = string(a.Body)
		}
		for i := range n {
			if want := fmt.Sprintf(`{"n":%d}`, i); kept[fmt.Sprint(i)] != want {
				t.Errorf("answer %d was acknowledged and is %q", i, kept[fmt.Sprint(i)])
			}
		}
		if len(kept) > n+1 { // one can be saved and not yet printed
			t.Errorf("%d answers kept of %d acknowledged", len(kept), n)
		}
	}
	var verdict string
	if err := s.read.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s, %v", verdict, err)
	}
}

// runAndKill starts a child, kills it a random moment after its first acknowledgement, and gives the learner that it made
// and how many answers it acknowledged.
func runAndKill(t *testing.T, path string) (learner string, n int) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	giveUp := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer giveUp.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var id string
		var i int
		if _, err := fmt.Sscan(lines.Text(), &id, &i); err != nil {
			break // the last line was cut off by the kill
		}
		if learner, n = id, i+1; n == 1 {
			time.AfterFunc(time.Duration(rand.IntN(200_000))*time.Microsecond, func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v", cmd.ProcessState)
	}
	return learner, n
}
