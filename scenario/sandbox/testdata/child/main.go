// Command child is the sandbox's child for tests: built without the race detector, whose shadow memory no limit would allow.
package main

import (
	"fmt"
	"os"

	"finwait/scenario"
	"finwait/scenario/sandbox"
)

func main() {
	title := func(log *scenario.Log, view sandbox.View) ([]byte, error) {
		return []byte(log.Title.En + " for " + view.Host), nil
	}
	if err := sandbox.Serve(os.Stdin, os.Stdout, map[string]sandbox.Renderer{"title": title}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
