package cprogram_test

import (
	"bytes"
	"flag"
	"fmt"
	"os/exec"
	"strings"

	"finwait/engine"
	"finwait/internal/export"
)

var kernelSS = flag.Bool("kernel.ss", false, "compare what ss prints of each connection, too")

// ssLeftOut are the names of ss that the model has no figure for (docs/exports.md).
var ssLeftOut = map[string]bool{"pacing_rate": true, "delivery_rate": true, "app_limited": true, "busy": true, "rwnd_limited": true, "sndbuf_limited": true}

// ssMeasured are figures of a clock. A kernel's are of a machine that is never quite in time, so they are only to be there; some
// are not even that where they are 0 or nearly.
var ssMeasured = map[string]bool{"rto": true, "rtt": true, "minrtt": true, "send": true, "rcv_rtt": true}

var ssPassing = map[string]bool{"lastsnd": true, "lastrcv": true, "lastack": true}

// ssLines reads what ss prints: of each connection its ends, then the words of its second line.
func ssLines(text string) map[string][]string {
	found, ends := map[string][]string{}, ""
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "State":
		case line[0] != '\t':
			ends = strings.Join(f[3:5], " ")
			if f[0] == "LISTEN" {
				ends = ""
			}
		case ends != "":
			found[ends] = f
		}
	}
	return found
}

// ssElsewhere are the runs in which ss counts what the log has at another place.
var ssElsewhere = []string{
	"open/self",        // both ends' figures are one
	"open/old-segment", // what a request answered is nobody's
	"open/both-call",   // advmss is smaller once the connection stands
}

// compareSS compares what ss prints of the host's connections: which figures, in which order, and those that are no times.
func (r *replay) compareSS(h *kernelHost, at engine.Micros) error {
	for _, name := range ssElsewhere {
		if r.log.Run.Scenario == name {
			return nil
		}
	}
	var out []byte
	err := h.Do(func() (err error) {
		out, err = exec.Command("ss", "-tanoi").Output()
		return err
	})
	if err != nil {
		return fmt.Errorf("ss: %w", err)
	}
	var b bytes.Buffer
	if err := export.SS(&b, r.log, h.meta.Name, &at); err != nil {
		return err
	}
	text := b.String()
	_, text, _ = strings.Cut(text, "\n")
	kernels, engines := ssLines(string(out)), ssLines(strings.ReplaceAll(text, " :", ":"))
	for ends, want := range engines {
		got, both := kernels[ends]
		if !both {
			continue // the states are compared elsewhere
		}
		if why := ssDiffers(ssFigures(got), ssFigures(want)); why != "" {
			return fmt.Errorf("%s: ss differs at %v in %s:\n  %s on the kernel and\n  %s in the engine", h.meta.Name, micros(at), why, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	return nil
}

type ssFigure struct{ name, value string }

// ssFigures joins names and values, and leaves out what is not compared.
func ssFigures(words []string) (list []ssFigure) {
	for i := 0; i < len(words); i++ {
		name, value, _ := strings.Cut(words[i], ":")
		if name == "send" || name == "pacing_rate" || name == "delivery_rate" {
			i++
			value = words[i]
		}
		if !ssLeftOut[name] && !ssPassing[name] {
			list = append(list, ssFigure{name, value})
		}
	}
	return list
}

func ssDiffers(got, want []ssFigure) string {
	for i := range max(len(got), len(want)) {
		if i >= len(got) {
			return want[i].name
		}
		if i >= len(want) || got[i].name != want[i].name {
			return got[i].name
		}
		if ssMeasured[got[i].name] {
			continue
		}
		if got[i].value != want[i].value {
			return got[i].name
		}
	}
	return ""
}
