package quiz

import "finwait/engine"

// What a graded answer says of one end begins with its present state and the event that decided it.
var (
	sinceArrival = engine.Text{
		En: "%[1]s: %[2]s since %[3]s, when the %[4]s’s %[5]s arrived",
		Zh: "%[1]s：%[3]s 收到%[4]s的 %[5]s，从那时起是 %[2]s"}
	sinceCall = engine.Text{
		En: "%[1]s: %[2]s since %[3]s, when its program called %[4]s()",
		Zh: "%[1]s：%[3]s 程序调用了 %[4]s()，从那时起是 %[2]s"}
	sinceTimer = engine.Text{
		En: "%[1]s: %[2]s since %[3]s, when its timer ran out",
		Zh: "%[1]s：%[3]s 定时器到期，从那时起是 %[2]s"}
	sinceThen = engine.Text{
		En: "%[1]s: %[2]s since %[3]s",
		Zh: "%[1]s：从 %[3]s 起是 %[2]s"}
)

// What follows depends on the claim.
var (
	whyRight = engine.Text{En: ".", Zh: "。"}
	whyPast  = engine.Text{
		En: ". %[1]s was over at %[2]s.",
		Zh: "；%[1]s 到 %[2]s 就结束了。"}
	whyEnded = engine.Text{
		En: ". That was the end of %[1]s.",
		Zh: "；%[1]s 到此结束。"}
	whyFuture = engine.Text{
		En: ". %[1]s begins only at %[2]s.",
		Zh: "，要到 %[2]s 才进入 %[1]s。"}
	whyNever = engine.Text{
		En: ". In this run it never is %[1]s; its path is %[2]s.",
		Zh: "。这次运行里它从不经过 %[1]s，它走的是 %[2]s。"}
)

// since names a step of one end and the event that brought it about.
func (it *stateItem) since(lang, host string, s step) string {
	who, state, when := hostLabel(lang, host), string(s.to), clock(s.t)
	if s.cause >= 0 {
		switch b := it.run.events[s.cause].Body.(type) {
		case *engine.Deliver:
			if seg := it.run.segment(b.ID); seg != nil {
				return say(lang, sinceArrival, who, state, when, hostInside(lang, seg.From), flagLabel(seg.Flags))
			}
		case *engine.CallMade:
			return say(lang, sinceCall, who, state, when, b.Call)
		case *engine.TimerChange:
			return say(lang, sinceTimer, who, state, when)
		}
	}
	return say(lang, sinceThen, who, state, when)
}
