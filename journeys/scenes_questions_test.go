//go:build journeys && snapshots

package journeys

var questionScenes = []scene{
	{"questions-program", questions("sockets", "sockets-call", "sockets-order", "sockets-program")},
	{"questions-close", questions("four-way", "four-way-states", "close-timers", "close-fault", "close-trace")},
	{"questions-bug", questions("close-wait", "close-wait-bug")},
	{"questions-queue", questions("backlog", "backlog-admitted", "backlog-again")},
	{"questions-arrows", questions("simultaneous-close", "crossing-arrows")},
	{"questions-header", questions("handshake", "handshake-header")},
}

// questions takes the cards of a lesson as they are asked, and as they are graded with the first choice in every field.
func questions(lesson string, names ...string) func(v *studio) {
	return func(v *studio) {
		v.stage("lessons/" + lesson)
		for _, name := range names {
			card := "quiz-card[quiz=" + name + "]"
			Eval[any](v.Tab, `document.querySelector("`+card+`") || document.querySelector("a[data-more]").click(), null`)
			v.Until("the question", `document.querySelector("`+card+` form")`)
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
