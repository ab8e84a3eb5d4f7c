//go:build journeys && snapshots

package journeys

import "net/url"

var pageScenes = []scene{
	{"home", func(v *studio) {
		v.Open(v.path(""))
		v.take("top", "")
		v.take("page", "main")
	}},
	{"embed", func(v *studio) {
		v.OpenStage(v.l, v.s.URL+"/embed/"+v.l.Code+"/lessons/four-way")
		v.take("top", "")
	}},
	{"without-scripts", func(v *studio) {
		v.WithoutJavaScript()
		v.Open(v.path("lessons/four-way"))
		v.take("still", ".still")
	}},
	{"pages", func(v *studio) {
		v.Allow("404")
		for _, name := range pagesAround {
			v.Open(v.path(name))
			v.take(name, "main")
		}
		v.Open(v.path("lessons/nine-way"))
		v.take("lost", "")
	}},
	{"search", func(v *studio) {
		v.Open(v.path(""))
		v.Press("/")
		v.Find("dialog", "")
		for _, key := range "wait" {
			v.Press(string(key))
		}
		v.Until("what was found", `document.querySelector("dialog[open] [role=option]")`)
		v.take("found", "dialog[open]")
	}},
	{"playground", func(v *studio) {
		pg := v.OpenPlayground(v.l, v.path("playground"))
		v.take("top", "")
		v.take("rack", "tcp-playground")
		pg.write(mine + "drop(flags = \"F\")\n# delay(\"1s\")\n")
		pg.Until("two rules", `document.querySelectorAll("fault-rules li").length === 2`)
		Eval[any](v.Tab, `document.querySelectorAll("tcp-playground details, fault-rules details").forEach((d) => d.open = true), null`)
		v.take("rules", "fault-rules")
		pg.write("host('client')\nhots('x')")
		pg.mistake(2)
		v.take("mistake", ".write")
	}},
	{"menu", func(v *studio) {
		v.Open(v.path("reference"))
		Eval[any](v.Tab, `for (const d of document.querySelectorAll(".sizing, .course-menu")) if (d.getClientRects().length) d.open = true; null`)
		v.take("open", "")
	}},
	{"term", func(v *studio) {
		v.stage("lessons/lost-fin")
		Eval[any](v.Tab, orphan+`.scrollIntoView({block: "center"}), `+orphan+`.click(), null`)
		v.until("its card", func() bool { return v.card() != "" })
		v.take("card", ".gcard:popover-open")
	}},
	{"interview", func(v *studio) {
		v.Open(v.path("interview"))
		v.take("page", "main")
		v.Open(v.path("interview?open#queue-full"))
		v.Until("the answer that the address names", `document.getElementById("queue-full").open`)
		v.take("answer", "#queue-full")
	}},
	{"cheat-sheet", func(v *studio) {
		v.Open(v.path("cheatsheet"))
		v.take("screen", "main")
		v.paper("print", "main")
	}},
	{"exam", func(v *studio) {
		v.Open(v.path("exam"))
		v.take("begin", "main")
		v.Element("main form button[type=submit]").Click()
		v.Until("the paper", `document.querySelectorAll("exam-paper nav button").length === 20`)
		v.show("question", "main")
		v.Element("main details.end summary").Click()
		v.show("end", "main details.end") // what is above it is drawn at random
		v.Element("main details.end button[type=submit]").Click()
		v.Until("the result", `document.querySelectorAll(".res tbody tr").length === 20`)
		v.show("result", "main")
		v.Open(v.path("review"))
		v.Until("what comes again", `document.querySelectorAll(".review tbody tr").length === 20`)
		v.show("review", "main")
	}},
	{"review-empty", func(v *studio) {
		v.Open(v.path("review"))
		v.take("page", "main")
	}},
	{"walked", func(v *studio) {
		stage := v.stage("lessons/four-way")
		stage.Jump("End")
		v.Until("the arrows to be noted", `localStorage.getItem("finwait.arrows")?.includes("TIME-WAIT>CLOSED")`)
		v.Open(v.path("progress"))
		v.Until("the arrows of a whole connection", `Number(document.querySelector("[data-role=arrows]").textContent) >= 10`)
		v.take("coverage", ".covg")
		v.take("lessons", ".les")
	}},
	{"playground-twin", func(v *studio) {
		pg := v.OpenPlayground(v.l, v.path("playground?run="+url.QueryEscape(made(v.t, v.s, `{"run":{"scenario":"close/three-ways"}}`))))
		pg.Enter()
		v.Press("c")
		pg.until("three columns", func() bool { return len(pg.columns()) == 3 })
		pg.Enter()
		pg.Jump("End")
		v.take("top", "")
		v.take("twin", "tcp-twin")
	}},
}
