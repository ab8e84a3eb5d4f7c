package content

import (
	"slices"
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
				r.held(r.line(n.Parent()), c)
			}
			return ast.WalkSkipChildren, nil
		case n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock || n.Kind() == ast.KindHeading:
			r.paragraph(n, class)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// paragraph looks at the sentences of one, or of a heading. What a myth says in bold is what it refutes.
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
		r.held(r.line(n), c)
	}
}

// held notes the checks of a claim at a line, and what is wrong with it.
func (r *composer) held(line int, c claim) {
	r.cited = append(r.cited, c.proofs...)
	if r.count++; len(c.proofs) == 0 {
		r.problems.addf(r.file, line, "no check holds this claim; name one by {{= NAME}}: %q", c.text)
		return
	}
	for _, figure := range c.typed {
		if !r.quoted(figure, c.proofs) {
			r.problems.addf(r.file, line, "the figure %s is typed, not filled from a run: %q", figure, c.text)
		}
	}
}

// quoted says that a document which is cited has the figure: it can't come from a run.
func (r *composer) quoted(figure string, proofs []string) bool {
	return slices.ContainsFunc(proofs, func(name string) bool { return slices.Contains(r.found.proofs[name].says, figure) })
}
