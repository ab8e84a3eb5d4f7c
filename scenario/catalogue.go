package scenario

import "finwait/engine"

// Word is a name that scenarios use, for editors: how it is written and what it does, in a sentence.
type Word struct {
	Name      string      `json:"name"`
	Kind      WordKind    `json:"kind"`
	Signature string      `json:"signature"` // what stands behind the name: "(fd, backlog)"; "" for a constant
	Doc       engine.Text `json:"doc"`
}

// WordKind says where a word belongs.
type WordKind string

// The kinds of words.
const (
	WordDeclaration WordKind = "declaration" // called at the top level
	WordCall        WordKind = "call"        // of os, in a program
	WordConstant    WordKind = "constant"    // of os
	WordLog         WordKind = "log"         // of log, in an expectation
)

// Catalogue lists the words: the declarations, then the calls in the order of a connection's life, then the constants.
func Catalogue() []Word {
	list := append([]Word{}, words...)
	for _, name := range constants {
		list = append(list, Word{Name: name, Kind: WordConstant})
	}
	return list
}

func declares(name, signature, en, zh string) Word {
	return Word{name, WordDeclaration, signature, engine.Text{En: en, Zh: zh}}
}

func calls(name, signature, en, zh string) Word {
	return Word{name, WordCall, signature, engine.Text{En: en, Zh: zh}}
}

func reads(name, signature, en, zh string) Word {
	return Word{name, WordLog, signature, engine.Text{En: en, Zh: zh}}
}

var words = []Word{
	declares("scenario", `(title, link = link(…), until = time)`, "Names the scenario and sets its link; at most once.", "给场景起标题、设链路；最多调用一次。"),
	declares("link", `(delay = "10ms")`, "One-way delay, the same for all pairs of hosts.", "单程时延，所有主机之间都一样。"),
	declares("host", `(name, program = None, sysctl = {}, profile = "linux", addr = None)`, "A host, with a process that runs program(os) from time 0.", "一台主机，带一个从 0 时刻起运行 program(os) 的进程。"),
	declares("process", `(host, name, program, at = 0)`, "One more process of a host, from a time on.", "主机上的又一个进程，从某个时刻开始。"),
	declares("vary", `(name, [choice, …])`, "Gives the choice that the run names, else the first.", "返回这次运行选定的选项，没选就是第一个。"),
	declares("expect", `(text, check)`, "What must hold: check(log) says True or False after the run.", "必须成立的事：运行结束后由 check(log) 判定 True 或 False。"),
	declares("drop", `(sender, flags, lacks, data, nth)`, "Segments that match are lost.", "符合条件的报文段丢失。"),
	declares("delay", `(by, sender, flags, lacks, data, nth)`, "Segments that match arrive later by that time.", "符合条件的报文段晚到这么久。"),
	declares("duplicate", `(sender, flags, lacks, data, nth, by = 0)`, "Segments that match arrive twice.", "符合条件的报文段到达两次。"),
	declares("reorder", `(sender, flags, lacks, data, nth, by)`, "Segments that match are overtaken by what follows.", "符合条件的报文段被后面的超过。"),
	declares("at", `(time, what, …)`, "Lets what kill(), cut() or drop() gives happen at a time.", "让 kill()、cut()、drop() 等在某个时刻发生。"),
	declares("kill", `(host, process = host)`, "Kills a process, as kill -9 does.", "杀掉一个进程，如同 kill -9。"),
	declares("power_off", `(host)`, "Switches a host off: it is silent from then on.", "给主机断电：从此不再有任何动静。"),
	declares("cut", `(sender = "")`, "Cuts the link; with a sender, in that direction alone.", "切断链路；给出 sender 则只断那个方向。"),
	declares("heal", `(sender = "")`, "Mends a link that was cut.", "恢复被切断的链路。"),
	declares("sysctl", `(host, name, value)`, "Changes a setting of a host.", "修改主机的一项 sysctl。"),

	calls("socket", `()`, "Makes a socket and gives its descriptor.", "创建套接字，返回描述符。"),
	calls("bind", `(fd, port)`, "Takes a local port; bind(fd, addr, port) takes an address too.", "占用本地端口；也可写 bind(fd, addr, port)。"),
	calls("listen", `(fd, backlog)`, "Makes a listener with room for so many accepted connections.", "变成监听套接字，backlog 是全连接队列的长度。"),
	calls("accept", `(fd)`, "Waits for a connection and gives its descriptor.", "等到一个连接，返回它的描述符。"),
	calls("connect", `(fd, host, port)`, "Connects to a host's name or an IPv4 address.", "连接到主机名或 IPv4 地址。"),
	calls("read", `(fd, n)`, `Gives up to n bytes; "" at end of file, None on an error.`, `读最多 n 字节；文件结束得到 ""，出错得到 None。`),
	calls("recv", `(fd, n)`, "The same as read.", "与 read 相同。"),
	calls("write", `(fd, data)`, "Hands bytes to TCP and gives how many; at most 1 MiB at once.", "把数据交给 TCP，返回字节数；一次最多 1 MiB。"),
	calls("send", `(fd, data)`, "The same as write.", "与 write 相同。"),
	calls("shutdown", `(fd, how)`, `Ends one direction: "SHUT_WR", "SHUT_RD" or "SHUT_RDWR".`, `关闭一个方向："SHUT_WR"、"SHUT_RD" 或 "SHUT_RDWR"。`),
	calls("close", `(fd)`, "Gives the descriptor back; TCP goes on closing by itself.", "归还描述符；TCP 自己继续完成关闭。"),
	calls("setsockopt", `(fd, name, value)`, `Sets an option; setsockopt(fd, "SO_LINGER", 1, 0) takes two values.`, `设置选项；setsockopt(fd, "SO_LINGER", 1, 0) 有两个值。`),
	calls("getsockopt", `(fd, name)`, "Gives the value of an option.", "取得选项的值。"),
	calls("getsockname", `(fd)`, `Gives the local address: "10.0.0.1:40000".`, `取得本端地址："10.0.0.1:40000"。`),
	calls("getpeername", `(fd)`, `Gives the other side's address: "10.0.0.2:80".`, `取得对方地址："10.0.0.2:80"。`),
	calls("fcntl", `(fd, "O_NONBLOCK", on = True)`, "Makes calls on the descriptor return at once, with EAGAIN.", "让这个描述符上的调用立即返回，得到 EAGAIN。"),
	calls("poll", `(fds, timeout = None)`, "Waits until a descriptor is ready; gives a dict of events.", "等到某个描述符就绪，返回事件字典。"),
	calls("sleep", `(time)`, `Sleeps: "100ms", "1.5s", or µs.`, `睡眠："100ms"、"1.5s"，或微秒数。`),
	calls("spawn", `(fn, arg, …)`, "Starts a thread that runs fn(os, arg, …).", "启动一个线程，运行 fn(os, arg, …)。"),
	calls("exit", `(status = 0)`, "Ends the process; its sockets are closed.", "结束进程，它的套接字随之关闭。"),
	calls("errno", "", `The name of the last error: "ECONNRESET".`, `最近一次错误的名字："ECONNRESET"。`),

	reads("states", `(host, sock = None)`, "The states that the host's connections entered.", "这台主机的连接进入过的状态。"),
	reads("segments", `(sender, flags, lacks, data, retransmission)`, "The segments that match, in the log's order.", "符合条件的报文段，按日志的顺序。"),
	reads("returns", `(host, call)`, "What calls returned: e.ret, e.errno, e.blocked_us, e.line.", "调用的返回：e.ret、e.errno、e.blocked_us、e.line。"),
	reads("events", `(kind, host)`, "Events of a kind.", "某一类事件。"),
	reads("end", "", "The time of the last event, in µs.", "最后一个事件的时刻，单位 µs。"),
}
