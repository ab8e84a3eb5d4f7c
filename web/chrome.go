package web

import "finwait/content"

// chrome are the texts of the header's tools, in one language.
type chrome struct {
	Search, SearchFailed string
}

var chromeOf = map[content.Lang]*chrome{
	content.En: {
		Search: "Search", SearchFailed: "The search did not load. The reference has the same, on one page.",
	},
	content.Zh: {
		Search: "搜索", SearchFailed: "搜索没有加载成功。参考页里有同样的内容，都在一页上。",
	},
}

func (p Page) chrome() *chrome { return chromeOf[p.Lang] }
