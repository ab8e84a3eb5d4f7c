package stream

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFork asks for a run with an input, of another seed each time so that none is in the cache, and reads it to its end.
func BenchmarkFork(b *testing.B) {
	s := NewServer(Options{Library: files{}, Execute: executeFile, Burst: 1 << 30})
	k := s.NewConn(context.Background(), "s", "en")
	defer k.Close()
	ask := func(run string) {
		if err := k.Receive(true, strings.NewReader(`{"op":"open","stream":"a","run":`+run+`,"credit":100000}`)); err != nil {
			b.Fatal(err)
		}
		for {
			frame, ok := k.Next()
			switch {
			case !ok:
				<-k.Ready()
			case strings.HasPrefix(string(frame), `{"op":"end"`):
				return
			case strings.HasPrefix(string(frame), `{"op":"error"`):
				b.Fatalf("%s", frame)
			}
		}
	}
	i := 0
	for b.Loop() {
		i++
		ask(fmt.Sprintf(`{"scenario":"close/four-way","seed":%d,"inputs":[{"at":1000,"do":{"drop":{"segment":1}}}]}`, i))
	}
}
