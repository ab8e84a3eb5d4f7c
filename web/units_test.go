package web

import "testing"

func TestAFigureStaysWithItsUnit(t *testing.T) {
	for in, want := range map[string]string{
		"<p>after 10 ms, 60 s.</p>":                  "<p>after 10\u00a0ms, 60\u00a0s.</p>",
		"<p>全部 16000 字节，11 次</p>":                    "<p>全部 16000\u00a0字节，11\u00a0次</p>",
		"<p>2 segments, 3 so far, RFC 9293 says</p>": "<p>2 segments, 3 so far, RFC 9293 says</p>",
		`<a title="10 ms">lesson 3 shows</a>`:        `<a title="10 ms">lesson 3 shows</a>`,
		"<pre>sleep 10 s</pre><p>10 s</p>":           "<pre>sleep 10 s</pre><p>10\u00a0s</p>",
		`<script type="x">"10 ms <b>"</script> 1 ms`: `<script type="x">"10 ms <b>"</script> 1` + "\u00a0ms",
		"<preface>10 s</preface>":                    "<preface>10\u00a0s</preface>",
		"a < b, 1 s":                                 "a < b, 1 s",
		"":                                           "",
	} {
		if got := string(KeepUnits([]byte(in))); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
