package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"

	"finwait/engine"
)

// Bounds of a Run.
const (
	MaxSeed   = 1<<53 - 1 // what a JSON number holds exactly everywhere
	MaxSource = 64 << 10  // bytes
	MaxInputs = 1000
	MaxVary   = 16
)

// digestLen is how many hex digits of the source's sha256 a run carries, from the first.
const digestLen = 16

// Run is one run as a value: everything its log depends on. Exactly one of Scenario and Source is set.
type Run struct {
	Scenario string            `json:"scenario,omitempty"` // the name of a scenario of the library
	Digest   string            `json:"digest,omitempty"`   // of that scenario's text, see digestLen; empty is whatever it is now
	Source   string            `json:"source,omitempty"`   // or the text itself
	Vary     map[string]string `json:"vary"`               // choices by name; a missing one is the scenario's first
	Seed     int64             `json:"seed"`
	Inputs   []engine.Input    `json:"inputs"` // in the order of their times
	Engine   int               `json:"engine"` // 0 is the present one
}

// Library finds scenarios by name.
type Library interface {
	Source(name string) (src string, ok bool)
}

func sourceSHA256(src string) string {
	sum := sha256.Sum256([]byte(src))
	return hex.EncodeToString(sum[:])
}

// ParseRun reads a run's JSON strictly: unknown, repeated and misspelt members, null and trailing text are refused. The
// error is an *Error with code bad_run, or what Validate says.
func ParseRun(b []byte) (Run, error) {
	var r Run
	if err := strictJSON(b, &r); err != nil {
		return Run{}, refuse(CodeBadRun, "this is not a run: %v", "这不是一次运行的描述：%v", err)
	}
	return r, r.Validate()
}

// ParseInput reads an input's JSON as strictly. Whether it can act is for the engine to say.
func ParseInput(b []byte) (engine.Input, error) {
	var in engine.Input
	if err := strictJSON(b, &in); err != nil {
		return in, refuse(string(engine.RefusedShape), "this is not an input: %v", "这不是一个输入：%v", err)
	}
	return in, nil
}

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9]+(?:[-/][a-z0-9]+)*$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{16,64}$`)
)

// maxName bounds the names and the choices in a run, in bytes.
const maxName = 100

// Validate checks what can be checked without the scenario. The error is an *Error.
func (r Run) Validate() error {
	switch {
	case (r.Scenario == "") == (r.Source == ""):
		return refuse(CodeBadRun, "a run has either the name of a scenario or a source", "一次运行要么给出场景的名字，要么给出源代码")
	case r.Source != "" && r.Digest != "":
		return refuse(CodeBadRun, "a run with its own source has no digest", "自带源代码的运行不需要摘要")
	case r.Scenario != "" && (len(r.Scenario) > maxName || !nameForm.MatchString(r.Scenario)):
		return unknownScenario(r.Scenario)
	case r.Digest != "" && !digestForm.MatchString(r.Digest):
		return refuse(CodeBadRun, "the digest is not 16 to 64 hex digits", "摘要不是 16 到 64 个十六进制数字")
	case !utf8.ValidString(r.Source):
		return refuse(CodeBadRun, "the source is not UTF-8", "源代码不是 UTF-8 文本")
	case len(r.Source) > MaxSource:
		return refuse(CodeBadRun, "the source has %d bytes; at most %d are taken", "源代码有 %d 字节，最多 %d 字节", len(r.Source), MaxSource)
	case r.Seed < 0 || r.Seed > MaxSeed:
		return refuse(CodeBadSeed, "the seed %d is not in 0..%d", "种子 %d 不在 0..%d 之内", r.Seed, int64(MaxSeed))
	case len(r.Inputs) > MaxInputs:
		return refuse(string(engine.RefusedShape), "%d inputs; at most %d are taken", "有 %d 个输入，最多 %d 个", len(r.Inputs), MaxInputs)
	case len(r.Vary) > MaxVary:
		return refuse(CodeBadVary, "%d choices; at most %d are taken", "有 %d 个选择，最多 %d 个", len(r.Vary), MaxVary)
	case !r.varyFits():
		return refuse(CodeBadVary, "a choice has a name and a value of 1 to %d bytes", "选择的名字和取值都应当是 1 到 %d 字节", maxName)
	case r.Engine != 0 && r.Engine != engine.Version:
		return refuse(CodeEngineChanged, "this run was made with engine %d; this server has engine %d",
			"这次运行是用引擎版本 %d 做的，本服务的引擎版本是 %d", r.Engine, engine.Version)
	}
	return nil
}

func (r Run) varyFits() bool {
	for k, v := range r.Vary {
		for _, s := range []string{k, v} {
			if s == "" || len(s) > maxName || !utf8.ValidString(s) {
				return false
			}
		}
	}
	return true
}

func unknownScenario(name string) *Error {
	return refuse(CodeUnknownScenario, "there is no scenario %q", "没有名为 %q 的场景", clip(name, maxName))
}

// Resolve checks a run against a library and gives its full form: with the digest of its scenario and the engine's
// version. Runs that mean the same have the same Token then.
func Resolve(lib Library, r Run) (Run, error) {
	_, r, err := find(lib, r)
	return r, err
}

// find is Resolve with the text and the file name of the scenario.
func find(lib Library, r Run) (*source, Run, error) {
	if err := r.Validate(); err != nil {
		return nil, r, err
	}
	src := newSource(r)
	if r.Scenario != "" {
		text, ok := "", false
		if lib != nil {
			text, ok = lib.Source(r.Scenario)
		}
		if !ok {
			return nil, r, unknownScenario(r.Scenario)
		}
		src.text = text
		now := sourceSHA256(text)
		if !strings.HasPrefix(now, r.Digest) {
			return nil, r, refuse(CodeContentChanged, "%s has changed since this run was made: it was %.16s and is %.16s now",
				"场景 %s 在这次运行之后改动过：当时是 %.16s，现在是 %.16s", r.Scenario, r.Digest, now)
		}
		r.Digest = now[:digestLen]
	}
	r.Engine = engine.Version
	return src, r.copy(), nil
}

func newSource(r Run) *source {
	if r.Scenario != "" {
		return &source{file: r.Scenario + ".star"}
	}
	return &source{file: "scenario.star", text: r.Source}
}

// copy gives a run whose map and slices are its own and not nil.
func (r Run) copy() Run {
	vary := make(map[string]string, len(r.Vary))
	maps.Copy(vary, r.Vary)
	r.Vary = vary
	r.Inputs = append(make([]engine.Input, 0, len(r.Inputs)), r.Inputs...)
	for i, in := range r.Inputs {
		if in.Do.Call != nil && in.Do.Call.Args == nil {
			call := *in.Do.Call
			call.Args = []engine.Arg{}
			r.Inputs[i].Do.Call = &call
		}
	}
	return r
}

// MarshalJSON writes null for nothing.
func (r Run) MarshalJSON() ([]byte, error) {
	type plain Run
	return json.Marshal(plain(r.copy()))
}
