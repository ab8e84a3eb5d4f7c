package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
)

// scenariosCmd is finwait scenarios.
type scenariosCmd struct {
	Format  string `help:"text or json." enum:"text,json" default:"text"`
	Content string `help:"Folder to lay over the built-in content." env:"FINWAIT_CONTENT" placeholder:"DIR"`
}

// Help implements kong.HelpProvider.
func (scenariosCmd) Help() string {
	return `Example:
  finwait scenarios --format json | jq -r '.[].name'`
}

// entry is one scenario of the list.
type entry struct {
	Name   string              `json:"name"`
	Title  engine.Text         `json:"title"`
	SHA256 string              `json:"sha256"`
	Vary   map[string][]string `json:"vary"` // the choices by name; the first is the default
}

// Run prints what there is.
func (c *scenariosCmd) Run(p *process) error {
	lib, err := content.Load(c.Content)
	if err != nil {
		return err
	}
	list := []entry{}
	for _, name := range lib.Scenarios() {
		log, err := scenario.Execute(lib, scenario.Run{Scenario: name}, scenario.Limits{})
		if err != nil {
			return err
		}
		l := entry{Name: name, Title: log.Title, Vary: map[string][]string{}}
		l.SHA256 = log.Events[0].Body.(*engine.Meta).Scenario.SHA256
		for _, v := range log.Vary {
			l.Vary[v.Name] = v.Choices
		}
		list = append(list, l)
	}
	if c.Format == "json" {
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(list)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\n", l.Name, l.Title.En)
	}
	return w.Flush()
}
