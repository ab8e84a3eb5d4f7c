package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	out := t.TempDir()
	var stdout, stderr bytes.Buffer
	if status := Main(t.Context(), []string{"verify", "close_by_client", "fin_lost_once", "half_close_server_sends", "--out", out}, nil, nil, &stdout, &stderr); status != 0 {
		t.Fatalf("exit %d: %s%s", status, stdout.String(), stderr.String())
	}
	if !strings.HasSuffix(stdout.String(), "3 of 3 traces agree with the engine\n") {
		t.Errorf("the report ends otherwise:\n%s", stdout.String())
	}
	log, err := os.ReadFile(filepath.Join(out, "fin_lost_once.jsonl"))
	if err != nil || !bytes.Contains(log, []byte(`"rule":"rfc8985/probe-resend"`)) {
		t.Errorf("the log has no loss probe (%v)", err)
	}
}

// TestVerifyFails gives the engine a trace that claims what no kernel does: a FIN with a number of its own.
func TestVerifyFails(t *testing.T) {
	good, err := os.ReadFile("../../internal/verify/traces/close_by_client.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bad := bytes.Replace(good, []byte(`"flags": "FA", "seq": 11`), []byte(`"flags": "FA", "seq": 12`), 1)
	if err := os.WriteFile(filepath.Join(dir, "changed.jsonl"), bad, 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := Main(t.Context(), []string{"verify", "--traces", dir}, nil, nil, &stdout, &stderr); status != 1 {
		t.Errorf("exit %d, want 1", status)
	}
	for _, want := range []string{"differs  changed", "client FA seq 12 ack 21 len 0 delivered", "client FA seq 11 ack 21 len 0 delivered", "rfc9293/send-fin"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, stdout.String())
		}
	}
	if got := strings.Count(stderr.String(), "\n"); got != 1 {
		t.Errorf("stderr has %d lines: %s", got, stderr.String())
	}
	if status := Main(t.Context(), []string{"verify", "nothing"}, nil, nil, &stdout, &stderr); status != 1 {
		t.Errorf("an unknown trace: exit %d, want 1", status)
	}
}
