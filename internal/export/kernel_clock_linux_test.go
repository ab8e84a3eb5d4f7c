package export_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"finwait/engine"
	"finwait/internal/netns"
)

// kernelClock tells where the kernel's clock of ticks stands, on which its timers run: a timer that falls due on the border
// of two slots of its wheel, or a limit that a few ms decide about, goes one way or the other by that alone.
type kernelClock struct {
	ticks int64 // since a moment before the machine's start, at the monotonic time 0
}

const (
	kernelTick    = 4 * time.Millisecond // the engine's; a kernel of another rate is not followed
	wheelRepeats  = 512 * 8              // ticks after which the slots of timers of up to 2 min are the same again
	kernelLatency = engine.Micros(50)
)

// readKernelClock looks several times, for a processor that sleeps counts its ticks late, and a look that takes long sees
// them late; the clock that was seen most often is right.
var readKernelClock = sync.OnceValues(func() (best kernelClock, err error) {
	seen := map[kernelClock]int{}
	for range 25 {
		b, err := os.ReadFile("/proc/timer_list")
		if err != nil {
			return best, err
		}
		var now, jiffies int64
		for _, l := range strings.Split(string(b), "\n") {
			fmt.Sscanf(l, "now at %d nsecs", &now)
			fmt.Sscanf(l, "jiffies: %d", &jiffies)
		}
		if now == 0 || jiffies == 0 {
			return best, fmt.Errorf("/proc/timer_list does not tell of jiffies")
		}
		c := kernelClock{jiffies - now/int64(kernelTick)}
		if seen[c]++; seen[c] > seen[best] {
			best = c
		}
		netns.Sleep(1300 * time.Microsecond)
	}
	return best, nil
})

// phase is what the engine's clock shows at a monotonic time, from where its wheel repeats.
func (c kernelClock) phase(at time.Duration) engine.Micros {
	micros := engine.Micros((time.Duration(c.ticks%wheelRepeats)*kernelTick + at) / time.Microsecond)
	return micros % engine.Micros(wheelRepeats*kernelTick/time.Microsecond)
}
