import assert from "node:assert/strict";
import { test } from "node:test";
import { type Turned, Turns } from "./turns.ts";

interface Named extends Turned {
  name: string;
}

function watched(...panels: Named[]): (bits: number, playing: boolean) => string {
  const turns = new Turns<Named>();
  for (const p of panels) turns.add(p);
  return (bits, playing) => {
    const drawn: string[] = [];
    turns.draw(bits, playing, (p, due) => drawn.push(`${p.name}${due}`));
    return drawn.join(" ");
  };
}

const later = (name: string, bits: number, now = true): Named => ({ name, later: { bits, seen: { now } } });

test("while a run plays, panels that can wait take turns, one a frame", () => {
  const draw = watched({ name: "ladder" }, later("states", 2), later("code", 2));
  assert.equal(draw(6, true), "ladder6 states2");
  assert.equal(draw(4, true), "ladder4 code2");
  assert.equal(draw(4, true), "ladder4");
});

test("a panel that was drawn rests for some frames, and is drawn then with all that it owes", () => {
  const draw = watched(later("sockets", 6));
  assert.equal(draw(4, true), "sockets4");
  assert.deepEqual([2, 4, 4, 4, 4].map((bits) => draw(bits, true)), ["", "", "", "", ""]);
  assert.equal(draw(4, true), "sockets6");
});

test("who stands still sees the same instant everywhere, also where it is not looked at", () => {
  const draw = watched({ name: "ladder" }, later("states", 2), later("why", 2, false));
  assert.equal(draw(2, true), "ladder2 states2");
  assert.equal(draw(2, true), "ladder2");
  assert.equal(draw(16, false), "ladder16 states2 why2");
  assert.equal(draw(4, false), "ladder4");
});

test("what nobody sees waits until it is seen", () => {
  const seen = { now: false };
  const draw = watched({ name: "why", later: { bits: 2, seen } });
  assert.equal(draw(2, true), "");
  assert.equal(draw(4, true), "");
  seen.now = true;
  assert.equal(draw(4, true), "why2");
});
