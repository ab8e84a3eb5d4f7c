package engine

// Arrow is a transition of the state diagram of RFC 9293 section 3.3.2, figure 5.
type Arrow struct {
	From, To State
	By       string // what brings it about: a call, or what is received: "rcv FIN"
	Logged   Step
}

// Step is the state change as which the log has an arrow. Rule is "" where any will do.
type Step struct {
	From, To State
	Rule     Rule
}

// ID names the arrow: "ESTABLISHED>FIN-WAIT-1".
func (a Arrow) ID() string { return string(a.From) + ">" + string(a.To) }

// Matches tells whether the log's state change from one state to another, by the rule, is this step.
func (s Step) Matches(from, to State, rule Rule) bool {
	return s.From != "" && s.From == from && s.To == to && (s.Rule == "" || s.Rule == rule)
}

// Arrows are the 21 arrows of the diagram, from its top to its bottom. On Linux, as here, a listener stays as it is and a
// connection of its own begins in CLOSED: SYN-RECEIVED entered from there is LISTEN to SYN-RECEIVED, and the end of such a
// connection by a RST is SYN-RECEIVED to LISTEN.
//
// LISTEN to SYN-SENT is what connect() on a listening socket does in the profile rfc9293: POSIX has no SEND that names a
// foreign socket for it, and Linux refuses. FIN-WAIT-1 to TIME-WAIT (note 2, a FIN that brings the ACK of ours) has no step
// of its own: it leads through FIN-WAIT-2 at the same instant.
var Arrows = []Arrow{
	{Closed, Listen, "listen()", Step{Closed, Listen, ""}},
	{Listen, Closed, "close()", Step{Listen, Closed, RuleListenerClosed}},
	{Closed, SynSent, "connect()", Step{Closed, SynSent, ""}},
	{SynSent, Closed, "close()", Step{SynSent, Closed, RuleCloseInSynSent}},
	{Listen, SynSent, "connect()", Step{Listen, SynSent, RuleListenActiveOpen}},
	{Listen, SynReceived, "rcv SYN", Step{Closed, SynReceived, ""}},
	{SynReceived, Listen, "rcv RST", Step{SynReceived, Closed, RuleRequestReset}},
	{SynSent, SynReceived, "rcv SYN", Step{SynSent, SynReceived, ""}},
	{SynReceived, Established, "rcv ACK", Step{SynReceived, Established, ""}},
	{SynSent, Established, "rcv SYN,ACK", Step{SynSent, Established, ""}},
	{SynReceived, FinWait1, "close()", Step{SynReceived, FinWait1, ""}},
	{Established, FinWait1, "close()", Step{Established, FinWait1, ""}},
	{Established, CloseWait, "rcv FIN", Step{Established, CloseWait, ""}},
	{FinWait1, FinWait2, "rcv ACK", Step{FinWait1, FinWait2, ""}},
	{FinWait1, Closing, "rcv FIN", Step{FinWait1, Closing, ""}},
	{FinWait1, TimeWait, "rcv FIN,ACK", Step{}},
	{CloseWait, LastAck, "close()", Step{CloseWait, LastAck, ""}},
	{FinWait2, TimeWait, "rcv FIN", Step{FinWait2, TimeWait, ""}},
	{Closing, TimeWait, "rcv ACK", Step{Closing, TimeWait, ""}},
	{LastAck, Closed, "rcv ACK", Step{LastAck, Closed, RuleLastAckAcked}},
	{TimeWait, Closed, "2MSL", Step{TimeWait, Closed, RuleTimeWaitOver}},
}
