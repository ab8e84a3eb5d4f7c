package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"finwait/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := Main(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// cli is the command line: a field a command.
type cli struct {
	Serve       serveCmd       `cmd:"" default:"withargs" help:"Run the service. This is what finwait does without a command."`
	Run         runCmd         `cmd:"" help:"Compute one run and print it."`
	Scenarios   scenariosCmd   `cmd:"" help:"List the scenarios."`
	Verify      verifyCmd      `cmd:"" help:"Hold the engine to recorded kernel traces."`
	Check       checkCmd       `cmd:"" help:"Hold the content complete and its claims true."`
	Healthcheck healthcheckCmd `cmd:"" help:"Exit with 0 where the server of this machine is ready."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Sandbox     sandboxCmd     `cmd:"" hidden:"" help:"Execute visitors' scenarios, as the service's child."`
}

// process is what a command has of the world.
type process struct {
	ctx            context.Context
	environ        []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// usageError is a wrong use of the command line: exit code 2.
type usageError struct{ error }

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main runs finwait and gives its exit code: 0, 1 where something failed, 2 for a wrong use of the command line. What
// failed is one line on stderr.
func Main(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	p := &process{ctx, environ, stdin, stdout, stderr}
	env := newEnvironment(environ)
	var c cli
	parser, err := kong.New(&c,
		kong.Name("finwait"),
		kong.Description("Teaches how TCP connections end, by running them.\n\nExample: finwait run close/four-way"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }), // after --help
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.PostBuild(env.adopt),
		kong.Resolvers(kong.ResolverFunc(env.resolve)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "finwait:", err)
		return exitFailed
	}
	defer func() {
		if code, ok := recover().(exit); ok {
			status = int(code)
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "finwait: %v; try finwait --help\n", err)
		return exitUsage
	}
	return p.report(k.Run(p))
}

// exit carries the exit code out of kong.
type exit int

// report prints an error as one line and gives the exit code.
func (p *process) report(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(p.stderr, "finwait: %v; try finwait --help\n", err)
		return exitUsage
	case errors.Is(err, syscall.EPIPE):
		return exitFailed // the reader has left; it does not want to hear of it
	}
	fmt.Fprintln(p.stderr, "finwait:", oneLine(err))
	return exitFailed
}

// oneLine writes an error with the text of its source's line, if it has one.
func oneLine(err error) string {
	text := err.Error()
	var e *scenario.Error
	if errors.As(err, &e) && e.Text != "" {
		text += ": " + e.Text
	}
	return strings.Join(strings.Fields(text), " ")
}

// environment gives flags their values from the environment that Main was given, not from the machine's.
type environment struct {
	values map[string]string
	names  map[*kong.Flag][]string
}

func newEnvironment(environ []string) *environment {
	e := &environment{values: map[string]string{}, names: map[*kong.Flag][]string{}}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		e.values[name] = value
	}
	return e
}

// adopt takes the variables from kong, which would look at the machine's, and names them in the help instead.
func (e *environment) adopt(k *kong.Kong) error {
	return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && len(flag.Tag.Envs) > 0 {
			e.names[flag] = flag.Tag.Envs
			flag.Help += " ($" + strings.Join(flag.Tag.Envs, ", $") + ")"
			flag.Tag.Envs = nil
		}
		return next(nil)
	})
}

// resolve is a kong.ResolverFunc.
func (e *environment) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range e.names[flag] {
		if v, ok := e.values[name]; ok {
			return v, nil
		}
	}
	return nil, nil
}
