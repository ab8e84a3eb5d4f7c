package cprogram

import (
	_ "embed"
	"fmt"
	"strings"
)

// reserved are the words and the functions of C and of its headers that are in lower case.
//
//go:embed reserved.txt
var reservedText string

var reserved = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(reservedText) {
		m[word] = true
	}
	return m
}()

// scope are the names that are taken.
type scope map[string]bool

// unique gives a name like the hint that is free in C and in all of the scopes, and takes it in the first.
func unique(hint string, scopes ...scope) string {
	base := identifier(hint)
	taken := func(name string) bool {
		for _, s := range scopes {
			if s[name] {
				return true
			}
		}
		return reserved[name]
	}
	if reserved[base] {
		base += "_"
	}
	name := base
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s%d", base, n)
	}
	scopes[0][name] = true
	return name
}

// identifier makes a name of C: what is all in capitals belongs to macros, what begins with _ to the compiler.
func identifier(name string) string {
	if name == strings.ToUpper(name) {
		name = strings.ToLower(name)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		case r == '-':
			return '_'
		}
		return -1
	}, name)
	name = strings.TrimLeft(name, "_0123456789")
	if name == "" {
		return "i"
	}
	return name
}

// quote writes a string of C. Octal escapes end after three digits, and ?? would begin a trigraph.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '?' && i > 0 && text[i-1] == '?':
			b.WriteString(`\?`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
