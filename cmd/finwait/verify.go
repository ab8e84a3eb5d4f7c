package main

import (
	"fmt"
	"os"

	"finwait/internal/verify"
)

// verifyCmd holds the engine to recorded kernel traces.
type verifyCmd struct {
	Names  []string `arg:"" optional:"" name:"NAME" help:"Traces to verify; none is all."`
	Traces string   `placeholder:"DIR" help:"Folder of traces (*.jsonl); none is what comes with the program."`
	Out    string   `placeholder:"DIR" help:"Folder to write the engine's log of each trace to."`
	Format string   `enum:"text,json" default:"text" help:"Form of the report: text or json."`
}

// Help implements kong.HelpProvider.
func (verifyCmd) Help() string {
	return `The input of each trace drives the engine; all else is compared. A difference makes the exit code 1.

Example:

    finwait verify fin_lost_once --out /tmp/logs`
}

// Run implements the command.
func (c *verifyCmd) Run(p *process) error {
	dir := verify.Recorded()
	if c.Traces != "" {
		dir = os.DirFS(c.Traces)
	}
	traces, err := verify.Load(dir, c.Names)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
	}
	var reports []verify.Report
	differ := 0
	for _, t := range traces {
		r, err := verify.Check(t, c.Out)
		if err != nil {
			return err
		}
		if !r.Agrees {
			differ++
		}
		reports = append(reports, r)
	}
	write := verify.WriteText
	if c.Format == "json" {
		write = verify.WriteJSON
	}
	if err := write(p.stdout, reports); err != nil {
		return err
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d traces differ from the engine", differ, len(traces))
	}
	return nil
}
