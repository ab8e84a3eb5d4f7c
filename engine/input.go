package engine

// Input is one timed intervention. It acts after everything else that happens at its time.
type Input struct {
	At Micros `json:"at"`
	Do Do     `json:"do"`
}

// Do is what an input does: exactly one member is set.
type Do struct {
	Drop      *SegmentAction `json:"drop,omitempty"`
	Delay     *DelayAction   `json:"delay,omitempty"`
	Duplicate *SegmentAction `json:"duplicate,omitempty"`
	Call      *CallAction    `json:"call,omitempty"`
	Kill      *ProcAction    `json:"kill,omitempty"`
	PowerOff  *HostAction    `json:"power-off,omitempty"`
	Cut       *LinkAction    `json:"cut,omitempty"`
	Heal      *LinkAction    `json:"heal,omitempty"`
	Sysctl    *SysctlAction  `json:"sysctl,omitempty"`
}

// SegmentAction names a segment in flight by its id.
type SegmentAction struct {
	Segment int `json:"segment"`
}

// DelayAction makes a segment in flight arrive By µs later.
type DelayAction struct {
	Segment int    `json:"segment"`
	By      Micros `json:"by"`
}

// CallAction makes a call in a process, as if one more thread of it did; the first argument is the file descriptor.
type CallAction struct {
	Host string `json:"host"`
	Proc string `json:"proc"`
	Call string `json:"call"`
	Args []Arg  `json:"args"`
}

// ProcAction names a process.
type ProcAction struct {
	Host string `json:"host"`
	Proc string `json:"proc"`
}

// HostAction names a host.
type HostAction struct {
	Host string `json:"host"`
}

// LinkAction names one direction of the link by its sender; empty is both.
type LinkAction struct {
	From string `json:"from,omitempty"`
}

// SysctlAction sets a sysctl of a host.
type SysctlAction struct {
	Host  string `json:"host"`
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// RefusalCode says why an input can't act.
type RefusalCode string

// The codes of refused inputs.
const (
	RefusedShape     RefusalCode = "bad_input"         // not exactly one action, or an impossible value
	RefusedTime      RefusalCode = "bad_time"          // before the start or after the end of the run
	RefusedNotFlying RefusalCode = "not_in_flight"     // the segment is not in flight at that time
	RefusedHost      RefusalCode = "unknown_host"      // no such host
	RefusedProc      RefusalCode = "unknown_proc"      // no such living process
	RefusedCall      RefusalCode = "unknown_call"      // no such call, or wrong arguments
	RefusedSysctl    RefusalCode = "bad_sysctl"        // no such sysctl, or a value out of its range
	RefusedPowerless RefusalCode = "host_is_powerless" // the host is off
)

// InputError is a refused input. It refuses the whole run.
type InputError struct {
	Index int // in the run's inputs
	Code  RefusalCode
	Why   string // one English sentence with the figures
}

func (e *InputError) Error() string { return string(e.Code) + ": " + e.Why }
