import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { Lens, stretch } from "./lens.ts";

const near = (a: number, b: number, by: number): void => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b} ± ${by}`);

test("10 ms, 220 ms and 60 s read side by side", () => {
  near(stretch(10_000), 36, 0.5);
  near(stretch(220_000), 81, 0.5);
  near(stretch(60_000_000), 165, 0.5);
});

test("a trip of 10 ms takes 900 ms at 1×, and no wait more than 4 s", () => {
  const lens = new Lens([load("four-way")]);
  const wall = (from: number, to: number): number => lens.atTime(to).w - lens.atTime(from + 1e-6).w;
  near(wall(0, 10_000), 900, 60);
  const track = lens.tracks[0]!;
  near(track.w.at(-1)! - lens.atTime(220_001).w, 4000, 200);
});

test("places never go back, and wall time and height agree on the time", () => {
  const log = load("four-way");
  const lens = new Lens([log]);
  const { y, w } = lens.tracks[0]!;
  for (let i = 1; i < y.length; i++) assert.ok(y[i]! >= y[i - 1]! && w[i]! >= w[i - 1]!, `event ${i}`);
  log.events.forEach((e, i) => {
    near(lens.atWall(w[i]!).t, e.t, 0.001);
    near(lens.atHeight(y[i]!).t, e.t, 0.001);
    near(lens.atWall(w[i]!).y, y[i]!, 0.001);
  });
});

test("segments that leave one host at the same instant do not cover each other", () => {
  const log = load("four-way");
  const { y } = new Lens([log]).tracks[0]!;
  const last = new Map<string, number>();
  for (const { sent } of log.segments.values()) {
    const before = last.get(sent.from);
    if (before !== undefined) assert.ok(y[sent.seq]! - before >= 21.9, `segment ${sent.id}`);
    last.set(sent.from, y[sent.seq]!);
  }
});

test("labels of one side keep their distance", () => {
  for (const name of ["four-way", "fin-dropped"]) {
    const log = load(name);
    const { y } = new Lens([log]).tracks[0]!;
    const last = new Map<string, number>();
    for (const seq of log.labelled) {
      const e = log.events[seq]!;
      const host = "host" in e ? e.host : "";
      const before = last.get(host);
      if (before !== undefined) assert.ok(y[seq]! - before >= 13.9, `${name} event ${seq}`);
      last.set(host, y[seq]!);
    }
  }
});

test("runs on one axis put the same instant at the same height", () => {
  const logs = [load("four-way"), load("fin-dropped")];
  const lens = new Lens(logs);
  logs.forEach((log, i) => {
    log.events.forEach((e, n) => {
      assert.ok(lens.tracks[i]!.y[n]! >= lens.atTime(e.t).y - 0.001, `run ${i} event ${n}`);
    });
  });
  // Up to the fork they share every event, and so every height.
  for (let n = 1; n < 70; n++) assert.equal(lens.tracks[0]!.y[n], lens.tracks[1]!.y[n]);
});

test("the linear scale is true but for what is spread at one instant", () => {
  const log = load("four-way");
  const [one, two] = [new Lens([log]), new Lens([log], 1)];
  const { y } = two.tracks[0]!;
  for (let i = 1; i < y.length; i++) assert.ok(y[i]! >= y[i - 1]!, `event ${i}`);
  near(two.atTime(50_000_000).y - two.atTime(40_000_000).y, 36_000, 1);
  near(two.height, 0.0036 * log.length, 400);
  assert.deepEqual(two.tracks[0]!.w, one.tracks[0]!.w);
  log.events.forEach((e, i) => near(two.atHeight(y[i]!).t, e.t, 0.001));
});

test("between the scales everything is on its way", () => {
  const log = load("fin-dropped");
  const [a, m, b] = [0, 0.5, 1].map((mix) => new Lens([log], mix).tracks[0]!.y);
  log.events.forEach((_, i) => near(m![i]!, (a![i]! + b![i]!) / 2, 0.001));
});

test("a dropped segment keeps the slope that it had in flight", () => {
  const lens = new Lens([load("fin-dropped")]);
  const at = (ms: number): number => lens.atTime(ms * 1000 - 1e-6).y;
  near((at(95) - lens.atTime(90_001).y) / (at(100) - lens.atTime(90_001).y), 0.5, 0.05);
});
