//go:build journeys && snapshots

package journeys

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
)

// scene is what is pictured: it sets up a page and takes pictures of its parts.
type scene struct {
	name string
	show func(v *studio)
}

var scenes = slices.Concat(stageScenes, pageScenes, questionScenes)

var stageScenes = []scene{
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
	{"self-connected", func(v *studio) {
		stage := v.run(`{"run":{"scenario":"open/self"}}`)
		stage.Jump("End")
		v.take("ladder", "tcp-ladder")
		v.pane("states", "states", ".p-sc, .p-ss")
		v.pane("sockets", "sockets", ".p-sock")
	}},
	{"processes", func(v *studio) {
		stage := v.run(`{"run":{"source":` + quoted(mine+"process(\"client\", \"second\", client, at = \"1s\")\n") + `}}`)
		stage.Jump("End")
		v.Until("the choice of a process", `document.querySelector(".p-cc select.pick:not([hidden])")`)
		v.pane("code", "code", ".p-cc, .p-cs")
	}},
	{"predict", func(v *studio) {
		v.asked()
		v.take("before", "tcp-predict")
		v.take("stage", "tcp-stage .first, tcp-ladder")
		right := Eval[int](v.Tab, `Number(document.querySelector("tcp-predict").getAttribute("right"))`)
		v.predicts((right + 1) % 2)
		v.take("wrong", "tcp-predict")
		v.asked()
		v.predicts(right)
		v.take("right", "tcp-predict")
		v.asked()
		v.Element("tcp-predict .btn.ghost").Click()
		v.Until("the question skipped", `document.querySelector("tcp-predict.done")`)
		v.take("skipped", "tcp-predict")
	}},
	{"large-text", func(v *studio) {
		v.Open(v.path("states"))
		Eval[any](v.Tab, `localStorage.setItem("finwait-text", "xl"), null`)
		v.stage("lessons/four-way?at=95000")
		v.show("top", "") // how far the ladder has scrolled is not the same each time
		v.show("stage", "tcp-stage .first")
		v.pane("sockets", "sockets", ".p-sock")
		v.pane("header", "header", ".p-hdr")
		v.pane("why", "why", ".p-why")
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
}

// stage opens a page with a stage, and gives it the keyboard.
func (v *studio) stage(rest string) Stage {
	v.t.Helper()
	stage := v.OpenStage(v.l, v.path(rest))
	stage.Enter()
	return stage
}

// asked opens a lesson whose stage asks what will happen, as one who has not answered, and lets it come to where it waits.
func (v *studio) asked() {
	v.t.Helper()
	v.Open(v.path("states"))
	Eval[any](v.Tab, `localStorage.clear(), null`)
	v.Open(v.path("lessons/four-way"))
	v.askingStage(v.l).Enter()
	v.Press("End")
	v.Until("the question", `document.querySelector("tcp-predict.asks")`)
}

// predicts answers what the stage asks, and goes on to where it tells what came of it.
func (v *studio) predicts(choice int) {
	v.t.Helper()
	Eval[any](v.Tab, fmt.Sprintf(`document.querySelectorAll("tcp-predict input")[%d].click(), null`, choice))
	v.Element("tcp-predict button[type=submit]").Click()
	v.Until("the run to go on", `document.querySelector("tcp-predict.done")`)
	Stage{v.Tab, v.l}.Enter()
	v.Press("End")
	v.Until("the verdict", `document.querySelector("tcp-predict .vd")`)
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
