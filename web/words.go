package web

import "finwait/content"

// words are the texts of the pages around the lessons, in one language.
type words struct {
	Skip, Site, Course, Teachers, Language                       string
	Matrix, Reference, Progress, Pages                           string
	Glossary, Interview                                          string
	Theme, Contents                                              string
	Headline, HeadlineAlt, Pitch, Start                          string
	HomeDescription, FigureNote                                  string
	DoesTitle                                                    string
	Does                                                         [3]does
	CourseTitle                                                  string
	BeyondTitle                                                  string
	Beyond                                                       []beyond
	TeachTitle, Teach                                            string
	FootSource, FootSystem                                       string
	Answer, NoScript, Transcript, Files, OpenAll, OwnRun, RunNow string
	ToRun                                                        string // from the head of a lesson to its stage, where that is far below
	Home                                                         string
	ID                                                           string
}

// does is one thing that a reader can do on a stage.
type does struct{ Title, Text string }

// beyond is a page beside the lessons, as the front page tells of it.
type beyond struct{ Path, Title, Text string }

var wordsOf = map[content.Lang]*words{
	content.En: {
		Skip: "Skip to the text", Site: "Site", Course: "Course", Teachers: "For teachers", Language: "Language / 语言",
		Matrix: "Loss matrix", Reference: "Reference", Progress: "Progress", Glossary: "Glossary", Interview: "Interview questions", Pages: "Pages and lessons",
		Theme: "Switch theme", Contents: "Lessons",
		Headline: "Closing is the hard part.", HeadlineAlt: "挥手，比握手难。",
		Pitch:           "A TCP close is four segments, eleven states and one long wait. Drop any segment, run real socket calls against it, and watch what each host does next, and why.",
		Start:           "Start with ",
		HomeDescription: "How a TCP connection ends: lessons on real runs of a TCP engine. Drop a segment and watch what each host does next, and why.",
		FigureNote:      "A run of the engine. A logarithmic time lens puts 60 s beside 10 ms.",
		DoesTitle:       "A run you can change",
		Does: [3]does{
			{"Lose a segment", "Click a segment in flight and it is gone. The engine computes what follows from the same prefix, and the run as it was stays beside it."},
			{"Ask why", "Every segment, state and timer names the rule behind it: a section of an RFC, or the function in Linux that does it."},
			{"Share the address", "The address bar holds the whole run. Opened elsewhere it replays byte for byte, and it comes as a capture for Wireshark too."},
		},
		CourseTitle: "Course",
		BeyondTitle: "Beside the lessons",
		Beyond: []beyond{
			{"matrix", "The loss matrix", "Lose any of the seven segments that open and close a connection, once or every time. Each cell is a run, with what came of it in words."},
			{"states", "The eleven states", "What each state means, whom it waits for and how long it can last. Every arrow of the diagram leads to a run that has it."},
			{"reference", "The reference", "Settings with defaults and ranges, timers, errors, and every rule with its RFC section or kernel function and an example."},
			{"interview", "Interview questions", "What interviewers ask about handshake, close, TIME-WAIT and backlog: short answers, each with the run that shows it."},
			{"glossary", "The glossary", "The words of the course in two sentences each. In the lessons they are one pointer, key or tap away."},
			{"cheatsheet", "The cheat sheet", "States, settings, timers and errors on one page to print, made from the engine’s own tables."},
		},
		TeachTitle: "Put a lesson in your course", Teach: "One iframe, no site chrome, the same stage. The run is fixed to the byte, so a whole class sees the same segments, and a shared link reproduces a student's question exactly.",
		FootSource: "Every claim cites its source by section.", FootSystem: "Light, dark and reduced motion follow your system.",
		Answer: "Show the answer", NoScript: "Scripts are off, so this run stands still: the whole of it is drawn here and written out below.",
		Transcript: "Transcript", Files: "The run as a file", OpenAll: "Open full lesson", OwnRun: " Here is the lesson's own run.", RunNow: "Run the link as it is now",
		ToRun: "Straight to the run",
		Home:  "To the course", ID: "This failure is in the log as",
	},
	content.Zh: {
		Skip: "跳到正文", Site: "站点", Course: "课程", Teachers: "给教师", Language: "语言 / Language",
		Matrix: "丢包矩阵", Reference: "参考", Progress: "进度", Glossary: "术语", Interview: "面试题", Pages: "页面和课程目录",
		Theme: "切换主题", Contents: "课程目录",
		Headline: "挥手，比握手难。", HeadlineAlt: "Closing is the hard part.",
		Pitch:           "一次 TCP 关闭，四个报文段、十一个状态、一段漫长的等待。随手丢掉一个报文段，再对着它跑真实的套接字调用，看两端接下来各做什么，为什么这么做。",
		Start:           "从这里开始：",
		HomeDescription: "TCP 连接怎样结束：每一课都跑在真实的 TCP 引擎上。丢掉一个报文段，看两端接下来各做什么，为什么。",
		FigureNote:      "引擎的一次真实运行。对数时间尺度，让 60 s 和 10 ms 画在同一张图里。",
		DoesTitle:       "能动手改的运行",
		Does: [3]does{
			{"丢一个报文段", "点一下正在途中的报文段，它就丢了。引擎从同一段前缀接着往下算，原来那次运行留在旁边，供你对照。"},
			{"问一句为什么", "每个报文段、每次状态变化、每个定时器都写明依据：RFC 的哪一节，或者 Linux 内核的哪个函数。"},
			{"分享地址", "整个运行都在地址栏里。换台机器打开，逐字节重现；也能存成抓包文件，用 Wireshark 打开。"},
		},
		CourseTitle: "课程",
		BeyondTitle: "课程之外",
		Beyond: []beyond{
			{"matrix", "丢包矩阵", "打开和关闭连接的七个报文段，任丢一个，丢一次或次次都丢。每一格都是一次运行，结果写成文字。"},
			{"states", "十一个状态", "每个状态是什么意思、在等谁、最多停多久。状态图的每个箭头都通向一次有它的运行。"},
			{"reference", "参考", "设置的默认值和范围、定时器、错误，以及每条规则的 RFC 章节或内核函数，并配例子。"},
			{"interview", "面试题", "握手、挥手、TIME_WAIT、backlog，面试官真正会问的题。答案简短，每题都有一次运行作证。"},
			{"glossary", "术语", "课程里的词，各用一两句话讲清。在课文里指一下、按一下或点一下就能看到。"},
			{"cheatsheet", "速查表", "状态、设置、定时器和错误，打印成一页，全部出自引擎自己的表。"},
		},
		TeachTitle: "放进你的课程", Teach: "一个 iframe，不带站点外框，用的是同一个舞台。运行逐字节固定，全班看到的报文段都一样；学生发来一个链接，就能原样重现他的问题。",
		FootSource: "每个说法都注明出处，精确到节。", FootSystem: "浅色、深色和减弱动效跟随系统设置。",
		Answer: "看答案", NoScript: "脚本已关闭，所以这次运行不会动：下面画出了它的全程，并逐条写成文字。",
		Transcript: "文字记录", Files: "把这次运行存成文件", OpenAll: "打开完整课程", OwnRun: "下面是本课自己的运行。", RunNow: "按现在的版本运行这个链接",
		ToRun: "直接看运行",
		Home:  "回到课程", ID: "日志里这次故障的编号是",
	},
}

// HomeDescription says in a sentence what the service is.
func HomeDescription(l content.Lang) string { return wordsOf[l].HomeDescription }

func (p Page) words() *words { return wordsOf[p.Lang] }

// other is the language that a page is not in.
func other(l content.Lang) content.Lang {
	if l == content.Zh {
		return content.En
	}
	return content.Zh
}
