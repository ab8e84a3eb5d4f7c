package content

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"finwait/engine"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// kindHTML is an inline node that carries ready HTML.
var kindHTML = ast.NewNodeKind("FinwaitHTML")

type htmlNode struct {
	ast.BaseInline
	html template.HTML
	name string // of a state
}

// Kind implements ast.Node.
func (*htmlNode) Kind() ast.NodeKind { return kindHTML }

// Dump implements ast.Node.
func (n *htmlNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"html": string(n.html)}, nil)
}

// named finds what a text may simply name: a state, which becomes a chip, and an RFC with its section, a link.
var named = regexp.MustCompile(`\b(?:SYN-SENT|SYN-RECEIVED|ESTABLISHED|FIN-WAIT-[12]|CLOSE-WAIT|CLOSING|LAST-ACK|TIME-WAIT|CLOSED|LISTEN)\b|\bRFC (\d+)(?: §(\d+(?:\.\d+)*))?`)

// markdown makes the parser and renderer of lessons: tables, headings with attributes, chips and RFC links, and call-outs
// from block quotes. Raw HTML in a text stays text.
func markdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.NewCJK(extension.WithEastAsianLineBreaks()),
		),
		goldmark.WithParserOptions(
			parser.WithAttribute(),
			parser.WithASTTransformers(util.Prioritized(namer{}, 500)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(nodes{}, 100))),
	)
}

// namer replaces the names in a text by chips and links.
type namer struct{}

// Transform implements parser.ASTTransformer.
func (namer) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.Link:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				texts = append(texts, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		split(t, reader.Source())
	}
}

// split puts chips and links in the place of the names in one text.
func split(t *ast.Text, source []byte) {
	value := t.Segment.Value(source)
	spans := named.FindAllSubmatchIndex(value, -1)
	found := make([]ast.Node, len(spans))
	for i, m := range spans {
		if m[2] >= 0 {
			found[i] = &htmlNode{html: rfcLink(value, m)}
			continue
		}
		state := engine.State(value[m[0]:m[1]])
		found[i] = &htmlNode{html: Chip(state), name: string(state)}
	}
	replace(t, spans, found)
}

// replace puts a node in the place of each span of a text, whose rest stays. A span is from and to, in bytes of the text.
func replace(t *ast.Text, spans [][]int, nodes []ast.Node) {
	parent, begin, from := t.Parent(), t.Segment.Start, t.Segment.Start
	for i, m := range spans {
		if start := begin + m[0]; start > from {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(from, start)))
		}
		parent.InsertBefore(parent, t, nodes[i])
		from = begin + m[1]
	}
	if from > begin {
		t.Segment = text.NewSegment(from, t.Segment.Stop)
	}
}

func rfcLink(value []byte, m []int) template.HTML {
	number, _ := strconv.Atoi(string(value[m[2]:m[3]]))
	section := ""
	if m[4] >= 0 {
		section = string(value[m[4]:m[5]])
	}
	src := RFC(number, section)
	return template.HTML(`<a class="rfc" href="` + src.Href + `">` + src.Label + `</a>`)
}

// nodes renders what differs from plain markdown.
type nodes struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (nodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindHTML, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(string(n.(*htmlNode).html))
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			// A listing that is wider than its column is scrolled by the keyboard too.
			_, _ = w.WriteString(`<pre tabindex="0"><code>`)
			for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
				template.HTMLEscape(w, line.Value(source))
			}
		} else {
			_, _ = w.WriteString("</code></pre>\n")
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindBlockquote, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString("<div class=\"fact\" role=\"note\">\n")
		} else {
			_, _ = w.WriteString("</div>\n")
		}
		return ast.WalkContinue, nil
	})
}

// lineOf is the line of source at which a block begins, or the text in it.
func lineOf(n ast.Node, source []byte) int {
	at := -1
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch t, ok := n.(*ast.Text); {
		case n.Type() == ast.TypeBlock && n.Lines().Len() > 0:
			at = n.Lines().At(0).Start
		case ok:
			at = t.Segment.Start
		default:
			return ast.WalkContinue, nil
		}
		return ast.WalkStop, nil
	})
	return 1 + strings.Count(string(source[:max(at, 0)]), "\n")
}
