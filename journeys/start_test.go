//go:build journeys

package journeys

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finwait/journeys/server"
)

// TestAStartThatCannotWorkSaysWhyInALine starts the service where it must not start.
func TestAStartThatCannotWorkSaysWhyInALine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	notADatabase := filepath.Join(t.TempDir(), "finwait.db")
	if err := os.WriteFile(notADatabase, bytes.Repeat([]byte("not a database\n"), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct{ setting, says string }{
		"port in use":            {"FINWAIT_ADDR=" + taken.Addr().String(), taken.Addr().String()},
		"not an address":         {"FINWAIT_ADDR=8080", "FINWAIT_ADDR"},
		"folder does not exist":  {"FINWAIT_DB=sqlite:/nowhere/finwait.db", "/nowhere/finwait.db"},
		"read-only file system":  {"FINWAIT_DB=sqlite:/proc/finwait.db", "/proc/finwait.db"},
		"not a database":         {"FINWAIT_DB=sqlite:" + notADatabase, notADatabase},
		"wrong kind of log":      {"FINWAIT_LOG=xml", "FINWAIT_LOG"},
		"base URL without host":  {"FINWAIT_BASE_URL=/finwait", "FINWAIT_BASE_URL"},
		"content does not exist": {"FINWAIT_CONTENT=/nowhere", "FINWAIT_CONTENT"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			var out bytes.Buffer
			cmd := exec.CommandContext(ctx, server.Binary(t), "serve")
			cmd.Dir = t.TempDir()
			cmd.Env = []string{"HOME=" + cmd.Dir, "FINWAIT_ADDR=127.0.0.1:" + server.FreePort(t), each.setting}
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("%v; want exit code 1", err)
			}
			text := strings.TrimSuffix(out.String(), "\n")
			if strings.Contains(text, "\n") || !strings.Contains(text, each.says) {
				t.Errorf("it says\n%s\nwant one line with %q", text, each.says)
			}
		})
	}
}

// TestAnUnknownSettingOnlyWarns starts the service with a name of a later version.
func TestAnUnknownSettingOnlyWarns(t *testing.T) {
	t.Parallel()
	s := server.Start(t, "FINWAIT_LTI_KEYS=x")
	if log := s.Log(); !strings.Contains(log, "FINWAIT_LTI_KEYS") {
		t.Errorf("the log does not name the setting:\n%s", log)
	}
}
