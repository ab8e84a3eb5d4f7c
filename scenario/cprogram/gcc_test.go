package cprogram_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
	"finwait/scenario/cprogram"
)

// strict are the options under which every program compiles.
var strict = []string{"-std=c17", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread"}

// gcc is the compiler's path; without one the test says so and is skipped.
func gcc(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not installed; `make tools` installs it")
	}
	return path
}

// compile writes a program and compiles it; it gives what the compiler said.
func compile(t *testing.T, program string, options ...string) (binary, said string) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "program.c")
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(dir, "program")
	out, err := exec.Command(gcc(t), append(options, "-o", binary, source)...).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return binary, strings.ReplaceAll(string(out), source, "program.c")
}

// library is the content that the server has.
func library(t testing.TB) *content.Content {
	t.Helper()
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// generate runs a scenario and writes the programs of its hosts.
func generate(t *testing.T, lib scenario.Library, run scenario.Run) ([]cprogram.Program, *scenario.Log) {
	t.Helper()
	log, err := scenario.Execute(lib, run, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	meta := log.Events[0].Body.(*engine.Meta)
	programs, err := cprogram.Generate(cprogram.Source{File: log.File, Text: log.Source, Vary: meta.Vary, Hosts: meta.Hosts})
	if err != nil {
		t.Fatal(err)
	}
	return programs, log
}

// choices are the runs of a scenario with each choice of each vary() once.
func choices(t *testing.T, lib scenario.Library, name string) []scenario.Run {
	t.Helper()
	log, err := scenario.Execute(lib, scenario.Run{Scenario: name}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	runs := []scenario.Run{{Scenario: name}}
	for _, vary := range log.Vary {
		for _, choice := range vary.Choices[1:] {
			runs = append(runs, scenario.Run{Scenario: name, Vary: map[string]string{vary.Name: choice}})
		}
	}
	return runs
}

// TestLibraryCompiles holds that each program of the content has C that the compiler takes without a warning.
func TestLibraryCompiles(t *testing.T) {
	gcc(t)
	lib := library(t)
	known := map[string]bool{} // many scenarios have the same server
	for _, name := range lib.Scenarios() {
		for _, run := range choices(t, lib, name) {
			programs, log := generate(t, lib, run)
			if want := hostsWithPrograms(log); len(programs) != want {
				t.Errorf("%s %v: %d programs, want %d", name, run.Vary, len(programs), want)
			}
			for _, p := range programs {
				if p.Err != nil {
					t.Errorf("%s %v, %s: %v", name, run.Vary, p.Host, p.Err)
					continue
				}
				if known[p.Text] {
					continue
				}
				known[p.Text] = true
				if _, said := compile(t, p.Text, strict...); said != "" {
					t.Errorf("%s %v, %s:\n%s\n%s", name, run.Vary, p.Host, said, p.Text)
				}
			}
		}
	}
	t.Logf("%d programs compiled", len(known))
}

func hostsWithPrograms(log *scenario.Log) int {
	hosts := map[string]bool{}
	for _, ev := range log.Events {
		if p, ok := ev.Body.(*engine.Process); ok {
			hosts[p.Host] = true
		}
	}
	return len(hosts)
}
