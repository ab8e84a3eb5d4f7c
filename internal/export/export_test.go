package export

import (
	"io"

	"finwait/scenario"
)

// What tests see of the package.
var SSSpan = ssSpan

// PacketdrillSameTicks writes a script for a kernel whose ticks fall as the run's do.
func PacketdrillSameTicks(w io.Writer, log *scenario.Log, host string) error {
	return packetdrill(w, log, host, sameTicks)
}
