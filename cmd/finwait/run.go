package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/export"
	"finwait/internal/wire"
	"finwait/scenario"
	"finwait/scenario/sandbox"
)

// runCmd is finwait run.
type runCmd struct {
	What    string            `arg:"" optional:"" name:"name|file" help:"Name of a scenario, or a .star file; - is standard input."`
	Token   string            `help:"Compute the run of a token instead: what ?run= of a page's address holds." placeholder:"T"`
	Seed    *int64            `help:"Seed of the run's randomness, 0 by default." placeholder:"N"`
	Vary    map[string]string `help:"Choose from what the scenario varies; may be repeated." placeholder:"K=V" mapsep:"none"`
	Until   *time.Duration    `help:"Stop at this virtual time, at most a day." placeholder:"10m"`
	Input   []string          `help:"An input as JSON; may be repeated." placeholder:"JSON" sep:"none"`
	Format  string            `help:"text, jsonl, pcapng, packetdrill or ss." enum:"text,jsonl,pcapng,packetdrill,ss" default:"text"`
	Host    string            `help:"Whose view a pcapng, a packetdrill script or ss shows; the client's by default." placeholder:"H"`
	At      *time.Duration    `help:"The moment that ss shows; by default each at which a socket changes its state." placeholder:"1.5s"`
	Content string            `help:"Folder to lay over the built-in content." env:"FINWAIT_CONTENT" placeholder:"DIR"`
}

// Help implements kong.HelpProvider.
func (runCmd) Help() string {
	return `Examples:
  finwait run close/four-way
  finwait run close/four-way --format pcapng > close.pcapng
  finwait run close/four-way --format packetdrill --host server > close.pkt
  finwait run close/lost --format ss --at 1.5s
  finwait run close/four-way --input '{"at":95000,"do":{"drop":{"segment":8}}}'
  finwait run mine.star --vary exit=linger0 --format jsonl`
}

// Run computes the run and prints it.
func (c *runCmd) Run(p *process) error {
	lib, err := content.Load(c.Content)
	if err != nil {
		return err
	}
	r, file, err := c.run(p, lib)
	if err != nil {
		return err
	}
	out, err := c.output(p.ctx, lib, r)
	var wrong *scenario.Error
	if errors.As(err, &wrong) && wrong.File != "" && file != "" {
		wrong.File = file
	}
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(out)
	return err
}

// run makes the run that the flags describe; file is the name of its source's file, if it has one.
func (c *runCmd) run(p *process, lib scenario.Library) (r scenario.Run, file string, err error) {
	switch {
	case c.Until != nil && (*c.Until <= 0 || *c.Until > 24*time.Hour || *c.Until%time.Microsecond != 0):
		return r, "", misused("--until is a whole number of µs up to a day, like 10ms or 1.5s")
	case c.Host != "" && (c.Format == "text" || c.Format == "jsonl"):
		return r, "", misused("--host goes with --format pcapng, packetdrill and ss")
	case c.At != nil && c.Format != "ss":
		return r, "", misused("--at goes with --format ss")
	case c.At != nil && (*c.At < 0 || *c.At%time.Microsecond != 0):
		return r, "", misused("--at is a whole number of µs, like 10ms or 1.5s")
	case c.Format == "pcapng" && isTerminal(p.stdout):
		return r, "", misused("a pcapng is not for a terminal: send it to a file with >")
	case c.Token != "" && (c.What != "" || c.Seed != nil || len(c.Vary) > 0 || len(c.Input) > 0):
		return r, "", misused("a token says all of a run: it goes with --until, --format, --host and --at alone")
	case c.Token != "":
		r, err = scenario.ParseToken(c.Token)
		return r, "", err
	case c.What == "":
		return r, "", misused("run what? Give the name of a scenario, a .star file, or --token")
	}
	r.Vary = c.Vary
	if c.Seed != nil {
		r.Seed = *c.Seed
	}
	for _, text := range c.Input {
		in, err := scenario.ParseInput([]byte(text))
		if err != nil {
			return r, "", usageError{fmt.Errorf("--input %s: %w", text, err)}
		}
		r.Inputs = append(r.Inputs, in)
	}
	if _, known := lib.Source(c.What); known || !isFile(c.What) {
		r.Scenario = c.What
		return r, "", r.Validate()
	}
	r.Source, err = readSource(p, c.What)
	if err != nil {
		return r, "", err
	}
	return r, c.What, r.Validate()
}

// isFile says that a text names a file rather than a scenario.
func isFile(what string) bool {
	if what == "-" || strings.HasSuffix(what, ".star") {
		return true
	}
	info, err := os.Stat(what)
	return err == nil && !info.IsDir()
}

func readSource(p *process, path string) (string, error) {
	in := p.stdin
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("there is no file %s", path)
		}
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, scenario.MaxSource+1))
	return string(b), err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// output gives the run in its format. A source is executed in a child process, whoever wrote it.
func (c *runCmd) output(ctx context.Context, lib scenario.Library, r scenario.Run) ([]byte, error) {
	var until engine.Micros
	if c.Until != nil {
		until = engine.Micros(*c.Until / time.Microsecond)
	}
	if r.Source == "" {
		log, err := scenario.Execute(lib, r, scenario.Limits{Until: until})
		if err != nil {
			return nil, err
		}
		return renderers[c.Format](log, c.view())
	}
	pool, err := sandbox.New(sandbox.Options{Size: 1})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	return pool.Do(ctx, "", sandbox.Job{Run: r, Until: until, Format: c.Format, View: c.view()})
}

// view is what --host and --at ask to see.
func (c *runCmd) view() sandbox.View {
	v := sandbox.View{Host: c.Host}
	if c.At != nil {
		at := engine.Micros(*c.At / time.Microsecond)
		v.At = &at
	}
	return v
}

// renderers are the formats of finwait run.
var renderers = map[string]sandbox.Renderer{
	"jsonl": func(log *scenario.Log, _ sandbox.View) ([]byte, error) { return log.Lines.Bytes(), nil },
	"text": func(log *scenario.Log, _ sandbox.View) ([]byte, error) {
		var b bytes.Buffer
		err := export.Text(&b, log)
		return b.Bytes(), err
	},
	"pcapng": func(log *scenario.Log, v sandbox.View) ([]byte, error) {
		var b bytes.Buffer
		err := wire.WritePcapng(&b, log.Events, viewer(log, v))
		return b.Bytes(), err
	},
	"bytes": func(log *scenario.Log, _ sandbox.View) ([]byte, error) {
		var b bytes.Buffer
		err := wire.WriteList(&b, log.Events)
		return b.Bytes(), err
	},
	"packetdrill": func(log *scenario.Log, v sandbox.View) ([]byte, error) {
		var b bytes.Buffer
		err := export.Packetdrill(&b, log, viewer(log, v))
		return b.Bytes(), err
	},
	"ss": func(log *scenario.Log, v sandbox.View) ([]byte, error) {
		var b bytes.Buffer
		err := export.SS(&b, log, viewer(log, v), v.At)
		return b.Bytes(), err
	},
}

// viewer is the host whose view is shown.
func viewer(log *scenario.Log, v sandbox.View) string {
	if v.Host != "" {
		return v.Host
	}
	return export.Viewer(log.Events)
}
