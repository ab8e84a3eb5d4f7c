import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { jumpLenses, neighbour } from "./jump.ts";

test("forth and back through a lens are the same events, each of them one that a step stops at", () => {
  const log = load("four-way");
  const kinds = { segments: /^(segment|fate|deliver)$/, states: /^state$/, calls: /^(call|return|process)$/, timers: /^timer$/ };
  for (const lens of jumpLenses) {
    const forth: number[] = [];
    for (let at: number | undefined = -1; (at = neighbour(log, at, lens, false)) !== undefined;) forth.push(at);
    const back: number[] = [];
    for (let at: number | undefined = log.events.length; (at = neighbour(log, at, lens, true)) !== undefined;) back.push(at);
    assert.deepEqual(back.reverse(), forth, lens);
    assert.ok(forth.length > 0 && forth.every((seq) => kinds[lens].test(log.events[seq]!.kind) && log.stops.includes(seq)), lens);
  }
});
