package content

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"finwait/scenario"

	"github.com/yuin/goldmark/ast"
)

// Marks that a filled text carries for the reading of claims; they are taken out of the HTML. proofOpen and proofClose stand
// around the name of a check, figureOpen and figureClose around a figure that came from a run.
const (
	proofOpen   = '\uE000'
	proofClose  = '\uE001'
	figureOpen  = '\uE002'
	figureClose = '\uE003'
)

var (
	proofMark  = regexp.MustCompile("\uE000([^\uE001]*)\uE001")
	figureMark = regexp.MustCompile("\uE002([^\uE003]*)\uE003")
	allMarks   = regexp.MustCompile("\uE000[^\uE001]*\uE001|[\uE002-\uE005]")
)

// A sentence with one of these is a claim: a state, a call, an errno, a sysctl; or a digit.
var (
	claimed = regexp.MustCompile(`\b(?:SYN-SENT|SYN-RECEIVED|ESTABLISHED|FIN-WAIT-[12]|CLOSE-WAIT|CLOSING|LAST-ACK|TIME-WAIT|CLOSED)\b` +
		`|\b[a-z_]+\([A-Z_0-9, ]*\)|\bE[A-Z]{4,}\b|\btcp_[a-z0-9_]+|\bsomaxconn\b|[0-9]`)
	// notFigures are digits that quote nothing measured: sections, versions and names.
	notFigures = regexp.MustCompile(`RFC \d+(?: §[\d.]+)?|§[\d.]+|\b(?:Linux|HTTP|TLS|LTI)[ /]\d+(?:\.\d+)*|FIN-WAIT-[12]|2MSL|2 ?× ?MSL|IPv[46]|SHA-?256|[A-Za-z_]+\d+\b|\bC\d\d\b`)
	number     = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)
)

// claim is a sentence, as far as claims go.
type claim struct {
	text   string
	proofs []string // names of the checks that it cites
	says   bool     // something that can be wrong
	typed  []string // numbers that were typed, not filled from a run
}

// claims finds the claims of a block's text, as flat gives it, and whatever cites a check. A question claims nothing.
func claims(text string) []claim {
	var found []claim
	for _, s := range sentences(text) {
		if c := read(s); (c.says || len(c.proofs) > 0) && !strings.ContainsAny(lastRune(c.text), "?？") {
			found = append(found, c)
		}
	}
	return found
}

// read looks at one sentence, or at one row of a table.
func read(s string) claim {
	c := claim{text: strings.TrimSpace(allMarks.ReplaceAllString(s, ""))}
	for _, m := range proofMark.FindAllStringSubmatch(s, -1) {
		c.proofs = append(c.proofs, m[1])
	}
	bare := proofMark.ReplaceAllString(s, "")
	// A digit in a code span is input or output of a program; a name in one counts.
	c.typed = number.FindAllString(notFigures.ReplaceAllString(figureMark.ReplaceAllString(codeMark.ReplaceAllString(bare, ""), ""), ""), -1)
	c.says = claimed.MatchString(notFigures.ReplaceAllStringFunc(allMarks.ReplaceAllString(bare, ""), keepStates))
	return c
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}

// keepStates leaves the names that count although they have a digit: two states, sysctls.
func keepStates(s string) string {
	if strings.HasPrefix(s, "FIN-WAIT") || strings.HasPrefix(s, "tcp_") {
		return s
	}
	return ""
}

// sentences splits a text at full stops, question and exclamation marks of both scripts. A mark right behind the end of a
// sentence belongs to it.
func sentences(text string) []string {
	var out []string
	from := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !ends(r, text[i:]) {
			continue
		}
		i += trailing(text[i:])
		out = append(out, text[from:i])
		from = i
	}
	if strings.TrimSpace(text[from:]) != "" {
		out = append(out, text[from:])
	}
	return out
}

// ends says whether r, with rest behind it, ends a sentence.
func ends(r rune, rest string) bool {
	switch r {
	case '。', '！', '？':
		return true
	case '.', '!', '?':
		rest = strings.TrimLeft(proofMark.ReplaceAllString(rest, ""), `"”’)*_`)
		if rest == "" {
			return true
		}
		after := strings.TrimLeft(rest, " \n\u00a0")
		next, _ := utf8.DecodeRuneInString(after)
		return after != rest && !unicode.IsLower(next)
	}
	return false
}

// trailing is the length of the closing quotes, spaces and marks that follow a sentence's end.
func trailing(rest string) int {
	n := 0
	for n < len(rest) {
		if m := proofMark.FindStringIndex(rest[n:]); m != nil && m[0] == 0 {
			n += m[1]
			continue
		}
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !strings.ContainsRune(`"”’）)」 `+"\n", r) {
			break
		}
		n += size
	}
	return n
}

// Marks around what code spans hold, inside of flat's text alone.
const (
	codeOpen  = "\uE004"
	codeClose = "\uE005"
)

var codeMark = regexp.MustCompile("\uE004([^\uE005]*)\uE005")

var tags = regexp.MustCompile(`<[^>]*>`)

// flat is a block's text in one line, with marks around what code spans hold. A number in the text of a link to a run that is
// a choice of that run is that run's figure.
func flat(n ast.Node, source []byte) string {
	var b strings.Builder
	var chosen []string
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan:
			if entering {
				b.WriteString(codeOpen)
			} else {
				b.WriteString(codeClose)
			}
		case *ast.Link:
			if chosen = nil; entering {
				chosen = choicesOf(n)
			}
		case *ast.Text:
			if entering {
				b.WriteString(number.ReplaceAllStringFunc(string(n.Segment.Value(source)), func(s string) string {
					if slices.Contains(chosen, s) {
						return string(figureOpen) + s + string(figureClose)
					}
					return s
				}))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		case *htmlNode:
			if entering {
				b.WriteString(tags.ReplaceAllString(string(n.html), ""))
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// choicesOf are what the run of a link chooses.
func choicesOf(n *ast.Link) []string {
	token, _ := n.AttributeString(runAttribute)
	text, _ := token.([]byte)
	run, err := scenario.ParseToken(string(text))
	if err != nil {
		return nil // a link elsewhere
	}
	return slices.Collect(maps.Values(run.Vary))
}
