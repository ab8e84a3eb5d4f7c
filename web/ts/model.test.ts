import assert from "node:assert/strict";
import { test } from "node:test";
import { events, load } from "./fixture.test.ts";
import { canIntervene, flight } from "./flight.ts";
import { apply, newWorld, primary, Replay, walked } from "./model.ts";
import { hostOrder, RunLog } from "./run-log.ts";

const states = (log: RunLog, t: number): string[] => {
  const world = new Replay(log).at(log.countAt(t));
  return hostOrder(log).map((name) => primary(world.hosts.get(name))?.state ?? "none");
};

test("both ends walk through the four-way close", () => {
  const log = load("four-way");
  const at: [ms: number, client: string, server: string][] = [
    [0, "SYN-SENT", "LISTEN"],
    [10, "SYN-SENT", "SYN-RECEIVED"],
    [20, "ESTABLISHED", "SYN-RECEIVED"],
    [30, "ESTABLISHED", "ESTABLISHED"],
    [90, "FIN-WAIT-1", "ESTABLISHED"],
    [100, "FIN-WAIT-1", "CLOSE-WAIT"],
    [154, "FIN-WAIT-2", "CLOSE-WAIT"],
    [200, "FIN-WAIT-2", "LAST-ACK"],
    [210, "TIME-WAIT", "LAST-ACK"],
    [220, "TIME-WAIT", "CLOSED"],
    [61_440, "CLOSED", "CLOSED"],
  ];
  for (const [ms, client, server] of at) assert.deepEqual(states(log, ms * 1000), [client, server], `at ${ms} ms`);
});

test("going to a position gives the same world from either direction", () => {
  const log = load("four-way");
  const replay = new Replay(log);
  const forward: string[] = [];
  const text = (n: number): string => JSON.stringify([...replay.at(n).hosts.values()].map((h) => [...h.sockets.values(), ...h.threads.values()]));
  for (let n = 0; n <= log.events.length; n++) forward.push(text(n));
  for (let n = log.events.length; n >= 0; n--) assert.equal(text(n), forward[n], `after ${n} events`);
});

test("a checkpoint is used and changes nothing", () => {
  const log = new RunLog();
  const list = events("four-way").slice(0, -1);
  // The same run several times over makes a log that is longer than the distance of two checkpoints.
  for (let copy = 0; copy < 6; copy++) log.append(list.map((e, i) => ({ ...e, seq: copy * list.length + i })));
  const replay = new Replay(log);
  replay.at(log.events.length);
  const straight = newWorld(log);
  for (const e of log.events.slice(0, 400)) apply(straight, e);
  assert.deepEqual(replay.at(400), straight);
});

test("the state diagram of the server begins at its listener", () => {
  const log = load("four-way");
  const world = new Replay(log).at(log.countAt(100_000));
  const path = walked(world.hosts.get("server")).map((s) => `${s.from} ${s.to}`);
  assert.deepEqual(path, ["CLOSED LISTEN", "LISTEN SYN-RECEIVED", "SYN-RECEIVED ESTABLISHED", "ESTABLISHED CLOSE-WAIT"]);
});

test("a timer is armed from its set to its stop", () => {
  const log = load("four-way");
  const replay = new Replay(log);
  const armed = (ms: number): string[] => primary(replay.at(log.countAt(ms * 1000)).hosts.get("client"))?.timers.map((a) => `${a.timer} ${a.at}`) ?? [];
  assert.deepEqual(armed(95), ["probe 312000"]);
  assert.deepEqual(armed(160), ["fin-wait-2 61440000"]);
  assert.deepEqual(armed(250), ["time-wait 61440000"]);
  assert.deepEqual(armed(61_440), []);
});

test("a program's line shows a blocked call, then what it returned", () => {
  const log = load("four-way");
  const replay = new Replay(log);
  const thread = (ms: number): object => {
    const t = [...replay.at(log.countAt(ms * 1000)).hosts.get("client")!.threads.values()][0]!;
    return { call: t.call, open: t.open, ret: t.ret };
  };
  assert.deepEqual(thread(5), { call: "connect", open: true, ret: 0 });
  assert.deepEqual(thread(45), { call: "sleep", open: true, ret: 0 });
  assert.deepEqual(thread(90), { call: "close", open: false, ret: 0 });
});

test("a call that returns at the moment of its making is never blocked", () => {
  const log = load("four-way");
  const replay = new Replay(log);
  const blocked = (call: string): boolean[] => log.events.flatMap((e) => {
    if (e.kind !== "call" || e.host !== "client" || e.call !== call) return [];
    const th = [...replay.at(e.seq + 1).hosts.get("client")!.threads.values()][0]!;
    assert.ok(th.open);
    return [log.blocks(th)];
  });
  assert.deepEqual([blocked("close"), blocked("connect"), blocked("sleep")], [[false], [true], [true]]);
});

test("a call whose return has not been received counts as blocked", () => {
  const all = events("four-way");
  const close = all.findIndex((e) => e.kind === "call" && e.host === "client" && e.call === "close");
  const log = new RunLog();
  log.append(all.slice(0, close + 1));
  const th = (): boolean => log.blocks([...new Replay(log).at(close + 1).hosts.get("client")!.threads.values()][0]!);
  assert.equal(th(), true);
  log.append(all.slice(close + 1));
  assert.equal(th(), false);
});

test("a TIME-WAIT that starts anew is labelled, its first start is not", () => {
  const all = events("four-way");
  const set = all.find((e) => e.kind === "timer" && e.timer === "time-wait" && e.action === "set")!;
  assert.ok(set.kind === "timer");
  const log = new RunLog();
  log.append([...all.slice(0, set.seq + 1), { ...set, seq: set.seq + 1, t: set.t + 1000, at: (set.at ?? 0) + 1000 }]);
  assert.deepEqual([set.seq, set.seq + 1].map((seq) => log.labelled.has(seq)), [false, true]);
  const timers = primary(new Replay(log).at(set.seq + 2).hosts.get("client"))?.timers;
  assert.deepEqual(timers?.map((a) => [a.timer, a.setAt]), [["time-wait", set.t + 1000]]);
});

test("a segment is unsent, flying, delivered; only in flight can it be reached", () => {
  const log = load("four-way");
  const fin = log.segments.get(8)!;
  const status = (t: number): string => flight(fin, log.countAt(t)).status;
  assert.equal(status(89_999), "unsent");
  assert.equal(status(90_000), "flying");
  assert.equal(status(99_999), "flying");
  assert.equal(status(100_000), "delivered");
  const can = (t: number): boolean => canIntervene(fin, log.countAt(t), t);
  assert.deepEqual([can(89_999), can(90_000), can(99_999.9), can(100_000)], [false, true, true, false]);
});

test("a dropped segment is lost from the drop on, and was in flight before", () => {
  const log = load("fin-dropped");
  const fin = log.segments.get(8)!;
  assert.equal(flight(fin, log.countAt(94_999)).status, "flying");
  assert.equal(flight(fin, log.countAt(95_000)).status, "lost");
  assert.equal(flight(fin, log.countAt(200_000)).status, "lost");
  const again = [...log.segments.values()].find((s) => s.sent.retransmission)!;
  assert.equal(again.sent.flags, "FA");
  assert.equal(flight(again, log.events.length).status, "delivered");
});

test("a duplicate is in flight until its second copy arrived, a delay moves the arrival", () => {
  const log = load("four-way");
  const { sent } = log.segments.get(8)!;
  const fate = (seq: number, kind: "delayed" | "duplicated", arrives: number) => ({ kind: "fate" as const, seq, t: 92_000, id: 8, fate: kind, arrives });
  const deliver = (seq: number, t: number) => ({ kind: "deliver" as const, seq, t, id: 8, host: "server" });
  const twice = { sent, fates: [fate(80, "duplicated", 120_000)], delivers: [deliver(90, 100_000), deliver(95, 120_000)] };
  assert.deepEqual([85, 91, 96].map((n) => flight(twice, n).status), ["flying", "flying", "delivered"]);
  assert.equal(flight(twice, 91).arrives, 120_000);
  const late = { sent, fates: [fate(80, "delayed", 400_000)], delivers: [] };
  assert.equal(flight(late, 79).arrives, 100_000);
  assert.equal(flight(late, 85).arrives, 400_000);
});

test("steps stop at what a reader can see, and cover the whole log", () => {
  const log = load("four-way");
  let before = 0;
  log.stops.forEach((seq, i) => {
    const n = log.countAtStop(i);
    assert.ok(n > before && n > seq, `stop ${i} shows more than the one before`);
    assert.equal(log.stopsBefore(n), i + 1);
    before = n;
  });
  assert.equal(before, log.events.length);
  const kinds = new Set(log.stops.map((seq) => log.events[seq]!.kind));
  assert.ok(!kinds.has("queue") && !kinds.has("meta"));
});

test("a gap in the events is refused", () => {
  const log = new RunLog();
  const [first, , third] = events("four-way");
  log.append([first!]);
  assert.throws(() => log.append([third!]), /event 2 where 1 is due/);
});
