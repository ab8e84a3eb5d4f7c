// The code panes' parts: colours, which line is which, which call a line leads to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CallIndex } from "./call-index.ts";
import { tokens as cTokens } from "./clike.ts";
import { events as logOf } from "./fixture.test.ts";
import { linesOf, programOf, startLine } from "./program.ts";
import { RunLog } from "./run-log.ts";
import { tokens } from "./starlark.ts";

const paint = (list: { kind: string; text: string }[]): string => list.map((t) => (t.kind ? `[${t.kind} ${t.text}]` : t.text)).join("");

test("C is coloured line by line", () => {
  for (const [line, want] of [
    ["#include <stdio.h>", "[k #include] [s <stdio.h>]"],
    ["    int s = socket(AF_INET, SOCK_STREAM, 0);", "    [k int] s = socket(AF_INET, SOCK_STREAM, [d 0]);"],
    ['    if (write(s, "a \\"b\\"", 5) == -1)', '    [k if] (write(s, [s "a \\"b\\""], [d 5]) == -[d 1])'],
    ["    for (int i = 10; i < n; i++) /* so */", "    [k for] ([k int] i = [d 10]; i < n; i++) [c /* so */]"],
    ["        data[i] = \"ab\"[i % 2] / 2;", "        data[i] = [s \"ab\"][i % [d 2]] / [d 2];"],
    ["    memset(data, 'x', sizeof data);", "    memset(data, [s 'x'], [k sizeof] data);"],
  ] as const) {
    assert.equal(paint(cTokens(line)), want);
    assert.equal(cTokens(line).map((t) => t.text).join(""), line);
  }
  assert.equal(paint(tokens("    os.close(s)  # done")), "    os.close(s)  [c # done]");
});

const program = programOf({
  source: { file: "x.star", text: "a\ndef f(os):\n    os.connect(s)\n    os.close(s)\n" },
  hosts: [
    { name: "client", program: { from: 2, to: 4 }, c: { text: "#include <x.h>\n\nint main(void)\n{\n    addr;\n    connect(s);\n    close(s);\n}\n", lines: { 3: [6, 5], 4: [7] } } },
    { name: "server", program: { from: 2, to: 4 }, c_error: { line: 3, message: { en: "why", zh: "因为" } } },
  ],
})!;

test("a line of C knows whose call it has and whose it prepares", () => {
  const lines = linesOf(program, program.hosts.get("client")!, "c");
  assert.equal(lines.length, 8);
  assert.deepEqual(lines.filter((l) => l.calls.length + l.helps.length > 0), [
    { no: 5, text: "    addr;", calls: [], helps: [3] }, { no: 6, text: "    connect(s);", calls: [3], helps: [] }, { no: 7, text: "    close(s);", calls: [4], helps: [] },
  ]);
  assert.equal(startLine(lines)?.no, 3);
});

test("Starlark is shown where it is asked for, and where there is no C", () => {
  for (const [host, language] of [["client", "starlark"], ["server", "c"]] as const) {
    const lines = linesOf(program, program.hosts.get(host)!, language);
    assert.deepEqual(lines.map((l) => [l.no, l.text, l.calls]), [[2, "def f(os):", [2]], [3, "    os.connect(s)", [3]], [4, "    os.close(s)", [4]]]);
  }
});

test("a line leads to its latest call before now, else to its next", () => {
  const log = new RunLog();
  const events = logOf("four-way");
  log.append(events.slice(0, 10));
  const index = new CallIndex();
  index.update(log, "server");
  log.append(events.slice(10));
  index.update(log, "server");
  const byLine = new Map<number, number[]>();
  for (const e of events) if (e.kind === "call" && e.host === "server") byLine.set(e.line, [...(byLine.get(e.line) ?? []), e.seq]);
  assert.ok(byLine.size > 4);
  for (const [line, [first, ...more]] of byLine) {
    assert.ok(index.has(line));
    assert.equal(index.seek(line, 0), first);
    assert.equal(index.seek(line, events.length), more.at(-1) ?? first);
  }
  assert.equal(index.seek(1, 5), undefined);
  index.update(log, "client");
  assert.ok(![...byLine.keys()].some((line) => index.has(line)), "the server's lines are not the client's");
});
