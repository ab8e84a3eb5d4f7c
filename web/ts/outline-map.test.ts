import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outline } from "./language.gen.ts";
import { mapOutline } from "./outline-map.ts";

const text = 'host("a", sysctl = {"x": 1})\ndrop(nth = 2)';
const place = (part: string): { from: number; to: number } => ({ from: text.indexOf(part), to: text.indexOf(part) + part.length });
const outline: Outline = {
  title: { en: "", zh: "" }, vary: [], link: { delay_us: 10_000 }, computed: 0, end: text.length,
  hosts: [{ name: "a", profile: "linux", sysctl: { x: 1 }, call: { last: place("})").from + 1, args: [] },
    dict: { last: place("})").from, entries: [{ name: "x", from: place('"x"').from, value: { ...place("1"), literal: true, text: "1" } }] } }],
  faults: [{ kind: "drop", on: true, ...place("drop(nth = 2)"), text: "drop(nth = 2)", call: { last: place("2").to, args: [{ name: "nth", from: place("nth").from, value: { ...place("2"), literal: true, text: "2" } }] } }],
};

/** As an editor maps places over one replacement. */
const over = (from: number, to: number, insert: string) => (pos: number, assoc: number): number =>
  pos < from || (pos === from && assoc < 0) ? pos : pos > to || (pos === to && assoc > 0) ? pos + insert.length - (to - from) : assoc < 0 ? from : from + insert.length;

test("places go along with an edit before them, and hold what replaces them", () => {
  const { from, to } = place("1");
  const after = text.slice(0, from) + "3600" + text.slice(to);
  const o = mapOutline(outline, over(from, to, "3600"));
  const value = o.hosts[0]!.dict!.entries[0]!.value;
  assert.equal(after.slice(value.from, value.to), "3600");
  assert.equal(after.slice(o.faults[0]!.from, o.faults[0]!.to), "drop(nth = 2)");
  const nth = o.faults[0]!.call!.args[0]!.value;
  assert.equal(after.slice(nth.from, nth.to), "2");
  assert.equal(o.end, after.length);
  assert.equal(after[o.hosts[0]!.dict!.last], "}");
});
