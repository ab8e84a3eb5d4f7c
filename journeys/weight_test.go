//go:build journeys

package journeys

import (
	"testing"
	"time"

	"finwait/journeys/server"
)

// maxWeight is what the lesson page may cost in all, as bytes on the wire: 150 KiB.
const maxWeight = 150 << 10

// TestTheLessonPageIsLight opens the lesson with an empty cache and adds up everything that came.
func TestTheLessonPageIsLight(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Open(s.URL + "/" + l.Code + "/lessons/four-way")
		p.Find("button", l.exactly(t, "play.play"))
		pause(2 * time.Second) // whatever a page fetches after its load is there by now
		total := 0.0
		for _, r := range p.Received() {
			t.Logf("%8.0f  %s", r.Bytes, r.URL)
			total += r.Bytes
		}
		stream := 0
		for _, frame := range p.Frames() {
			stream += len(frame)
		}
		t.Logf("%8.0f bytes by HTTP; the WebSocket brought %d bytes before compression", total, stream)
		if total > maxWeight {
			t.Errorf("the lesson page has %.0f bytes; the limit is %d", total, maxWeight)
		}
	})
}
