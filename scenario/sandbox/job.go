package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"finwait/engine"
	"finwait/scenario"
)

// Job is what a child does: one run of a source.
type Job struct {
	Run    scenario.Run  `json:"run"`
	Until  engine.Micros `json:"until,omitempty"`  // as scenario.Limits has it
	Format string        `json:"format,omitempty"` // "" is the log as JSON lines, else the name of a Renderer
	Check  bool          `json:"check,omitempty"`  // run nothing, only give the source's scenario.Outline as JSON
	View   View          `json:"view"`
}

// View is what a Renderer shows of a log.
type View struct {
	Host string         `json:"host,omitempty"` // for forms that show one host's view; "" is the client's
	At   *engine.Micros `json:"at,omitempty"`   // for forms that show one moment
}

// Renderer turns a log into bytes, in the child.
type Renderer func(log *scenario.Log, view View) ([]byte, error)

// A frame is a kind, the length of its body as four bytes, high first, and the body.
type frame struct {
	kind byte
	body []byte
}

// The kinds of frames. The child sends frameReady once; then each job gets one answer, after which a child that is used
// up leaves.
const (
	frameReady   = 'r'
	frameJob     = 'j' // a Job as JSON
	frameOutput  = 'o' // what was asked for
	frameRefused = 'e' // a scenario.Error as JSON
	frameStopped = 's' // the same, of a run that passed a soft limit; the child leaves
	frameFailed  = 'f' // the text of an error that is nobody's mistake but ours
)

// Bounds of a frame's body, in bytes.
const (
	maxJob    = 4 << 20
	maxAnswer = 64 << 20
)

func (f frame) write(w io.Writer) error {
	head := [5]byte{f.kind}
	binary.BigEndian.PutUint32(head[1:], uint32(len(f.body)))
	_, err := w.Write(append(head[:], f.body...))
	return err
}

func readFrame(r io.Reader, most uint32) (frame, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > most {
		return frame{}, fmt.Errorf("a frame of %d bytes; at most %d are taken", n, most)
	}
	f := frame{head[0], make([]byte, n)}
	_, err := io.ReadFull(r, f.body)
	return f, err
}

func jsonFrame(kind byte, v any) frame {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types are ours and hold nothing that can fail
	}
	return frame{kind, b}
}
