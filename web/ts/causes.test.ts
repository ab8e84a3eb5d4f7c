import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, chainOf, effectsOf, momentOf, segmentOf, socketsOf } from "./causes.ts";
import { load } from "./fixture.test.ts";
import type { RunLog } from "./run-log.ts";

const log = load("four-way");
const kinds = (of: RunLog, list: Iterable<number>): string[] => [...list].map((seq) => of.events[seq]!.kind);
const find = (of: RunLog, ok: (e: RunLog["events"][number]) => boolean): number => {
  const e = of.events.find(ok);
  assert.ok(e);
  return e.seq;
};

test("every event but a program's start and the run's frame has a cause before it", () => {
  for (const e of log.events) {
    const cause = causeOf(log, e.seq);
    if (cause !== undefined) assert.ok(cause < e.seq, `${e.seq} is caused by ${cause}`);
    else assert.ok(["meta", "process", "expect", "end"].includes(e.kind), `${e.kind} ${e.seq} comes of nothing`);
  }
});

test("causes and effects are one relation, read both ways", () => {
  for (const e of log.events) {
    for (const x of effectsOf(log, e.seq)) assert.equal(causeOf(log, x), e.seq);
    const cause = causeOf(log, e.seq);
    if (cause !== undefined) assert.ok(effectsOf(log, cause).includes(e.seq));
  }
});

test("the server's CLOSE-WAIT leads back to the client's close() and on to the program's start", () => {
  const state = find(log, (e) => e.kind === "state" && e.to === "CLOSE-WAIT");
  const chain = chainOf(log, state);
  assert.deepEqual(kinds(log, chain.slice(0, 3)), ["deliver", "segment", "call"]);
  const call = log.events[chain[2]!]!;
  assert.ok(call.kind === "call" && call.call === "close" && call.host === "client");
  assert.equal(log.events[chain.at(-1)!]!.kind, "process");
});

test("a timer that fires comes of its being set", () => {
  const fire = find(log, (e) => e.kind === "timer" && e.action === "fire");
  const set = log.events[causeOf(log, fire)!]!;
  const e = log.events[fire]!;
  assert.ok(set.kind === "timer" && e.kind === "timer" && set.action === "set" && set.timer === e.timer && set.sock === e.sock && set.at === e.t);
});

test("a moment is a trigger and what it did, and not what the program did next", () => {
  const fin = find(log, (e) => e.kind === "segment" && e.flags === "FA" && e.from === "client");
  const moment = momentOf(log, fin);
  assert.ok(kinds(log, moment).includes("call"));
  assert.ok([...moment].some((x) => log.events[x]!.kind === "state"));
  assert.ok([...moment].some((x) => log.events[x]!.kind === "deliver"));
  const close = causeOf(log, fin)!;
  assert.ok(!momentOf(log, close).has(causeOf(log, close)!));
});

test("an event of a moment is about the segment that the moment sent, else the one that it received", () => {
  const fin = find(log, (e) => e.kind === "segment" && e.flags === "FA" && e.from === "client");
  const id = segmentOf(log, fin);
  assert.equal(segmentOf(log, causeOf(log, fin)!), id);
  assert.equal(segmentOf(log, find(log, (e) => e.kind === "state" && e.to === "FIN-WAIT-1")), id);
  assert.equal(segmentOf(log, find(log, (e) => e.kind === "state" && e.to === "CLOSE-WAIT")), id);
  assert.equal(segmentOf(log, find(log, (e) => e.kind === "call" && e.call === "socket")), undefined);
});

test("an event is about its host's sockets alone", () => {
  const fin = find(log, (e) => e.kind === "segment" && e.flags === "FA" && e.from === "client");
  assert.deepEqual([...socketsOf(log, fin)], ["client 1"]);
  assert.deepEqual([...socketsOf(log, find(log, (e) => e.kind === "call" && e.call === "listen"))], ["server 1"]);
});

test("a log that grows is read on", () => {
  const all = load("fin-dropped");
  const grown = load("four-way");
  assert.equal(effectsOf(grown, 0).length, effectsOf(grown, 0).length);
  const drop = find(all, (e) => e.kind === "fate" && e.fate === "dropped");
  assert.equal(all.events[causeOf(all, drop)!]!.kind, "input");
});
