//go:build journeys && snapshots

package journeys

import (
	"net/url"
	"regexp"
)

// scenes are what is pictured: each sets up a page and takes pictures of its parts.
var scenes = []struct {
	name string
	show func(v *studio)
}{
	{"home", func(v *studio) {
		v.Open(v.path(""))
		v.take("top", "")
		v.take("page", "main")
	}},
	{"lesson", func(v *studio) {
		v.stage("lessons/four-way")
		v.take("top", "")
		v.take("text", "article.prose")
		v.take("stage", "tcp-stage .first")
		v.take("below", ".below > :not(quiz-card)")
	}},
	{"flight", func(v *studio) {
		stage := v.stage("lessons/four-way?at=95000")
		stage.Element(".seg.flying").Focus()
		v.Press("w")
		v.take("ladder", "tcp-ladder")
		v.take("transport", ".transport")
		v.panels()
	}},
	{"time-wait", func(v *studio) {
		v.stage("lessons/four-way?at=21000000")
		v.take("ladder", "tcp-ladder")
		v.take("transport", ".transport")
		v.pane("states", "states", ".p-sc, .p-ss")
		v.pane("sockets", "sockets", ".p-sock")
	}},
	{"forked", func(v *studio) {
		stage := v.forked()
		v.take("ladder", "tcp-ladder")
		v.take("transport", ".transport")
		Eval[any](v.Tab, `document.querySelector(".toast").classList.add("shown"), null`)
		v.take("told", ".toast")
		Eval[any](v.Tab, `document.querySelector(".toast").classList.remove("shown"), null`)
		v.pane("why", "why", ".p-why")
		stage.Find("button", "^"+v.l.phrase(v.t, "branch.list")).Click()
		v.take("runs", ".transport, .runlist")
	}},
	{"segment-menu", func(v *studio) {
		stage := v.stage("lessons/four-way?at=95000")
		stage.Element(".seg.flying").Focus()
		v.Press("Enter")
		v.Find("menuitem", v.l.phrase(v.t, "menu.drop"))
		v.take("menu", "tcp-ladder, .segmenu")
		stage.item(v.l.exactly(v.t, "menu.delay.own.label")).Click()
		v.take("delay", "dialog[open]")
	}},
	{"host-menu", func(v *studio) {
		stage := v.stage("lessons/four-way?at=30000")
		stage.opensHost()
		v.take("menu", "tcp-ladder, .segmenu")
		v.Press("s")
		v.take("sysctl", "dialog[open]")
		v.Press("Escape", "Shift+?")
		v.take("keys", "dialog[open]")
	}},
	{"take-away", func(v *studio) {
		stage := v.stage("lessons/four-way?at=95000")
		stage.Find("button", v.l.exactly(v.t, "play.share")).Click()
		v.take("dialog", "dialog[open]")
	}},
	{"twin", func(v *studio) {
		stage := v.forked()
		stage.Enter()
		v.Press("c")
		stage.until("two columns", func() bool { return len(stage.columns()) == 2 })
		v.take("two", "tcp-twin")
		v.take("table", ".twintable")
	}},
	{"choices", func(v *studio) {
		stage := v.run(`{"run":{"scenario":"close/three-ways"}}`)
		v.Press("c")
		stage.until("three columns", func() bool { return len(stage.columns()) == 3 })
		stage.Enter()
		stage.Jump("End")
		v.take("three", "tcp-twin")
		v.take("table", ".twintable")
	}},
	{"bulk", func(v *studio) {
		stage := v.run(`{"run":{"scenario":"data/bulk"}}`)
		stage.Jump("End")
		v.take("ladder", "tcp-ladder")
	}},
	{"three-hosts", func(v *studio) {
		stage := v.run(`{"run":{"scenario":"open/two-clients"}}`)
		stage.Jump("End")
		v.take("ladder", "tcp-ladder")
		v.pane("states", "states", ".p-sc, .p-ss")
		v.pane("sockets", "sockets", ".p-sock")
	}},
	{"crossing", func(v *studio) {
		v.stage("lessons/simultaneous-close")
		v.Press("End")
		v.take("ladder", "tcp-ladder")
	}},
	{"backlog", func(v *studio) {
		stage := v.stage("lessons/backlog")
		stage.Enter()
		stage.Jump("End")
		v.take("ladder", "tcp-ladder")
		v.pane("sockets", "sockets", ".p-sock")
	}},
	{"trouble", func(v *studio) {
		v.Allow("WebSocket")
		v.Allow("403")
		v.Open(deafProxy(v.t, v.s) + "/" + v.l.Code + "/lessons/four-way")
		v.Until("the run over HTTP", `document.querySelector("tcp-stage").connection === "whole"`)
		v.take("whole", ".shead, .trouble")
		v.Open(v.path("lessons/four-way?run=close%2Ffour-way~x7~broken"))
		v.Until("what is wrong", `document.querySelector("main .notice")`)
		v.take("damaged", "main .notice")
	}},
	{"lost-line", func(v *studio) {
		for _, complaint := range []string{"WebSocket", "ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_SOCKET"} {
			v.Allow(complaint)
		}
		line := newCable(v.t, v.s)
		v.OpenStage(v.l, "http://"+line.listener.Addr().String()+"/"+v.l.Code+"/lessons/four-way")
		line.pull(true)
		v.Until("the server called gone", `document.querySelector("tcp-stage").connection === "offline"`)
		v.take("gone", ".shead, .trouble")
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
	{"questions-program", questions("sockets", "sockets-call", "sockets-order", "sockets-program")},
	{"questions-close", questions("four-way", "four-way-states", "close-timers", "close-fault", "close-trace")},
	{"questions-bug", questions("close-wait", "close-wait-bug")},
	{"questions-queue", questions("backlog", "backlog-admitted", "backlog-again")},
	{"questions-arrows", questions("simultaneous-close", "crossing-arrows")},
	{"questions-header", questions("handshake", "handshake-header")},
}

// stage opens a page with a stage, and gives it the keyboard.
func (v *studio) stage(rest string) Stage {
	v.t.Helper()
	stage := v.OpenStage(v.l, v.path(rest))
	stage.Enter()
	return stage
}

// run opens a run on a lesson's stage.
func (v *studio) run(body string) Stage {
	v.t.Helper()
	return v.stage("lessons/four-way?run=" + url.QueryEscape(made(v.t, v.s, body)))
}

// forked drops the first FIN, and goes on to where it is lost.
func (v *studio) forked() Stage {
	v.t.Helper()
	stage := v.stage("lessons/four-way?at=95000")
	stage.Element(".seg.flying").Focus()
	v.Press("d")
	again := regexp.MustCompile(v.l.phrase(v.t, "effect.again"))
	stage.until("what the loss leads to", func() bool { return again.MatchString(stage.told()) })
	stage.Enter()
	stage.StepUntil("the client in TIME-WAIT", func() bool { return stage.lit()[0] == "TIME-WAIT" })
	return stage
}

// panels takes each panel beside the ladder.
func (v *studio) panels() {
	v.t.Helper()
	v.pane("states", "states", ".p-sc, .p-ss")
	v.pane("code", "code", ".p-cc, .p-cs")
	v.pane("sockets", "sockets", ".p-sock")
	v.pane("header", "header", ".p-hdr")
	v.pane("transcript", "transcript", ".p-tr")
	v.pane("why", "why", ".p-why")
}

// questions takes the cards of a lesson as they are asked, and as they are graded with the first choice in every field.
func questions(lesson string, names ...string) func(v *studio) {
	return func(v *studio) {
		v.stage("lessons/" + lesson)
		for _, name := range names {
			card := "quiz-card[quiz=" + name + "]"
			v.take(name, card)
			Eval[any](v.Tab, `(() => {
				const card = document.querySelector("`+card+`");
				for (const field of card.querySelectorAll("fieldset")) field.querySelector("input[type=radio]")?.click();
				for (const number of card.querySelectorAll("input[type=number]")) number.value = number.min || 1;
				card.querySelector("[type=submit]").click();
			})(), null`)
			v.Until("its grade", `document.querySelector("`+card+` .vd:not(.todo)")`)
			v.take(name+"-graded", card)
		}
	}
}
