package web

import (
	"strconv"

	"finwait/content"
	"finwait/engine"
)

// ArrowMap is the state diagram of RFC 9293 with its arrows numbered, and the numbered list that says the same.
type ArrowMap struct {
	Page
	Say   map[string]string
	Known bool                     // all arrows are drawn as known; else as not seen yet, until the script says otherwise
	Runs  map[string]content.Place // where each arrow can be seen, by its id
}

// node is a state's place in the big diagram. CLOSED stands twice: where a connection begins, and where it ends.
type node struct {
	State engine.State
	X, Y  px
	End   bool
}

var diagramNodes = []node{
	{engine.Closed, 176, 20, false}, {engine.Listen, 52, 82, false}, {engine.SynSent, 300, 82, false},
	{engine.SynReceived, 52, 144, false}, {engine.Established, 176, 206, false},
	{engine.FinWait1, 52, 268, false}, {engine.CloseWait, 300, 268, false},
	{engine.FinWait2, 52, 330, false}, {engine.Closing, 176, 330, false}, {engine.LastAck, 300, 330, false},
	{engine.TimeWait, 52, 392, false}, {engine.Closed, 300, 392, true},
}

// drawnArrow is how an arrow runs, and where its number stands on it.
type drawnArrow struct {
	D    string
	X, Y px
}

var diagramArrows = map[string]drawnArrow{
	"CLOSED>LISTEN":            {"M130 16H58Q52 16 52 22V69", 52, 44},
	"LISTEN>CLOSED":            {"M84 69V36Q84 28 92 28H130", 84, 50},
	"CLOSED>SYN-SENT":          {"M222 16H294Q300 16 300 22V69", 300, 44},
	"SYN-SENT>CLOSED":          {"M268 69V36Q268 28 260 28H222", 268, 50},
	"LISTEN>SYN-SENT":          {"M98 78H254", 176, 78},
	"LISTEN>SYN-RECEIVED":      {"M40 95V131", 40, 113},
	"SYN-RECEIVED>LISTEN":      {"M66 131V95", 66, 113},
	"SYN-SENT>SYN-RECEIVED":    {"M274 95V138Q274 144 268 144H98", 186, 144},
	"SYN-RECEIVED>ESTABLISHED": {"M84 157V200Q84 206 90 206H130", 84, 182},
	"SYN-SENT>ESTABLISHED":     {"M314 95V200Q314 206 308 206H222", 314, 150},
	"SYN-RECEIVED>FIN-WAIT-1":  {"M26 157V255", 26, 206},
	"ESTABLISHED>FIN-WAIT-1":   {"M150 219V234Q150 240 144 240H64Q58 240 58 246V255", 104, 240},
	"ESTABLISHED>CLOSE-WAIT":   {"M202 219V234Q202 240 208 240H294Q300 240 300 246V255", 252, 240},
	"FIN-WAIT-1>FIN-WAIT-2":    {"M52 281V317", 52, 299},
	"FIN-WAIT-1>CLOSING":       {"M98 268H170Q176 268 176 274V317", 136, 268},
	"FIN-WAIT-1>TIME-WAIT":     {"M6 268H-2Q-8 268 -8 274V386Q-8 392 -2 392H6", -8, 330},
	"CLOSE-WAIT>LAST-ACK":      {"M300 281V317", 300, 299},
	"FIN-WAIT-2>TIME-WAIT":     {"M52 343V379", 52, 361},
	"CLOSING>TIME-WAIT":        {"M176 343V380Q176 386 170 386H98", 176, 364},
	"LAST-ACK>CLOSED":          {"M300 343V379", 300, 361},
	"TIME-WAIT>CLOSED":         {"M98 399H254", 216, 399},
}

// shortName is a state's name where space is short.
func shortName(s engine.State) string {
	if s == engine.SynReceived {
		return "SYN-RCVD"
	}
	return string(s)
}

// label names the diagram; the script fills in how many arrows were seen.
func (m ArrowMap) label(seen int) string {
	if m.Known {
		return m.Say["diagram.label"]
	}
	return fill(m.Say["diagram.seen"], "n", strconv.Itoa(seen), "all", strconv.Itoa(len(engine.Arrows)))
}

func (m ArrowMap) class(base string) string {
	if m.Known {
		return base + " got"
	}
	return base
}

// find is the address of a run that has the arrow; empty where there is none.
func (m ArrowMap) find(a engine.Arrow) string {
	p := m.Runs[a.ID()]
	if p.Token == "" {
		return ""
	}
	return m.RunURL(p.Token, p.At)
}
