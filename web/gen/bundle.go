package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// entries are the bundles by name, and the source file of each. A page loads only the ones it uses. site and frame import
// and export nothing: they are loaded as plain scripts, site before the first paint.
var entries = []api.EntryPoint{
	{InputPath: "main.ts", OutputPath: "stage"},
	{InputPath: "quiz-card.ts", OutputPath: "quiz"},
	{InputPath: "exam.ts", OutputPath: "exam"},
	{InputPath: "progress.ts", OutputPath: "progress"},
	{InputPath: "playground.ts", OutputPath: "playground"},
	{InputPath: "course.ts", OutputPath: "course"},
	{InputPath: "search-dialog.ts", OutputPath: "search"},
	{InputPath: "terms.ts", OutputPath: "terms"},
	{InputPath: "interview.ts", OutputPath: "interview"},
	{InputPath: "site.ts", OutputPath: "site"},
	{InputPath: "embed.ts", OutputPath: "embed"},
	{InputPath: "frame.ts", OutputPath: "frame"},
}

// bundle writes one minified ES module for each entry into out.
func bundle(src, out string) error {
	abs, err := filepath.Abs(src)
	if err != nil {
		return err
	}
	var present []api.EntryPoint
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(abs, e.InputPath)); err == nil {
			present = append(present, e)
		}
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:       abs,
		EntryPointsAdvanced: present,
		Outdir:              out,
		Bundle:              true,
		Format:              api.FormatESModule,
		Target:              api.ES2022,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		Charset:             api.CharsetUTF8,
		LegalComments:       api.LegalCommentsNone,
	})
	var errs []error
	for _, m := range result.Errors {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d:%d: ", m.Location.File, m.Location.Line, m.Location.Column)
		}
		errs = append(errs, fmt.Errorf("%s%s", at, m.Text))
	}
	if len(errs) > 0 {
		if _, err := os.Stat(filepath.Join(abs, "node_modules")); err != nil {
			errs = append(errs, errors.New("web/ts/node_modules is missing: `make tools` installs the editor's packages"))
		}
		return errors.Join(errs...)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, f := range result.OutputFiles {
		if err := os.WriteFile(filepath.Join(out, filepath.Base(f.Path)), f.Contents, 0o644); err != nil {
			return err
		}
	}
	return nil
}
