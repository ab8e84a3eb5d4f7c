import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetRight, noteRight, rightIn } from "./right.ts";

const kept = new Map<string, string>();
const shelf = {
  getItem: (key: string): string | null => kept.get(key) ?? null,
  setItem: (key: string, value: string): void => void kept.set(key, value),
  removeItem: (key: string): void => void kept.delete(key),
};

test("a question counts once, for its lesson, until it is forgotten", () => {
  Object.defineProperty(globalThis, "localStorage", { value: shelf, configurable: true });
  noteRight("four-way", "close-states");
  noteRight("four-way", "close-states");
  noteRight("four-way", "who-waits");
  noteRight("lost-fin", "");
  assert.equal(rightIn("four-way"), 2);
  assert.equal(rightIn("lost-fin"), 0);
  assert.equal(rightIn("constructor"), 0);
  forgetRight();
  assert.equal(rightIn("four-way"), 0);
});

test("what another hand has written is passed over", () => {
  for (const text of ["nonsense", "null", "[1]", '{"four-way": 3}', '{"four-way": [3]}']) {
    kept.set("finwait.right", text);
    assert.equal(rightIn("four-way"), 0);
  }
});
