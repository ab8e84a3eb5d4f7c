package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"finwait/engine"
)

// serveCmd is finwait serve.
type serveCmd struct {
	Settings `embed:""`
}

// Help implements kong.HelpProvider.
func (serveCmd) Help() string {
	return `It prints its address once readers can come, and stops in good order on SIGTERM.

Example:
  finwait serve --addr 127.0.0.1:9000 --db sqlite:/var/lib/finwait/finwait.db`
}

// Run runs the service until it is told to stop.
func (c *serveCmd) Run(p *process) error {
	return serve(p.ctx, &c.Settings, p.environ, p.stdout, p.stderr)
}

// healthcheckCmd is finwait healthcheck.
type healthcheckCmd struct {
	Addr string `help:"Address that the server listens on." env:"FINWAIT_ADDR" default:"127.0.0.1:8080"`
}

// Help implements kong.HelpProvider.
func (healthcheckCmd) Help() string {
	return `Example, in a Dockerfile:
  HEALTHCHECK CMD ["/finwait", "healthcheck"]`
}

// Run asks the server once.
func (c *healthcheckCmd) Run(p *process) error { return healthcheck(p.ctx, c.Addr) }

// checkCmd is finwait check.
type checkCmd struct {
	Dir string `arg:"" optional:"" help:"Folder to lay over the built-in content." placeholder:"DIR"`
}

// Help implements kong.HelpProvider.
func (checkCmd) Help() string {
	return `Example:
  finwait check my-course`
}

// Run checks the content and prints every mistake with its place.
func (c *checkCmd) Run(p *process) error { return check(c.Dir, p.stdout, p.stderr) }

// versionCmd is finwait version.
type versionCmd struct{}

// Help implements kong.HelpProvider.
func (versionCmd) Help() string {
	return `Example:
  $ finwait version
  finwait v1.2.0 engine 2 go1.26 linux/amd64`
}

// Run prints the version of the binary, of the engine, and of what it was built with.
func (versionCmd) Run(p *process) error {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintf(p.stdout, "finwait %s engine %d %s %s/%s\n", version, engine.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
