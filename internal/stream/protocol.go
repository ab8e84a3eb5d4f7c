package stream

import "encoding/json"

// Subprotocol is the WebSocket subprotocol that these frames belong to.
const Subprotocol = "finwait.v1"

// Bounds of the protocol.
const (
	MaxClientFrame = 256 << 10 // bytes of a frame from the client; a longer one is refused
	MaxEventsFrame = 64 << 10  // bytes of an events frame, unless one event alone is longer
	MaxStreams     = 8         // streams of a connection at a time
	MaxCredit      = 1 << 20   // events; more credit than this is as much as this
	MaxStreamName  = 32        // bytes of a stream's name
)

// The frames of a client, by their "op". A member that stands in no struct here, a missing one, a wrong type and null are
// refused.
type (
	// Open starts a stream: a name of the client's choice for one run. Exactly one of Run, Token and Attempt is there.
	Open struct {
		Op      string          `json:"op"`
		Stream  string          `json:"stream"`
		Run     json.RawMessage `json:"run,omitempty"`     // a scenario.Run
		Token   string          `json:"token,omitempty"`   // or a run's token
		Attempt string          `json:"attempt,omitempty"` // or the id of an attempt
		Base    string          `json:"base,omitempty"`    // token of the run that this one is a fork of
		After   *int            `json:"after,omitempty"`   // the last event that the client has; absent is -1, none
		Credit  int             `json:"credit,omitempty"`  // events that may be sent at once; absent is 0
	}

	// Credit lets N more events of a stream be sent.
	Credit struct {
		Op     string `json:"op"`
		Stream string `json:"stream"`
		N      int    `json:"n"`
	}

	// Close ends a stream. There is no reply; frames that were under way may still come.
	Close struct {
		Op     string `json:"op"`
		Stream string `json:"stream"`
	}
)

// The frames of the server, by their "op".
type (
	// Opened is the first frame of a stream.
	Opened struct {
		Op      string `json:"op"`
		Stream  string `json:"stream"`
		Token   string `json:"token,omitempty"` // absent for an attempt before its answer
		Engine  int    `json:"engine"`
		ForkSeq *int   `json:"forkSeq,omitempty"` // with a base: the first event that differs from it, meta aside
	}

	// Events brings the next events of a run's log, in order and without a gap.
	Events struct {
		Op     string            `json:"op"`
		Stream string            `json:"stream"`
		Events []json.RawMessage `json:"events"`
	}

	// End is the last frame of a stream: all events were sent.
	End struct {
		Op     string `json:"op"`
		Stream string `json:"stream"`
		Seq    int    `json:"seq"`    // of the last event
		SHA256 string `json:"sha256"` // of the log's lines before the last, newlines included
	}

	// Failure says that a frame was refused (op "error"). The connection goes on. A refused open leaves no stream behind.
	Failure struct {
		Op      string `json:"op"`
		Stream  string `json:"stream,omitempty"` // absent where the frame named none
		Code    string `json:"code"`
		Message string `json:"message"` // one sentence in the session's language

		File string `json:"file,omitempty"` // where the scenario's source is to blame: its file,
		Line int    `json:"line,omitempty"` // line and
		Col  int    `json:"col,omitempty"`  // column from 1, and
		Text string `json:"text,omitempty"` // the text of the line

		RetryAfterMS int64  `json:"retryAfterMs,omitempty"` // with too_many_runs
		ID           string `json:"id,omitempty"`           // with internal: what the server's log calls it
	}
)

// The values of "op".
const (
	opOpen   = "open"
	opCredit = "credit"
	opClose  = "close"
	opOpened = "opened"
	opEvents = "events"
	opEnd    = "end"
	opError  = "error"
)
