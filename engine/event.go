package engine

// Micros is virtual time since the start of the run, in microseconds.
type Micros int64

// Convenient units of virtual time.
const (
	Millisecond Micros = 1000
	Second      Micros = 1000 * Millisecond
	Day         Micros = 24 * 3600 * Second
)

// Kind names the shape of an event's body.
type Kind string

// The kinds of events, as they stand in the log.
const (
	KindMeta    Kind = "meta"
	KindSegment Kind = "segment"
	KindFate    Kind = "fate"
	KindDeliver Kind = "deliver"
	KindCall    Kind = "call"
	KindReturn  Kind = "return"
	KindState   Kind = "state"
	KindTimer   Kind = "timer"
	KindQueue   Kind = "queue"
	KindProcess Kind = "process"
	KindInput   Kind = "input"
	KindExpect  Kind = "expect"
	KindEnd     Kind = "end"
)

// Event is one line of a run's log.
type Event struct {
	Seq   int    // 0, 1, 2, …
	T     Micros // never less than the event before
	Rule  Rule   // why it happened; empty where no rule decided
	Cause int    // Seq of the event that brought it about; -1 for none
	Body  Body   // what a Sink gets holds until the Sink returns
}

// Body is what an event says beyond its common fields: one of the pointer types of this file.
type Body interface {
	Kind() Kind
	// appendFields appends the body's JSON members, each with a leading comma.
	appendFields(dst []byte, w *writer) []byte
}

// Text is a text in both languages.
type Text struct {
	En string `json:"en"`
	Zh string `json:"zh"`
}

// Meta is the first event of every log: what the run is.
type Meta struct {
	Engine   int               `json:"engine"`
	Scenario ScenarioRef       `json:"scenario"`
	Vary     map[string]string `json:"vary"`
	Seed     int64             `json:"seed"`
	Inputs   []Input           `json:"inputs"`
	Hosts    []HostMeta        `json:"hosts"`
	Link     LinkMeta          `json:"link"`
	Title    Text              `json:"title"`
}

// ScenarioRef names a scenario and the text it had.
type ScenarioRef struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the source, lower-case hex
}

// HostMeta describes one host; Sysctl holds only what differs from the profile's defaults.
type HostMeta struct {
	Name    string           `json:"name"`
	Addr    string           `json:"addr"`
	Profile string           `json:"profile"`
	Sysctl  map[string]int64 `json:"sysctl"`
}

// LinkMeta describes the link; DelayUS is the one-way delay in µs.
type LinkMeta struct {
	DelayUS Micros `json:"delay_us"`
}

// SegmentSent is a segment as its sender hands it to the link (kind "segment").
type SegmentSent struct {
	ID             int     `json:"id"` // 1, 2, 3, … in the order of sending
	From           string  `json:"from"`
	To             string  `json:"to"`
	Sport          uint16  `json:"sport"`
	Dport          uint16  `json:"dport"`
	Flags          Flags   `json:"flags"`
	Seqno          int64   `json:"seqno"` // relative to the ISN of this direction's latest SYN, which is 0; signed
	Ackno          int64   `json:"ackno"` // relative likewise to the other direction; 0 without the ACK flag
	Abs            SeqAck  `json:"abs"`
	Len            int     `json:"len"`       // payload bytes
	Win            uint16  `json:"win"`       // the header field
	WinBytes       int     `json:"win_bytes"` // the field scaled
	Opts           Options `json:"opts"`
	Retransmission bool    `json:"retransmission"`
	Arrives        Micros  `json:"arrives"` // as scheduled; a fate or a later input can change it

	Payload []byte `json:"-"` // Len bytes; not in the log, used by packet captures

	ts     Timestamps // room for Opts.TS
	wscale int        // and for Opts.WScale
}

// SeqAck holds the two numbers as they stand in the header.
type SeqAck struct {
	Seq uint32 `json:"seq"`
	Ack uint32 `json:"ack"`
}

// Options are the TCP options of a segment; absent ones are left out.
type Options struct {
	MSS    int         `json:"mss,omitempty"`     // bytes; 0 is absent
	SACKOK bool        `json:"sack_ok,omitempty"` // SACK permitted
	TS     *Timestamps `json:"ts,omitempty"`
	WScale *int        `json:"wscale,omitempty"` // shift count
	SACK   []SACKBlock `json:"sack,omitempty"`
}

// Timestamps is the option of RFC 7323 section 3, in ms ticks.
type Timestamps struct {
	Val uint32 `json:"val"`
	Ecr uint32 `json:"ecr"`
}

// SACKBlock is a block of RFC 2018 section 3 by sequence numbers relative to the ISN; Right is the first byte after it.
type SACKBlock struct {
	Left  int64 `json:"left"`
	Right int64 `json:"right"`
}

// Fate says what the link or an input decided for a segment; a segment without one is delivered as scheduled.
type Fate struct {
	ID      int      `json:"id"`
	Fate    FateKind `json:"fate"`
	Arrives Micros   `json:"arrives,omitempty"` // the new, or the second, arrival; absent when dropped
}

// FateKind is a segment's fate.
type FateKind string

// The fates.
const (
	Dropped    FateKind = "dropped"
	Delayed    FateKind = "delayed"
	Duplicated FateKind = "duplicated"
)

// Deliver is a segment's arrival at a host.
type Deliver struct {
	ID   int    `json:"id"`
	Host string `json:"host"`
}

// CallMade is a program's system call (kind "call").
type CallMade struct {
	ID     int    `json:"id"` // pairs the call with its return
	Host   string `json:"host"`
	Proc   string `json:"proc"`
	Thread int    `json:"thread"` // 0 is the process's first
	Line   int    `json:"line"`   // in the scenario's source; 0 when an input made the call
	FD     int    `json:"fd"`     // -1 where the call takes none
	Call   string `json:"call"`
	Args   []Arg  `json:"args"`
}

// Returned is the return of a call (kind "return").
type Returned struct {
	ID        int    `json:"id"`
	Host      string `json:"host"`
	Proc      string `json:"proc"`
	Thread    int    `json:"thread"`
	Line      int    `json:"line"`
	FD        int    `json:"fd"`
	Call      string `json:"call"`
	Ret       int64  `json:"ret"`             // C's: -1 on failure
	Out       string `json:"out,omitempty"`   // what a call writes through a pointer: poll's events, getsockopt's value, …
	Errno     Errno  `json:"errno,omitempty"` // the name, e.g. "ECONNRESET"
	BlockedUS Micros `json:"blocked_us"`
}

// StateChange is a socket's step through the state diagram (kind "state"). A socket that is deleted goes to CLOSED.
type StateChange struct {
	Host   string `json:"host"`
	Sock   int    `json:"sock"`   // the socket's number on its host: 1, 2, …
	Local  string `json:"local"`  // "10.0.0.1:40001"
	Remote string `json:"remote"` // "10.0.0.2:80"; "*" for a listener
	From   State  `json:"from"`
	To     State  `json:"to"`
	Orphan bool   `json:"orphan"` // no program holds it any more
}

// TimerChange is a timer set, fired or stopped (kind "timer").
type TimerChange struct {
	Host    string      `json:"host"`
	Sock    int         `json:"sock"`
	Timer   TimerName   `json:"timer"`
	Action  TimerAction `json:"action"`
	At      Micros      `json:"at,omitempty"` // when it will fire; with "set" alone
	Attempt int         `json:"attempt"`      // retransmissions so far on this timer, 0 at first
}

// TimerName names a socket's timer.
type TimerName string

// The timers.
const (
	TimerRetransmit TimerName = "retransmit"
	TimerProbe      TimerName = "probe"
	TimerDelack     TimerName = "delack"
	TimerPersist    TimerName = "persist"
	TimerKeepalive  TimerName = "keepalive"
	TimerFinWait2   TimerName = "fin-wait-2"
	TimerTimeWait   TimerName = "time-wait"
	TimerSynAck     TimerName = "syn-ack"
)

// TimerAction is what happened to a timer.
type TimerAction string

// The timer actions.
const (
	TimerSet  TimerAction = "set"
	TimerFire TimerAction = "fire"
	TimerStop TimerAction = "stop"
)

// Queue shows a connection's queues after they changed, in bytes, as ss counts them: a FIN or SYN counts one.
type Queue struct {
	Host  string `json:"host"`
	Sock  int    `json:"sock"`
	Local string `json:"local"`
	RecvQ int    `json:"recvq"`
	SendQ int    `json:"sendq"`
}

// ListenQueue shows a listener's queues after they changed, in connections (kind "queue" too).
type ListenQueue struct {
	Host    string `json:"host"`
	Sock    int    `json:"sock"`
	Local   string `json:"local"`
	Accept  int    `json:"accept"`
	Syn     int    `json:"syn"`
	Backlog int    `json:"backlog"`
}

// Process is a program's start or end.
type Process struct {
	Host   string        `json:"host"`
	Proc   string        `json:"proc"`
	Action ProcessAction `json:"action"`
	Status int           `json:"status"` // exit status; 137 when killed
}

// ProcessAction is what happened to a process.
type ProcessAction string

// The process actions.
const (
	ProcessStart ProcessAction = "start"
	ProcessExit  ProcessAction = "exit"
	ProcessKill  ProcessAction = "kill"
)

// InputApplied echoes an input when it acts (kind "input").
type InputApplied struct {
	Do Do `json:"do"`
}

// Expect is an expectation of the scenario, judged at the end of the run.
type Expect struct {
	Text  Text `json:"text"`
	Holds bool `json:"holds"`
}

// End is always the last event. SHA256 is filled by the Encoder: the digest of all lines before this one, newlines
// included.
type End struct {
	Reason EndReason `json:"reason"`
	SHA256 string    `json:"sha256"`
}

// EndReason says why a run ended.
type EndReason string

// The reasons.
const (
	EndQuiet  EndReason = "quiet"  // nothing is left to happen
	EndUntil  EndReason = "until"  // the time asked for is reached
	EndBudget EndReason = "budget" // too many events
)

// Kind implements Body.
func (*Meta) Kind() Kind         { return KindMeta }
func (*SegmentSent) Kind() Kind  { return KindSegment }
func (*Fate) Kind() Kind         { return KindFate }
func (*Deliver) Kind() Kind      { return KindDeliver }
func (*CallMade) Kind() Kind     { return KindCall }
func (*Returned) Kind() Kind     { return KindReturn }
func (*StateChange) Kind() Kind  { return KindState }
func (*TimerChange) Kind() Kind  { return KindTimer }
func (*Queue) Kind() Kind        { return KindQueue }
func (*ListenQueue) Kind() Kind  { return KindQueue }
func (*Process) Kind() Kind      { return KindProcess }
func (*InputApplied) Kind() Kind { return KindInput }
func (*Expect) Kind() Kind       { return KindExpect }
func (*End) Kind() Kind          { return KindEnd }
