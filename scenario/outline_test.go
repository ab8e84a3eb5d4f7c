package scenario_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"finwait/content"
	"finwait/scenario"
)

const outlined = `# 一个场景 🙂
scenario(title = {"en": "Two", "zh": "两个"}, link = link("20ms"))
how = vary("how", ["a", "b"])

def p(os):
    os.close(os.socket())

host("client", p, sysctl = {  # 🙂
    "net.ipv4.tcp_fin_timeout": 30,
})
host("server")
drop(sender = "client", flags = "F", nth = 1)  # the first
# delay("250ms", flags = "A")
at("3s", duplicate(data = True))
if how == "b":
    drop(flags = "R")
# drop is a word
# drop(
#     sender = "server",
# )
`

func check(t *testing.T, source string) *scenario.Outline {
	t.Helper()
	o, err := scenario.Check(scenario.Run{Source: source}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// cut is what a browser finds between two offsets.
func cut(source string, from, to int) string {
	return string(utf16.Decode(utf16.Encode([]rune(source))[from:to]))
}

func TestOutlineSaysWhereThingsStand(t *testing.T) {
	o := check(t, outlined)
	at := func(from, to int) string { return cut(outlined, from, to) }
	client, server := o.Hosts[0], o.Hosts[1]
	entry := client.Dict.Entries[0]
	for _, c := range []struct{ what, got, want string }{
		{"title", o.Title.Zh, "两个"},
		{"vary", o.Vary[0].Name + " " + strings.Join(o.Vary[0].Choices, "|") + " " + o.Vary[0].Chosen, "how a|b a"},
		{"a setting", entry.Name + "=" + entry.Value.Text + " " + at(entry.Value.From, entry.Value.To), "net.ipv4.tcp_fin_timeout=30 30"},
		{"the place of one more", at(entry.From, client.Dict.Last), `"net.ipv4.tcp_fin_timeout": 30`},
		{"a host without settings", at(server.Call.Last-8, server.Call.Last), `"server"`},
		{"the link", at(o.Link.Call.Args[0].Value.From, o.Link.Call.Args[0].Value.To), `"20ms"`},
		{"its name", o.Link.Call.Args[0].Name, "delay"},
		{"the end", at(o.End-17, o.End), `drop(flags = "R")`},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if o.Link.DelayUS != 20_000 || client.Sysctl["net.ipv4.tcp_fin_timeout"] != 30 || o.Computed != 0 {
		t.Errorf("%+v", o)
	}
}

func TestOutlineKnowsRulesThatAreOff(t *testing.T) {
	o := check(t, outlined)
	var got []string
	for _, f := range o.Faults {
		state := " off "
		if f.On {
			state = " on "
		}
		got = append(got, f.Kind+state+f.At+" | "+strings.ReplaceAll(cut(outlined, f.From, f.To), "\n", "⏎"))
	}
	want := `drop on  | drop(sender = "client", flags = "F", nth = 1)
delay off  | # delay("250ms", flags = "A")
duplicate on "3s" | at("3s", duplicate(data = True))
drop off  | # drop(⏎#     sender = "server",⏎# )`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
	if first := o.Faults[0]; cut(outlined, first.Call.Args[2].Value.From, first.Call.Args[2].Value.To) != "1" || first.Call.Args[2].Name != "nth" {
		t.Errorf("%+v", first.Call)
	}
	if b := o.Faults[1].Call.Args[0]; b.Name != "by" || b.Value.Text != "250ms" {
		t.Errorf("%+v", b)
	}
}

// TestOutlineLeavesAloneWhatIsComputed: a value that is no literal has no place to be changed in.
func TestOutlineLeavesAloneWhatIsComputed(t *testing.T) {
	o := check(t, `
for name in ["client", "server"]:
    host(name)
    drop(sender = name)
settings = {"net.ipv4.tcp_fin_timeout": 5}
host("third", sysctl = settings)
args = {"name": "fourth"}
host(**args)
delay(*["1s"])
`)
	for _, h := range o.Hosts {
		if h.Call != nil || h.Dict != nil {
			t.Errorf("%s has a place: %+v", h.Name, h)
		}
	}
	if o.Hosts[2].Sysctl["net.ipv4.tcp_fin_timeout"] != 5 || o.Computed != 2 {
		t.Errorf("%+v", o)
	}
	if len(o.Faults) != 1 || o.Faults[0].Call != nil {
		t.Errorf("%+v", o.Faults)
	}
	if o.Link.Call != nil || o.Link.Scenario != nil {
		t.Errorf("%+v", o.Link)
	}
}

// TestCheckFindsMistakes: each is at its line, in both languages, though no program has run.
func TestCheckFindsMistakes(t *testing.T) {
	for name, source := range map[string]string{
		"syntax":    "host('client'\n",
		"name":      "hots('client') # here",
		"setting":   "host('client', sysctl = {\n  'net.ipv4.tcp_fin': 1, # here\n})",
		"call":      "def p(os):\n    s = os.socket()\n    os.clsoe(s) # here\nhost('client', p)",
		"no host":   " # here",
		"choice":    "vary('a', ['b', 'b']) # here",
		"late name": "host('client')\ndrop(sender = 'sever') # here",
	} {
		_, err := scenario.Check(scenario.Run{Source: source}, scenario.Limits{})
		var e *scenario.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		lines := strings.Split(source, "\n")
		if name != "syntax" && (e.Line < 1 || !strings.HasSuffix(lines[e.Line-1], "# here")) {
			t.Errorf("%s: at line %d", name, e.Line)
		}
		if e.Message.En == "" || e.Message.Zh == "" {
			t.Errorf("%s: a language is missing: %+v", name, e.Message)
		}
	}
}

// TestOutlinesOfTheLibrary: every scenario of ours can be changed by the controls.
func TestOutlinesOfTheLibrary(t *testing.T) {
	lib, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lib.Scenarios() {
		source, _ := lib.Source(name)
		o := check(t, source)
		if b, err := json.Marshal(o); err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s: %s, %v", name, b, err)
		}
		for _, h := range o.Hosts {
			if h.Call == nil {
				t.Logf("%s: the host %s is computed", name, h.Name)
			}
		}
		for _, f := range o.Faults {
			if !f.On {
				t.Errorf("%s has a rule that is off: %s", name, f.Text)
			}
		}
	}
}
