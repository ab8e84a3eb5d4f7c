package web

import (
	"finwait/content"
	"finwait/scenario"

	"github.com/a-h/templ"
)

// Playground is the page where scenarios are edited.
type Playground struct {
	Page
	Course  []Chapter
	Stage   Stage
	Folders []Folder
	Words   []scenario.Word
	Data    PlaygroundData
}

// Folder is a part of the library of scenarios.
type Folder struct {
	Name    string
	Title   string
	Entries []FolderEntry
}

// FolderEntry is a scenario of the library; Href opens its plain run.
type FolderEntry struct{ Name, Title, Href string }

// PlaygroundData is what the page's script begins with: the run on the stage and its text.
type PlaygroundData struct {
	Source   string            `json:"source"`
	Scenario string            `json:"scenario"` // of the library, where the text is one's
	Vary     map[string]string `json:"vary"`
	Seed     int64             `json:"seed"`
	Token    string            `json:"token"`
	Phrases  map[string]string `json:"phrases"`
}

// playgroundWords are the page's texts that need no script.
type playgroundWords struct {
	Title, Description, NoScript, Library, Experiment string
	Reference, ReferenceNote                          string
	Kinds                                             map[scenario.WordKind]string
}

var playgroundWordsOf = map[content.Lang]*playgroundWords{
	content.En: {
		Title:       "Playground",
		Description: "Write hosts, programs and faults as a short Starlark file, run it on a real TCP engine, and share the run as a link.",
		NoScript:    "Scripts are off, so nothing can be edited here. Each scenario below opens with its run drawn and written out.",
		Library:     "Scenarios", Experiment: "Experiment",
		Reference: "The language", ReferenceNote: "A scenario is one Starlark file, a small Python. These are all the names it has beside Python's own.",
		Kinds: map[scenario.WordKind]string{
			scenario.WordDeclaration: "At the top level", scenario.WordCall: "In a program, of os", scenario.WordLog: "In an expectation, of log",
			scenario.WordConstant: "Constants, of os",
		},
	},
	content.Zh: {
		Title:       "实验台",
		Description: "用一个简短的 Starlark 文件写出主机、程序和故障，在真实的 TCP 引擎上运行，再把这次运行作为链接分享出去。",
		NoScript:    "脚本已关闭，所以这里不能编辑。下面的每个场景都可以打开，页面会画出它的运行，并逐条写成文字。",
		Library:     "场景", Experiment: "实验",
		Reference: "语言", ReferenceNote: "一个场景就是一个 Starlark 文件，像一个小 Python。除了 Python 自己的名字，它只有下面这些。",
		Kinds: map[scenario.WordKind]string{
			scenario.WordDeclaration: "写在顶层", scenario.WordCall: "写在程序里，属于 os", scenario.WordLog: "写在预期里，属于 log",
			scenario.WordConstant: "常量，属于 os",
		},
	},
}

// PlaygroundTitle names the page, also in the site's navigation.
func PlaygroundTitle(l content.Lang) string { return playgroundWordsOf[l].Title }

// PlaygroundDescription says in a sentence what the page is for.
func PlaygroundDescription(l content.Lang) string { return playgroundWordsOf[l].Description }

func (p Playground) text() *playgroundWords { return playgroundWordsOf[p.Lang] }

// wordKinds is the order in which the reference shows the words.
var wordKinds = []scenario.WordKind{scenario.WordDeclaration, scenario.WordCall, scenario.WordLog, scenario.WordConstant}

func (p Playground) wordsOf(kind scenario.WordKind) []scenario.Word {
	var out []scenario.Word
	for _, w := range p.Words {
		if w.Kind == kind {
			out = append(out, w)
		}
	}
	return out
}

// data is what the script needs, as JSON.
func (p Playground) data() templ.Component {
	return jsonScript("playground", p.Data)
}
