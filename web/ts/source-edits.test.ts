import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArgOutline, CallOutline, FaultOutline, HostOutline, Outline } from "./language.gen.ts";
import { addStatement, canSwitch, type Change, removeFault, setArg, setDelay, setKind, setSysctl, switchFault } from "./source-edits.ts";

/** Reads a call as the server does, from a text where it stands once; enough for literals without commas. */
function callIn(source: string, text: string): CallOutline {
  const from = source.indexOf(text);
  const open = from + text.indexOf("(") + 1;
  const args: ArgOutline[] = [];
  let last = open;
  for (const m of text.slice(text.indexOf("(") + 1, -1).matchAll(/(?:(\w+) = )?("[^"]*"|[\w.]+)/g)) {
    const start = open + m.index;
    last = start + m[0].length;
    args.push({ name: m[1] ?? "sender", from: start, value: { from: last - m[2]!.length, to: last, literal: true, text: m[2]! } });
  }
  return { last, args };
}

const fault = (source: string, text: string, kind = "drop"): FaultOutline => {
  const from = source.indexOf(text);
  return { kind, on: !text.startsWith("#"), from, to: from + text.length, text, call: callIn(source, text) };
};
/** The text after the changes. */
function applied(source: string, changes: readonly Change[]): string {
  let out = source;
  for (const c of [...changes].sort((a, b) => b.from - a.from)) out = out.slice(0, c.from) + c.insert + out.slice(c.to);
  return out;
}

const after = (source: string, changes: Change[] | undefined): string => applied(source, changes ?? assert.fail("no change"));

test("a rule is commented out and in again, and its comment stays", () => {
  const source = 'host("a")\ndrop(flags = "F")  # why\nhost("b")\n';
  const off = after(source, switchFault(source, fault(source, 'drop(flags = "F")'), false));
  assert.equal(off, 'host("a")\n# drop(flags = "F")  # why\nhost("b")\n');
  const line = '# drop(flags = "F")  # why';
  assert.equal(after(off, switchFault(off, fault(off, line), true)), source);
});

test("a rule of several lines too", () => {
  const text = 'drop(\n    flags = "F",\n)';
  const source = `${text}\nhost("b")`;
  const off = after(source, switchFault(source, fault(source, text), false));
  assert.equal(off, '# drop(\n#     flags = "F",\n# )\nhost("b")');
  const silent = { ...fault(off, '# drop(\n#     flags = "F",\n# )'), on: false };
  assert.equal(after(off, switchFault(off, silent, true)), source);
});

test("a rule that shares its line is left alone", () => {
  const source = 'x = 1; drop(flags = "F")\ndrop(nth = 2); y = 1';
  for (const text of ['drop(flags = "F")', "drop(nth = 2)"]) {
    const f = fault(source, text);
    assert.equal(canSwitch(source, f), false);
    assert.equal(switchFault(source, f, false), undefined);
    assert.equal(removeFault(source, f), undefined);
  }
});

test("an argument is set, added and taken out", () => {
  const source = 'drop(sender = "client", flags = "F", nth = 1)';
  const call = callIn(source, source);
  assert.equal(after(source, setArg(source, call, "flags", '"SA"')), 'drop(sender = "client", flags = "SA", nth = 1)');
  assert.equal(after(source, setArg(source, call, "data", "True")), 'drop(sender = "client", flags = "F", nth = 1, data = True)');
  assert.equal(after(source, setArg(source, call, "flags", undefined)), 'drop(sender = "client", nth = 1)');
  assert.equal(after(source, setArg(source, call, "nth", undefined)), 'drop(sender = "client", flags = "F")');
  assert.deepEqual(setArg(source, call, "lacks", undefined), []);
  const positional = 'drop("client", nth = 1)';
  assert.equal(after(positional, setArg(positional, callIn(positional, positional), "sender", undefined)), 'drop("", nth = 1)');
  const empty = "drop()";
  assert.equal(after(empty, setArg(empty, callIn(empty, empty), "nth", "2")), "drop(nth = 2)");
});

test("a comment between arguments survives", () => {
  const source = 'drop(\n    flags = "F",  # the FIN\n    nth = 1,\n)';
  const call = callIn(source, source);
  assert.equal(after(source, setArg(source, call, "flags", undefined)), "drop(\n    # the FIN\n    nth = 1,\n)");
});

test("another kind of rule gets the time that it needs, and loses it", () => {
  const source = 'drop(flags = "F")';
  const delayed = after(source, setKind(source, fault(source, source), "delay"));
  assert.equal(delayed, 'delay(flags = "F", by = "100ms")');
  assert.equal(after(delayed, setKind(delayed, fault(delayed, delayed, "delay"), "drop")), source);
});

const host = (source: string, entries: string[], open: number | undefined): HostOutline => {
  const outline: HostOutline = { name: "client", profile: "linux", sysctl: {}, call: { last: source.lastIndexOf(")"), args: [] } };
  if (open === undefined) return outline;
  const list = entries.map((text) => {
    const from = source.indexOf(text);
    const [name, value] = text.split(": ") as [string, string];
    return { name: JSON.parse(name) as string, from, value: { from: from + name.length + 2, to: from + text.length, literal: true, text: value } };
  });
  return { ...outline, dict: { last: list.at(-1)?.value.to ?? open, entries: list } };
};

test("a setting is written where the host has its own", () => {
  const a = 'host("client", p, sysctl = {"x": 1})';
  assert.equal(after(a, setSysctl(a, host(a, ['"x": 1'], 0), "x", 30)), 'host("client", p, sysctl = {"x": 30})');
  assert.equal(after(a, setSysctl(a, host(a, ['"x": 1'], 0), "y", 2)), 'host("client", p, sysctl = {"y": 2, "x": 1})');
  const b = 'host("client", p)';
  assert.equal(after(b, setSysctl(b, host(b, [], undefined), "y", 2)), 'host("client", p, sysctl = {"y": 2})');
  const c = 'host("client", p, sysctl = {})';
  assert.equal(after(c, setSysctl(c, host(c, [], c.indexOf("{") + 1), "y", 2)), 'host("client", p, sysctl = {"y": 2})');
  const d = 'host("client", sysctl = {\n    "x": 1,  # one\n})';
  assert.equal(after(d, setSysctl(d, host(d, ['"x": 1'], 0), "y", 2)), 'host("client", sysctl = {\n    "y": 2,\n    "x": 1,  # one\n})');
});

test("the delay of the link is written, added, or begins a scenario", () => {
  const a = 'scenario("t", link = link(delay = "10ms"))';
  assert.equal(after(a, setDelay(a, { delay_us: 10_000, call: callIn(a, 'link(delay = "10ms")') }, "20ms", "T", false)), 'scenario("t", link = link(delay = "20ms"))');
  const b = 'scenario(title = "t")';
  assert.equal(after(b, setDelay(b, { delay_us: 10_000, scenario: callIn(b, b) }, "20ms", "T", false)), 'scenario(title = "t", link = link(delay = "20ms"))');
  assert.equal(after("host(x)", setDelay("host(x)", { delay_us: 10_000 }, "20ms", "T", true)), 'scenario(title = "T", link = link(delay = "20ms"))\nhost(x)');
  assert.equal(setDelay("host(x)", { delay_us: 10_000 }, "20ms", "T", false), undefined);
});

test("a new rule stands behind the last statement", () => {
  const source = 'host("a")\n\n# the end\n';
  assert.equal(after(source, addStatement({ end: 9 } as Outline, "drop()")), 'host("a")\ndrop()\n\n# the end\n');
});
