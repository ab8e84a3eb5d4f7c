package scenario

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"finwait/engine"
)

// A token is a run as one URL-safe string, in one of two forms, each with a check of its own bytes at the end:
//
//	close/four-way~7~drop.7@312000~e2~0f3c…~Zk3x9Q     readable: name, seed, choices, inputs, engine, digest, check
//	~zZVBNb8IwDL3vV1g5…~Zk3x9Q                          packed: deflated JSON in base64url, check
//
// A run has one token: the readable one where every part can be written so and it is short, else the packed one.
const (
	MaxToken    = 8 << 10 // bytes
	maxReadable = 200     // bytes
	maxUnpacked = 1 << 20 // bytes of JSON
	checkLen    = 6       // base64url digits of a sha256
)

var base64url = base64.RawURLEncoding.Strict()

// Token is the run's token, or "" where it would be longer than MaxToken (refuse that with TokenTooLong). It belongs to a
// run that Resolve returned; another one's lacks the digest.
func (r Run) Token() string {
	if r.Engine == 0 {
		r.Engine = engine.Version
	}
	r.Digest = r.Digest[:min(len(r.Digest), digestLen)]
	token, ok := r.readable()
	if !ok {
		token = r.packed()
	}
	if len(token) > MaxToken {
		return ""
	}
	return token
}

// TokenTooLong is the error for a run whose Token is empty.
func TokenTooLong() *Error {
	return refuse(CodeTokenTooLong, "a run's token has at most %d bytes; this source with its inputs does not fit",
		"运行的令牌最多 %d 字节，这份源代码和输入放不下", MaxToken)
}

// ParseToken reads a token strictly: only what Token can have made is taken. The error is an *Error. Whether the scenario
// still is what it was is for Resolve and Execute to say.
func ParseToken(token string) (Run, error) {
	r, err := readToken(token)
	if err != nil {
		return Run{}, err
	}
	if err := r.Validate(); err != nil {
		return Run{}, err
	}
	return r, nil
}

// Renew gives the run of a token as it is now: with the present engine, and the present text of its scenario. It is for a
// token that ParseToken or Resolve refuses because the one or the other has changed.
func Renew(token string) (Run, error) {
	r, err := readToken(token)
	if err != nil {
		return Run{}, err
	}
	r.Digest, r.Engine = "", 0
	return r, r.Validate()
}

// readToken reads a token as it stands, without asking whether the run can be made.
func readToken(token string) (Run, error) {
	if len(token) > MaxToken {
		return Run{}, TokenTooLong()
	}
	body, ok := checked(token)
	if !ok {
		return Run{}, badToken("its check does not fit", "校验不符")
	}
	return parseBody(body)
}

func badToken(en, zh string) *Error {
	return &Error{Code: CodeBadToken, Message: engine.Text{
		En: "this is not a run's token, or it is damaged: " + en,
		Zh: "这不是运行的令牌，或者它已损坏：" + zh,
	}}
}

func withCheck(body string) string {
	sum := sha256.Sum256([]byte(body))
	return body + "~" + base64url.EncodeToString(sum[:])[:checkLen]
}

// checked gives what stands before the check.
func checked(token string) (string, bool) {
	i := strings.LastIndexByte(token, '~')
	return token[:max(i, 0)], i >= 0 && withCheck(token[:i]) == token
}

func parseBody(body string) (Run, error) {
	if packed, ok := strings.CutPrefix(body, "~z"); ok {
		return unpack(packed)
	}
	r, ok := parseReadable(body)
	if !ok {
		return Run{}, badToken("a part of it can't be read", "其中有一部分读不懂")
	}
	if again, ok := r.readable(); !ok || again != withCheck(body) {
		return Run{}, badToken("it is written in another way than tokens are", "写法与令牌的规定不同")
	}
	return r, nil
}

// deflaters are kept for the next token: one takes a megabyte.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestCompression) // fails on an unknown level alone
	return w
}}

func (r Run) packed() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // the types are ours and hold nothing that can fail
	}
	var buf bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	w.Reset(&buf)
	w.Write(b)
	w.Close()
	deflaters.Put(w)
	return withCheck("~z" + base64url.EncodeToString(buf.Bytes()))
}

// unpack does not ask for the same deflated bytes, which may differ between versions of compress/flate, but for the same
// JSON.
func unpack(s string) (Run, error) {
	deflated, err := base64url.DecodeString(s)
	if err != nil {
		return Run{}, badToken("it is not base64url", "不是 base64url 编码")
	}
	in := bytes.NewReader(deflated)
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(in), maxUnpacked+1))
	if err != nil || len(b) > maxUnpacked || in.Len() > 0 {
		return Run{}, badToken("it can't be unpacked", "无法解压")
	}
	var r Run
	if err := strictJSON(b, &r); err != nil {
		return Run{}, badToken("there is no run in it", "里面不是一次运行")
	}
	if again, err := json.Marshal(r); err != nil || !bytes.Equal(again, b) || r.Engine == 0 {
		return Run{}, badToken("it is written in another way than tokens are", "写法与令牌的规定不同")
	}
	return r, nil
}

var wordForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// readable gives the readable token if every part of the run can be written so.
func (r Run) readable() (string, bool) {
	if r.Scenario == "" {
		return "", false
	}
	parts := []string{r.Scenario, strconv.FormatInt(r.Seed, 10)}
	for _, k := range slices.Sorted(maps.Keys(r.Vary)) {
		if !wordForm.MatchString(k) || !wordForm.MatchString(r.Vary[k]) {
			return "", false
		}
		parts = append(parts, k+"="+r.Vary[k])
	}
	for _, in := range r.Inputs {
		words := inputWords(in.Do)
		for _, w := range words {
			if !wordForm.MatchString(w) {
				return "", false
			}
		}
		if words == nil || in.At < 0 {
			return "", false
		}
		parts = append(parts, strings.Join(words, ".")+"@"+strconv.FormatInt(int64(in.At), 10))
	}
	parts = append(parts, "e"+strconv.Itoa(r.Engine))
	if r.Digest != "" {
		parts = append(parts, r.Digest)
	}
	token := withCheck(strings.Join(parts, "~"))
	return token, len(token) <= maxReadable
}

// parseReadable undoes readable; that the result is written in the one right way is checked by writing it again.
func parseReadable(body string) (Run, bool) {
	parts := strings.Split(body, "~")
	r := Run{Vary: map[string]string{}, Inputs: []engine.Input{}}
	if n := len(parts); n > 3 && digestForm.MatchString(parts[n-1]) {
		r.Digest, parts = parts[n-1], parts[:n-1]
	}
	n := len(parts)
	if n < 3 || !strings.HasPrefix(parts[n-1], "e") {
		return r, false
	}
	var err1, err2 error
	r.Scenario = parts[0]
	r.Seed, err1 = strconv.ParseInt(parts[1], 10, 64)
	r.Engine, err2 = strconv.Atoi(parts[n-1][1:])
	if err1 != nil || err2 != nil || r.Engine == 0 {
		return r, false
	}
	for _, part := range parts[2 : n-1] {
		if k, v, ok := strings.Cut(part, "="); ok {
			r.Vary[k] = v
			continue
		}
		what, at, ok := strings.Cut(part, "@")
		do, known := wordsInput(strings.Split(what, "."))
		t, err := strconv.ParseInt(at, 10, 64)
		if !ok || !known || err != nil {
			return r, false
		}
		r.Inputs = append(r.Inputs, engine.Input{At: engine.Micros(t), Do: do})
	}
	return r, true
}

// inputWords writes an input in words, the verb first; nil for those that have no such form.
func inputWords(do engine.Do) []string {
	var all [][]string
	id := func(n int) string { return strconv.Itoa(n) }
	link := func(verb string, a *engine.LinkAction) {
		if a != nil && a.From != "" {
			all = append(all, []string{verb, a.From})
		} else if a != nil {
			all = append(all, []string{verb})
		}
	}
	if a := do.Drop; a != nil {
		all = append(all, []string{"drop", id(a.Segment)})
	}
	if a := do.Delay; a != nil {
		all = append(all, []string{"delay", id(a.Segment), strconv.FormatInt(int64(a.By), 10)})
	}
	if a := do.Duplicate; a != nil {
		all = append(all, []string{"duplicate", id(a.Segment)})
	}
	if a := do.Kill; a != nil {
		all = append(all, []string{"kill", a.Host, a.Proc})
	}
	if a := do.PowerOff; a != nil {
		all = append(all, []string{"power-off", a.Host})
	}
	link("cut", do.Cut)
	link("heal", do.Heal)
	if len(all) != 1 || do.Call != nil || do.Sysctl != nil {
		return nil
	}
	return all[0]
}

// wordsInput undoes inputWords.
func wordsInput(words []string) (engine.Do, bool) {
	arg := append(words[1:], "", "")
	n, err1 := strconv.Atoi(arg[0])
	by, err2 := strconv.ParseInt(arg[1], 10, 64)
	var do engine.Do
	switch count := len(words); {
	case words[0] == "drop" && count == 2 && err1 == nil:
		do.Drop = &engine.SegmentAction{Segment: n}
	case words[0] == "duplicate" && count == 2 && err1 == nil:
		do.Duplicate = &engine.SegmentAction{Segment: n}
	case words[0] == "delay" && count == 3 && errors.Join(err1, err2) == nil:
		do.Delay = &engine.DelayAction{Segment: n, By: engine.Micros(by)}
	case words[0] == "kill" && count == 3:
		do.Kill = &engine.ProcAction{Host: arg[0], Proc: arg[1]}
	case words[0] == "power-off" && count == 2:
		do.PowerOff = &engine.HostAction{Host: arg[0]}
	case words[0] == "cut" && count <= 2:
		do.Cut = &engine.LinkAction{From: arg[0]}
	case words[0] == "heal" && count <= 2:
		do.Heal = &engine.LinkAction{From: arg[0]}
	default:
		return do, false
	}
	return do, true
}
