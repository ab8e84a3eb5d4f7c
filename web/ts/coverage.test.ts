import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowList } from "./arrows.gen.ts";
import { arrowsOf, forget, record, seen } from "./coverage.ts";
import { arrows } from "./diagram.ts";
import { load } from "./fixture.test.ts";

/** A browser's storage with room for so many characters. */
function browser(t: { after(f: () => void): void }, room = 1e6): Map<string, string> {
  const kept = new Map<string, string>();
  const setItem = (k: string, v: string): void => {
    if (v.length > room) throw new Error("full");
    kept.set(k, v);
  };
  const old = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true, value: { getItem: (k: string) => kept.get(k) ?? null, setItem, removeItem: (k: string) => kept.delete(k) },
  });
  t.after(() => {
    forget();
    if (old) Object.defineProperty(globalThis, "localStorage", old);
  });
  forget();
  return kept;
}

test("an arrow that was seen is kept, once, in the order of seeing", (t) => {
  const kept = browser(t);
  record("CLOSED>LISTEN");
  record("CLOSED>SYN-SENT");
  record("CLOSED>LISTEN");
  assert.equal(kept.get("finwait.arrows"), '["CLOSED>LISTEN","CLOSED>SYN-SENT"]');
  assert.deepEqual([...seen()], ["CLOSED>LISTEN", "CLOSED>SYN-SENT"]);
});

test("what the storage holds beyond arrows counts for nothing", (t) => {
  const kept = browser(t);
  for (const text of ['{"a":1}', "no JSON", '["ESTABLISHED>LISTEN",7,null]']) {
    kept.set("finwait.arrows", text);
    assert.deepEqual([...seen()], []);
  }
});

test("a browser that keeps nothing has seen what this page has shown", (t) => {
  const kept = browser(t, 0);
  record("CLOSED>LISTEN");
  assert.equal(kept.size, 0);
  assert.deepEqual([...seen()], ["CLOSED>LISTEN"]);
});

test("a state change is an arrow of the diagram, or none", () => {
  const step = (from: Parameters<typeof arrowsOf>[0]["from"], to: typeof from, rule = "r", before?: { t: number; from: string }): string[] =>
    arrowsOf({ t: 5, from, to, rule }, before);
  assert.deepEqual(step("CLOSED", "SYN-RECEIVED"), ["LISTEN>SYN-RECEIVED"]);
  assert.deepEqual(step("SYN-RECEIVED", "CLOSED", "rfc9293/request-reset"), ["SYN-RECEIVED>LISTEN"]);
  assert.deepEqual(step("SYN-RECEIVED", "CLOSED"), []);
  assert.deepEqual(step("ESTABLISHED", "CLOSED"), []);
  assert.deepEqual(step("TIME-WAIT", "CLOSED", "rfc9293/time-wait-over"), ["TIME-WAIT>CLOSED"]);
  assert.deepEqual(step("FIN-WAIT-2", "TIME-WAIT", "r", { t: 4, from: "FIN-WAIT-1" }), ["FIN-WAIT-2>TIME-WAIT"]);
  assert.deepEqual(step("FIN-WAIT-2", "TIME-WAIT", "r", { t: 5, from: "FIN-WAIT-1" }), ["FIN-WAIT-2>TIME-WAIT", "FIN-WAIT-1>TIME-WAIT"]);
});

test("the four-way close goes along 13 arrows", () => {
  const found = load("four-way").events.flatMap((e) => (e.kind === "state" ? arrowsOf(e, undefined) : []));
  assert.deepEqual([...new Set(found)].sort(), [
    "CLOSE-WAIT>LAST-ACK", "CLOSED>LISTEN", "CLOSED>SYN-SENT", "ESTABLISHED>CLOSE-WAIT", "ESTABLISHED>FIN-WAIT-1",
    "FIN-WAIT-1>FIN-WAIT-2", "FIN-WAIT-2>TIME-WAIT", "LAST-ACK>CLOSED", "LISTEN>CLOSED", "LISTEN>SYN-RECEIVED",
    "SYN-RECEIVED>ESTABLISHED", "SYN-SENT>ESTABLISHED", "TIME-WAIT>CLOSED",
  ].sort());
});

test("the drawing has the arrows of the list", () => {
  assert.deepEqual(arrows.map((a) => [a.id, a.from, a.to, a.label]), arrowList.map((a) => [a.id, a.from, a.to, a.by]));
});
