package web

import "finwait/content"

// chrome are the texts of the header's tools, in one language.
type chrome struct {
	Search, SearchFailed string
	Feed                 string
	Minutes, InMinutes   string // to read: by itself, and in a list
	Continue             string // the header's way back to the last lesson
	TextSize             string
	TextSizes            [4]string
	Seen, Right, Resume  string
	Exam                 string
}

var chromeOf = map[content.Lang]*chrome{
	content.En: {
		Search: "Search", SearchFailed: "The search did not load. The reference has the same, on one page.",
		Feed: "What is new at finwait", Minutes: "{n} min to read", InMinutes: "{n} min",
		Continue: "Continue: lesson {n}", TextSize: "Text size", TextSizes: [4]string{"Small", "Normal", "Large", "Very large"},
		Seen: "opened", Right: "{n}/{of} right", Resume: "Go on with {lesson}", Exam: "Final exam",
	},
	content.Zh: {
		Search: "搜索", SearchFailed: "搜索没有加载成功。参考页里有同样的内容，都在一页上。",
		Feed: "finwait 的更新", Minutes: "读完约 {n} 分钟", InMinutes: "{n} 分钟",
		Continue: "继续：第 {n} 课", TextSize: "字号", TextSizes: [4]string{"小", "标准", "大", "特大"},
		Seen: "打开过", Right: "答对 {n}/{of}", Resume: "接着学 {lesson}", Exam: "结业考试",
	},
}

func (p Page) chrome() *chrome { return chromeOf[p.Lang] }

// textSizes are the steps of the text's size, as site.ts and tokens.css know them; the second is the usual.
var textSizes = [4]string{"s", "m", "l", "xl"}

// FeedTitle names the feed of changes.
func FeedTitle(l content.Lang) string { return chromeOf[l].Feed }

// PictureTitle is what the site's preview says, in Latin letters.
func PictureTitle() (title, below string) {
	return wordsOf[content.En].Headline, wordsOf[content.En].HomeDescription
}
