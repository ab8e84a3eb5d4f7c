package engine

// Config sets up a simulation.
type Config struct {
	Seed   int64
	Delay  Micros      // the link's one-way delay
	Faults []Fault     // what the link does to which segments
	Until  Micros      // virtual time to stop at; 0 is one day
	Budget int         // events to stop at; 0 is 20,000
	Sink   func(Event) // receives each event in order; the Event's Body is not changed afterwards
}

// HostConfig describes a host to add.
type HostConfig struct {
	Name    string
	Addr    string           // dotted IPv4
	Profile string           // "linux" (default) or "rfc9293"
	Sysctl  map[string]int64 // full Linux names, e.g. "net.ipv4.tcp_fin_timeout"
}

// Fault is a standing rule of the link: what it does to which of a host's segments.
type Fault struct {
	Sender string     // host name; empty is any
	Has    Flags      // all of these flags are set
	Lacks  Flags      // none of these is
	Data   bool       // only segments with payload
	Nth    int        // the nth match, counted from 1; 0 is every one
	Action FaultKind  // what happens
	By     Micros     // of delay, and of duplicate: how much later
}

// FaultKind is what a Fault does.
type FaultKind string

// The faults.
const (
	FaultDrop      FaultKind = "drop"
	FaultDelay     FaultKind = "delay"
	FaultDuplicate FaultKind = "duplicate"
)

// Sim is one simulation: hosts, the link between them and one heap of what is to come, ordered by time, then by the order
// in which it was put there.
type Sim struct{}

// NewSim makes a simulation with no hosts.
func NewSim(c Config) *Sim { panic("coming") }

// Meta emits the run's first event. It must be the first thing that happens.
func (s *Sim) Meta(m *Meta) { panic("coming") }

// AddHost adds a host. It fails on a bad address, a second host of the same name, an unknown profile, and on an unknown
// sysctl or a value out of its range (*SysctlError).
func (s *Sim) AddHost(c HostConfig) error { panic("coming") }

// Spawn starts a process at a time, with p as its first thread.
func (s *Sim) Spawn(at Micros, host, proc string, p Program) error { panic("coming") }

// Schedule makes a scenario's own timed action; it is logged and acts as an input does, before a learner's inputs of the
// same time.
func (s *Sim) Schedule(at Micros, do Do) error { panic("coming") }

// Input adds the learner's input number index.
func (s *Sim) Input(index int, in Input) { panic("coming") }

// Run computes to the end and returns why it ended; the End event is not emitted (Finish does, after expectations were
// judged). The error is an *InputError.
func (s *Sim) Run() (EndReason, error) { panic("coming") }

// Emit appends an event of the caller's at the present time, for expectations.
func (s *Sim) Emit(b Body) { panic("coming") }

// Finish emits the End event.
func (s *Sim) Finish(r EndReason) { panic("coming") }
