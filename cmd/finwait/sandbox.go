package main

import "finwait/scenario/sandbox"

// sandboxCmd is finwait sandbox: a child of the service that speaks with its parent on its standard streams.
type sandboxCmd struct{}

// Run executes jobs until its input ends.
func (sandboxCmd) Run(p *process) error {
	return sandbox.Serve(p.stdin, p.stdout, renderers)
}
