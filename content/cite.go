package content

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
)

// claims holds that each claim of a block names the check behind it and quotes only figures of runs. class is that of the
// section that the block stands in; "choices" is that of what may be wrong.
func (r *composer) claims(block ast.Node, class string) {
	if class == "deeper" {
		return // it lists sources
	}
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
		case n.Kind() == ast.KindFencedCodeBlock || n.Kind() == ast.KindCodeBlock || n.Kind() == extension.KindTableHeader:
			return ast.WalkSkipChildren, nil
		case n.Kind() == ast.KindList && class == "choices":
			return ast.WalkSkipChildren, nil
		case n.Kind() == extension.KindTableRow:
			if c := read(flat(n, r.source)); c.says || len(c.proofs) > 0 {
				r.held(n.Parent(), c)
			}
			return ast.WalkSkipChildren, nil
		case n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock:
			r.paragraph(n, class)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// paragraph looks at the sentences of one. What a myth says in bold is what it refutes.
func (r *composer) paragraph(n ast.Node, class string) {
	text := flat(n, r.source)
	if class == "myths" {
		if strong, ok := n.FirstChild().(*ast.Emphasis); ok && strong.Level == 2 {
			text = strings.TrimPrefix(text, flat(strong, r.source))
			if !proofMark.MatchString(text) {
				r.fail(n, "a myth is refuted by a check: {{= NAME}}")
			}
		}
	}
	for _, c := range claims(text) {
		r.held(n, c)
	}
}

func (r *composer) held(n ast.Node, c claim) {
	r.cited = append(r.cited, c.proofs...)
	if r.count++; len(c.proofs) == 0 {
		r.fail(n, "no check holds this claim; name one by {{= NAME}}: %q", c.text)
		return
	}
	if c.typed && !r.quoted(c.proofs) {
		r.fail(n, "a figure is typed, not filled from a run: %q", c.text)
	}
}

// quoted says that a document stands behind the claim: its figures can't come from a run.
func (r *composer) quoted(proofs []string) bool {
	for _, name := range proofs {
		if r.found.proofs[name].source != "" {
			return true
		}
	}
	return false
}
