package stream

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestTranscripts holds whole conversations, which are written in testdata; -rewrite writes what was said. In them
//
//	dial [session=S] [lang=zh] [burst=N]   begins a connection; burst begins a new server first
//	send                                   sends each line of its input as a frame, and prints all frames that come back
//	wait SECONDS                           lets the clock of the charges go on
//	hold / let-go                          sends without waiting for slow runs / lets one end, and prints what comes
//
// The events of an events frame are printed as their first and last sequence numbers, tokens as T1, T2, … in the order in
// which they come; a frame can name one so, too.
func TestTranscripts(t *testing.T) {
	s := readSchema(t)
	datadriven.Walk(t, "testdata/conn", func(t *testing.T, path string) {
		b := newBench(Options{})
		var k *talk
		tokens := &names{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "dial":
				session, lang, burst := "somebody", "en", 0
				d.MaybeScanArgs(t, "session", &session)
				d.MaybeScanArgs(t, "lang", &lang)
				if d.MaybeScanArgs(t, "burst", &burst); burst > 0 {
					b = newBench(Options{Burst: burst, Interval: time.Second})
				}
				k = b.dial(t, session, lang)
				return ""
			case "send", "hold":
				for line := range strings.Lines(d.Input) {
					k.send("%s", tokens.expand(strings.TrimSpace(line)))
					if d.Cmd == "send" { // each frame's effects before the next one
						k.awaitOpens()
					}
				}
			case "let-go":
				b.letGo <- struct{}{}
				k.awaitOpens()
			case "wait":
				var seconds int
				fmt.Sscan(d.CmdArgs[0].Key, &seconds)
				b.mu.Lock()
				b.now = b.now.Add(time.Duration(seconds) * time.Second)
				b.mu.Unlock()
				return ""
			default:
				t.Fatalf("no command %s", d.Cmd)
			}
			var out strings.Builder
			for {
				frame, ok := k.Next()
				if !ok {
					return out.String()
				}
				if err := s.accepts("serverFrame", string(frame)); err != nil {
					t.Errorf("%s: %v", frame, err)
				}
				fmt.Fprintln(&out, tokens.shorten(t, brief(t, string(frame))))
			}
		})
	})
}

// brief shortens an events frame.
func brief(t *testing.T, frame string) string {
	if !strings.HasPrefix(frame, `{"op":"events"`) {
		return frame
	}
	f := parse[Events](t, frame)
	seqs := sequence(t, f)
	return fmt.Sprintf(`{"op":"events","stream":%q,"events":[%d … %d]}`, f.Stream, seqs[0], seqs[len(seqs)-1])
}

// sequence gives the sequence numbers of a frame's events and fails where they have a gap.
func sequence(t *testing.T, f Events) []int {
	t.Helper()
	var seqs []int
	for i, raw := range f.Events {
		var e struct{ Seq int }
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		if i > 0 && e.Seq != seqs[i-1]+1 {
			t.Fatalf("event %d follows %d", e.Seq, seqs[i-1])
		}
		seqs = append(seqs, e.Seq)
	}
	return seqs
}

// names gives tokens short names.
type names struct{ known []string }

func (n *names) shorten(t *testing.T, frame string) string {
	if !strings.HasPrefix(frame, `{"op":"opened"`) {
		return frame
	}
	token := parse[Opened](t, frame).Token
	i := slices.Index(n.known, token)
	if i < 0 {
		i, n.known = len(n.known), append(n.known, token)
	}
	return strings.Replace(frame, `"`+token+`"`, fmt.Sprintf(`"T%d"`, i+1), 1)
}

func (n *names) expand(frame string) string {
	for i, token := range n.known {
		frame = strings.ReplaceAll(frame, fmt.Sprintf(`"T%d"`, i+1), `"`+token+`"`)
	}
	return frame
}
