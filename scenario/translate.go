package scenario

import (
	"os"
	"regexp"
	"strconv"

	"finwait/engine"
)

// phrase is a message of the Starlark interpreter and what it says in Chinese. The English is rephrased where Starlark's
// own words would not help someone who writes a first scenario; an empty en keeps them.
type phrase struct {
	match  *regexp.Regexp
	en, zh string
}

func say(match, en, zh string) phrase {
	return phrase{regexp.MustCompile("^(?:" + match + ")$"), en, zh}
}

// phrases is tried from the top.
var phrases = []phrase{
	say(`undefined: (\S+)(?: \(did you mean (\S+)\?\))?`, "", "没有叫做 $1 的名字"),
	say(`.*cannot reassign .*`, "", "不能再次给这个名字赋值"),
	say(`(?s)got (.+), want primary expression`, "an expression is expected here, found $1", "这里应当是一个表达式，却读到 $1"),
	say(`(?s)got (.+) after expression, want EOF`, "", "表达式之后多出了 $1"),
	say(`(?s)got (.+), want (.+)`, "$2 is expected here, found $1", "这里应当是 $2，却读到 $1"),
	say(`unexpected new ?line in string`, "", "字符串还没有结束就换行了"),
	say(`(?s)unexpected EOF in string.*`, "", "字符串没有结束，文件就到头了"),
	say(`(?s)unexpected (.+)`, "", "多出了 $1"),
	say(`unindent does not match any outer indentation level`, "", "缩进与外层的任何一级都对不上"),
	say(`invalid syntax`, "", "语法错误"),
	say(`excessive nesting`, "", "括号或代码块嵌套得太深"),
	say(`stray backslash in program`, "", "这里多出了一个反斜杠"),
	say(`(.+) not in a loop`, "", "$1 只能用在循环里"),
	say(`return statement not within a function`, "", "return 只能用在函数里"),
	say(`function (\S+) called recursively`, "function $1 calls itself; use a loop", "函数 $1 调用了自己；请改用循环"),
	say(`Starlark stack overflow`, "the calls are nested too deeply", "函数调用嵌套得太深"),
	say(`unknown (?:binary|unary) op: (.+)`, "there is no $1", "没有这样的运算：$1"),
	say(`(\S+) has no \.(\S+) field or method(?: \(did you mean (\S+)\?\))?`, "", "$1 没有 $2 这个成员"),
	say(`(\S+): missing argument for (\S+)`, "$1() needs the argument $2", "$1() 缺少参数 $2"),
	say(`(\S+): unexpected keyword argument "?(\w+)"?(?: \(did you mean (\w+)\?\))?`, "$1() has no argument $2", "$1() 没有名为 $2 的参数"),
	say(`(\S+): unexpected keyword arguments`, "$1() takes no named arguments", "$1() 不接受具名参数"),
	say(`(\S+): got (\d+) arguments?, want (?:at (?:most|least) )?(\d+)`, "", "$1() 得到 $2 个参数，应为 $3 个"),
	say(`(\S+): got multiple values for keyword argument "?(\w+)"?`, "", "$1() 的参数 $2 给了两次"),
	say(`(\S+): for parameter (\S+): got (\S+), want (\S+)`, "$1(): the argument $2 should be $4, not $3", "$1() 的参数 $2 应当是 $4，而不是 $3"),
	say(`(\S+): for parameter (\S+): (.+)`, "$1(): argument $2: $3", "$1() 的参数 $2：$3"),
	say(`(.+): got (\S+), want (\S+)`, "$1: $3 is expected, found $2", "$1：应当是 $3，却得到 $2"),
	say(`function (\S+) missing \d+ arguments? \((.+)\)`, "$1() needs the argument $2", "$1() 缺少参数 $2"),
	say(`function (\S+) accepts .*\((\d+) given\)`, "", "$1() 得到了 $2 个参数，与它的定义不符"),
	say(`function (\S+) got an unexpected keyword argument "?(\w+)"?.*`, "", "$1() 没有名为 $2 的参数"),
	say(`function (\S+) got multiple values for parameter "?(\w+)"?`, "", "$1() 的参数 $2 给了两次"),
	say(`(?:local|global) variable (\S+) referenced before assignment`, "$1 is used before it has a value", "$1 还没有值就被使用了"),
	say(`key (.+) not in dict`, "", "字典里没有键 $1"),
	say(`(.*)index (-?\d+) out of range.*`, "", "下标 $2 超出范围"),
	say(`.*division by zero|.*modulo by zero`, "division by zero", "除以零"),
	say(`invalid call of non-function \((\S+)\)`, "this is $1, not a function", "这是 $1，不是函数，不能调用"),
	say(`(\S+) value is not iterable`, "", "$1 不能逐个遍历"),
	say(`(\S+) value does not support item assignment`, "", "不能给 $1 的元素赋值"),
	say(`(?:\w+: )?cannot .* frozen (.+)`,
		"this $1 can't be changed: programs share nothing after the file was read", "这个 $1 不能修改：文件读完以后，各个程序不共享任何可变的东西"),
	say(`excessive repeat .*|repeat count .* too large`, "the result of * would be far too large", "* 的结果太大了"),
	say(`load not implemented by this application`, "load() is not available: a scenario is one file", "不能使用 load()：一个场景就是一个文件"),
	say(`fail: (.*)`, "$1", "$1"),
}

// terms are the interpreter's words for what stands in a source, as they come in its messages.
var terms = map[string]string{
	"newline": "换行", "end of file": "文件末尾", "EOF": "文件末尾", "indent": "缩进", "outdent": "缩进的结束",
	"identifier": "名字", "primary expression": "表达式", "string literal": "字符串", "int literal": "整数",
	"string": "字符串", "int": "整数", "float": "小数", "bool": "布尔值", "list": "列表", "tuple": "元组", "dict": "字典",
	"callable": "函数", "function": "函数", "builtin_function_or_method": "内建函数", "iterable": "可遍历的值", "NoneType": "None",
}

// translate gives a message of Starlark in both languages; one that is not in the table keeps its English.
func translate(msg string) engine.Text {
	msg = clip(msg, maxMessage)
	for _, p := range phrases {
		m := p.match.FindStringSubmatch(msg)
		if m == nil {
			continue
		}
		t := engine.Text{En: msg, Zh: fill(p.zh, m, terms)}
		if p.en != "" {
			t.En = fill(p.en, m, nil)
		}
		return t
	}
	return engine.Text{En: msg, Zh: "出错了：" + msg}
}

// fill puts the groups of a match into a template's $1, $2, …, each by its name in the glossary if it has one there.
func fill(template string, groups []string, glossary map[string]string) string {
	return os.Expand(template, func(n string) string {
		i, err := strconv.Atoi(n)
		if err != nil || i >= len(groups) {
			return ""
		}
		if word, ok := glossary[groups[i]]; ok {
			return word
		}
		return groups[i]
	})
}
