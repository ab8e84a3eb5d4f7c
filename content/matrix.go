package content

import (
	"fmt"
	"slices"

	"finwait/engine"
	"finwait/scenario"
)

// Loss is a row of the loss matrix: one of the segments that open or close a connection, and what becomes of the
// connection where it is lost.
type Loss struct {
	ID      string // its choice in the scenario, e.g. "first-FIN"
	Segment string // "FIN", "SYN,ACK"
	Number  int    // 1 or 2 where two are alike; else 0
	From    string // the host that sends it
	Opens   bool   // it belongs to the handshake
	Cells   []*LossCell

	effect effect
}

// LossCell is a run of the matrix.
type LossCell struct {
	Always  bool   // lost every time, else once
	Call    string // "close" or "shutdown"; empty where no call has happened yet
	Log     *scenario.Log
	Outcome *Outcome
}

// effect is the step that a segment brings about at its receiver.
type effect struct {
	host string
	to   engine.State
	rule engine.Rule // "" is any
}

const (
	closingLosses = "matrix/close"
	openingLosses = "matrix/open"
)

// losses gives the rows of the matrix without their runs.
func losses() []*Loss {
	return []*Loss{
		{ID: "first-FIN", Segment: "FIN", Number: 1, From: "client", effect: effect{"server", engine.CloseWait, ""}},
		{ID: "first-ACK", Segment: "ACK", Number: 1, From: "server", effect: effect{"client", engine.FinWait2, ""}},
		{ID: "second-FIN", Segment: "FIN", Number: 2, From: "server", effect: effect{"client", engine.TimeWait, ""}},
		{ID: "second-ACK", Segment: "ACK", Number: 2, From: "client", effect: effect{"server", engine.Closed, engine.RuleLastAckAcked}},
		{ID: "SYN", Segment: "SYN", From: "client", Opens: true, effect: effect{"server", engine.SynReceived, ""}},
		{ID: "SYN-ACK", Segment: "SYN,ACK", From: "server", Opens: true, effect: effect{"client", engine.Established, ""}},
		{ID: "ACK", Segment: "ACK", From: "client", Opens: true, effect: effect{"server", engine.Established, ""}},
	}
}

// isLoss tells whether the matrix has a row of this id.
func isLoss(id string) bool {
	return slices.ContainsFunc(losses(), func(row *Loss) bool { return row.ID == id })
}

// Losses runs the loss matrix: the four segments of the close, each lost once and lost every time, after close() and after
// shutdown(); and the three of the handshake, once and every time.
func (c *Content) Losses() ([]*Loss, error) {
	rows := losses()
	for _, row := range rows {
		calls := []string{"close", "shutdown"}
		if row.Opens {
			calls = []string{""}
		}
		for _, always := range []bool{false, true} {
			for _, call := range calls {
				cell := &LossCell{Always: always, Call: call}
				if err := c.runLoss(row, cell); err != nil {
					return nil, err
				}
				row.Cells = append(row.Cells, cell)
			}
		}
	}
	return rows, nil
}

// runLoss runs a cell, and the same without a loss to compare it with.
func (c *Content) runLoss(row *Loss, cell *LossCell) error {
	clean, err := scenario.Execute(c, row.run("never", cell.Call), scenario.Limits{})
	if err != nil {
		return err
	}
	times := "once"
	if cell.Always {
		times = "always"
	}
	if cell.Log, err = scenario.Execute(c, row.run(times, cell.Call), scenario.Limits{}); err != nil {
		return err
	}
	if cell.Outcome = outcomeOf(row, cell, clean.Events); cell.Outcome == nil {
		return fmt.Errorf("the scenario %s loses no %s (%s %s)", cell.Log.Run.Scenario, row.ID, times, cell.Call)
	}
	return nil
}

// run names a run of the row. The first choice of each kind is left out, so that the run has one token however it is named.
func (row *Loss) run(times, call string) scenario.Run {
	r := scenario.Run{Scenario: closingLosses, Seed: 1, Vary: map[string]string{"lost": row.ID, "times": times, "call": call}}
	if row.Opens {
		r.Scenario = openingLosses
	}
	for name, first := range map[string]bool{"lost": row.ID == "first-FIN" || row.ID == "SYN", "times": times == "once", "call": call == "close" || call == ""} {
		if first {
			delete(r.Vary, name)
		}
	}
	return r
}
