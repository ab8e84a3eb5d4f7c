import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetLessons, last, noteLesson, opened } from "./opened.ts";

class Shelf {
  readonly #kept = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }
  removeItem(key: string): void {
    this.#kept.delete(key);
  }
}

test("a lesson is noted once, whatever its language or frame, and nothing else is", () => {
  Object.defineProperty(globalThis, "localStorage", { value: new Shelf(), configurable: true });
  noteLesson("/en/lessons/four-way");
  noteLesson("/finwait/embed/zh/lessons/four-way");
  noteLesson("/zh/lessons/reset");
  noteLesson("/en/matrix");
  assert.deepEqual(opened(), ["four-way", "reset"]);
  assert.equal(last(), "reset");
  noteLesson("/en/lessons/four-way");
  assert.equal(last(), "four-way");
  forgetLessons();
  assert.deepEqual(opened(), []);
  assert.equal(last(), undefined);
});

test("what is damaged counts as nothing", () => {
  Object.defineProperty(globalThis, "localStorage", { value: new Shelf(), configurable: true });
  localStorage.setItem("finwait.lessons", "{");
  assert.deepEqual(opened(), []);
  localStorage.setItem("finwait.lessons", '[1, "reset", null]');
  assert.deepEqual(opened(), ["reset"]);
});
