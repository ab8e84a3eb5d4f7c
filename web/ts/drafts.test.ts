import assert from "node:assert/strict";
import { test } from "node:test";
import { type Draft, Drafts, draftName } from "./drafts.ts";

class Memory {
  text: string | null = null;
  full = false;
  getItem(): string | null {
    return this.text;
  }
  setItem(_: string, value: string): void {
    if (this.full) throw new Error("full");
    this.text = value;
  }
}

const draft = (id: string, source = "x"): Draft => ({ id, source, scenario: "", vary: {}, seed: 1, token: "", at: 1 });

test("drafts are kept newest first, one for each id, and not without end", () => {
  const drafts = new Drafts(new Memory());
  for (let i = 0; i < 30; i++) drafts.save(draft(`d${i}`));
  drafts.save(draft("d25", "changed"));
  const list = drafts.list();
  assert.equal(list.length, 20);
  assert.deepEqual(list.slice(0, 3).map((d) => d.id), ["d25", "d29", "d28"]);
  assert.equal(drafts.find("d25")?.source, "changed");
});

test("large drafts push out the old ones", () => {
  const drafts = new Drafts(new Memory());
  for (let i = 0; i < 20; i++) drafts.save(draft(`d${i}`, "x".repeat(64 << 10)));
  assert.equal(drafts.list()[0]?.id, "d19");
  assert.ok(drafts.list().length < 20);
});

test("what is not ours, and a storage that is full or blocked, do no harm", () => {
  const memory = new Memory();
  memory.text = '[1, {"id": "a"}, null]';
  assert.deepEqual(new Drafts(memory).list(), []);
  memory.text = "{";
  assert.deepEqual(new Drafts(memory).list(), []);
  memory.full = true;
  assert.equal(new Drafts(memory).save(draft("a")), false);
  assert.equal(new Drafts(undefined).save(draft("a")), false);
});

test("a draft is called by its title or its first line", () => {
  assert.equal(draftName(draft("a", 'scenario(title = "Mine")')), "Mine");
  assert.equal(draftName(draft("a", 'scenario(title = {"en": "Two hosts", "zh": "两台"})')), "Two hosts");
  assert.equal(draftName(draft("a", "\n  # a try\n")), "# a try");
});
