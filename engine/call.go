package engine

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Errno is the name of a C error number, e.g. "ECONNRESET"; empty is none.
type Errno string

// Arg is an argument of a call: a number or a text.
type Arg struct {
	Int   int64
	Str   string
	IsStr bool
}

// Num makes a numeric argument.
func Num(n int64) Arg { return Arg{Int: n} }

// Str makes a text argument.
func Str(s string) Arg { return Arg{Str: s, IsStr: true} }

func (a Arg) String() string {
	if a.IsStr {
		return a.Str
	}
	return strconv.FormatInt(a.Int, 10)
}

// MarshalJSON gives a JSON number or string.
func (a Arg) MarshalJSON() ([]byte, error) {
	if a.IsStr {
		return json.Marshal(a.Str)
	}
	return strconv.AppendInt(nil, a.Int, 10), nil
}

// UnmarshalJSON takes a JSON integer or string.
func (a *Arg) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		a.IsStr = true
		return json.Unmarshal(b, &a.Str)
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("argument %s is neither an integer nor a string", b)
	}
	*a = Num(n)
	return nil
}

// Call is a system call that a program makes. The names and their arguments, the descriptor (FD) apart:
//
//	socket()                      bind(port) or bind(addr, port)     listen(backlog)       accept()
//	connect(addr or host, port)   read(n) recv(n)                    write(data) send(data)
//	close()                       shutdown("SHUT_WR")                setsockopt(name, value…)
//	getsockopt(name)              getsockname() getpeername()        fcntl("O_NONBLOCK", 0 or 1)
//	poll(timeout_ms, fd, events, …) sleep(µs)  spawn(thread)  exit(status)
//
// In the log write and send show the number of bytes instead of the data.
type Call struct {
	Name   string
	FD     int // -1 where the call takes none
	Args   []Arg
	Data   []byte  // of write and send; it must not change any more
	Line   int     // of the program's source, 0 where there is none
	Thread Program // of spawn
}

// Result is what a call gives back to the program.
type Result struct {
	Ret   int64 // C's: -1 on failure
	Errno Errno
	Data  []byte // what read and recv read, not to be changed; empty and Ret 0 is end of file
	Out   string // what poll, getsockopt, accept, getsockname and getpeername write through a pointer
}

// Program is a thread of a process: resumed with the result of its last call, it gives its next one. The first Resume
// gets the zero Result. ok false ends the thread, as a return from main (or from the thread's function) does: status is
// then the exit status. A Program is resumed at most once at a time, and Stop is called when it will not be resumed again.
type Program interface {
	Resume(Result) (call Call, status int, ok bool)
	Stop()
}
