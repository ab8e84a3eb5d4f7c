import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEvent } from "./events.gen.ts";
import { events } from "./fixture.test.ts";
import { restoreRuns } from "./kept-runs.ts";
import { type Source, Store } from "./store.ts";
import type { Listener, OpenRequest } from "./stream.ts";

/** A server of two runs: the four-way close, and for one with inputs the same with its FIN dropped. */
class Server implements Source {
  reachable = true;
  asked: OpenRequest[] = [];
  waiting: (() => void)[] = [];
  refuse: { code: string; message: string } | undefined;

  open(request: OpenRequest, listener: Listener): string {
    this.asked.push(request);
    const inputs = request.run?.inputs ?? [];
    const list = events(inputs.length > 0 ? "fin-dropped" : "four-way").map((e): LogEvent => (e.kind === "meta" ? { ...e, inputs } : e));
    this.waiting.push(() => {
      if (this.refuse) {
        listener.failed(this.refuse.code, this.refuse.message);
        return;
      }
      listener.opened(`token-${inputs.length}`, undefined);
      listener.events(list.slice(0, 60));
      listener.events(list.slice(60));
      listener.ended();
    });
    return String(this.asked.length);
  }

  answer(): void {
    for (const f of this.waiting.splice(0)) f();
  }

  close(): void {}
  pump(): void {}
  retry(): void {}
}

function opened(at?: number): { store: Store; server: Server; frame: (dt?: number) => void } {
  const server = new Server();
  const store = new Store(server, () => {});
  let now = 1000;
  const frame = (dt = 16): void => void store.frame((now += dt));
  store.open({ run: { scenario: "close/four-way", seed: 7 } }, { t: at });
  server.answer();
  frame();
  return { store, server, frame };
}

test("a run opens before its first event, or at the time that is asked for", () => {
  assert.deepEqual([opened().store.at.n, opened().store.at.t], [1, 0]);
  const { store } = opened(95_000);
  assert.equal(store.at.t, 95_000);
  assert.equal(store.current.log.events[store.at.n - 1]?.t, 90_000);
});

test("stepping visits every stop forward and back", () => {
  const { store } = opened();
  const { stops } = store.current.log;
  const seen: number[] = [];
  for (let i = 0; i < stops.length; i++) {
    store.step(1);
    seen.push(store.latest);
  }
  assert.deepEqual(seen, stops);
  store.step(1);
  assert.equal(store.latest, stops.at(-1), "there is nothing after the end");
  for (let i = stops.length - 2; i >= 0; i--) {
    store.step(-1);
    assert.equal(store.latest, stops[i]);
  }
});

test("one step back from between two events is to the one just past", () => {
  const { store } = opened(95_000);
  const { latest } = store;
  store.step(-1);
  assert.equal(store.latest, latest);
  assert.equal(store.at.t, 90_000);
});

test("playing runs through every event once, at 1× and at 4×", () => {
  for (const speed of [1, 4]) {
    const { store, frame } = opened();
    store.setSpeed(speed);
    store.play();
    let n = 0;
    let wall = 0;
    while (store.playing && wall < 60_000) {
      frame(16);
      wall += 16;
      assert.ok(store.at.n >= n);
      n = store.at.n;
      assert.ok(store.at.t >= (store.current.log.events[n - 1]?.t ?? 0) - 0.001);
    }
    assert.equal(n, store.current.log.events.length);
    assert.ok(wall < 24_000 / speed && wall > 8_000 / speed, `${wall} ms at ${speed}×`);
  }
});

test("reduced motion steps once a second", () => {
  const { store, frame } = opened(95_000);
  store.reduced = true;
  const { latest } = store;
  store.play();
  frame(16);
  frame(100);
  const first = store.latest;
  assert.notEqual(first, latest);
  for (let i = 0; i < 8; i++) frame(100);
  assert.equal(store.latest, first);
  for (let i = 0; i < 2; i++) frame(100);
  assert.ok(store.latest > first);
});

test("an intervention acts at the playhead's time and leads on from there", async () => {
  const { store, server, frame } = opened(95_000);
  store.seek(95_400.7);
  const result = store.intervene({ drop: { segment: 8 } });
  assert.ok(store.busy);
  server.answer();
  assert.equal(await result, "done");
  frame();
  const asked = server.asked.at(-1)!;
  assert.deepEqual(asked.run?.inputs, [{ at: 95_400, do: { drop: { segment: 8 } } }]);
  assert.equal(asked.run?.digest, store.branches[0]!.log.meta!.scenario.sha256.slice(0, 16));
  assert.equal(asked.base, "token-0");
  assert.deepEqual(store.branches.map((b) => b.name), ["A", "B"]);
  assert.equal(store.current.name, "B");
  assert.equal(store.at.t, 95_400.7);
  assert.ok(store.undo());
  assert.equal(store.current.name, "A");
  assert.equal(store.at.t, 95_400.7);
});

test("a change earlier than one made before replaces it", async () => {
  const { store, server } = opened(95_000);
  let result = store.intervene({ drop: { segment: 8 } });
  server.answer();
  await result;
  store.seek(92_000);
  result = store.intervene({ duplicate: { segment: 8 } });
  server.answer();
  await result;
  assert.deepEqual(server.asked.at(-1)!.run?.inputs, [{ at: 92_000, do: { duplicate: { segment: 8 } } }]);
});

test("what can't be reached any more is not asked for", async () => {
  const { store, server } = opened(100_000);
  assert.equal(await store.intervene({ drop: { segment: 8 } }), "late");
  assert.equal(await store.intervene({ drop: { segment: 99 } }), "none");
  server.reachable = false;
  store.seek(95_000);
  assert.equal(await store.intervene({ drop: { segment: 8 } }), "offline");
  assert.equal(server.asked.length, 1);
});

test("a refused change leaves everything as it was", async () => {
  const { store, server } = opened(95_000);
  server.refuse = { code: "not_in_flight", message: "…" };
  const result = store.intervene({ drop: { segment: 8 } });
  server.answer();
  assert.deepEqual(await result, server.refuse);
  assert.deepEqual([store.current.name, store.branches.length, store.busy, store.failure], ["A", 1, false, undefined]);
});

test("a run that came by a link can be undone, and compared with what it was", () => {
  const { store, server, frame } = opened();
  store.open({ run: { scenario: "close/four-way", seed: 7, inputs: [{ at: 95_000, do: { drop: { segment: 8 } } }] } }, { t: 95_000 });
  server.answer();
  frame();
  assert.ok(store.canUndo);
  assert.ok(store.undo());
  server.answer();
  frame();
  assert.deepEqual(store.branches.map((b) => b.name), ["A", "B"]);
  assert.deepEqual(server.asked.at(-1)!.run?.inputs, []);
  assert.equal(store.at.t, 95_000);
  assert.ok(store.overlay());
  assert.equal(store.compared?.name, "B");
  assert.equal(store.lens.tracks.length, 2);
  store.show(store.branches[1]!);
  assert.equal(store.compared?.name, "A");
});

/** Drops the FIN at several times, each in a fork of the first run. */
async function forks({ store, server }: ReturnType<typeof opened>, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    store.show(store.first);
    store.seek(95_000 + 10 * store.runs.kept.length + i); // another moment each: the same change is the same run
    const result = store.intervene({ drop: { segment: 8 } });
    server.answer();
    assert.equal(await result, "done");
  }
}

test("four runs have a lane, and the older ones stay in the list", async () => {
  const all = opened(95_000);
  const { store } = all;
  await forks(all, 5);
  assert.deepEqual(store.branches.map((b) => b.name), ["A", "D", "E", "F"]);
  assert.deepEqual(store.runs.kept.map((b) => b.name), ["A", "B", "C", "D", "E", "F"]);
  assert.equal(store.runs.folded, 2);
  store.show(store.runs.kept[1]!);
  assert.deepEqual(store.branches.map((b) => b.name), ["A", "B", "E", "F"], "the run that is shown has a lane");
  await forks(all, 24);
  assert.equal(store.runs.kept.length, 24);
  assert.equal(store.runs.kept[0]!.name, "A", "the first is never let go");
  assert.equal(store.current.name, "AD");
});

test("what is undone can be done again, until something else is done", async () => {
  const all = opened(95_000);
  const { store, server } = all;
  await forks(all, 1);
  const result = store.intervene({ kill: { host: "client", proc: "client" } });
  server.answer();
  assert.equal(await result, "done");
  assert.equal(store.redo(), false);
  store.undo();
  store.undo();
  assert.equal(store.current.name, "A");
  assert.equal(store.undo(), false, "nothing is left to undo");
  assert.ok(store.redo());
  assert.ok(store.redo());
  assert.equal(store.current.name, "C");
  assert.equal(store.redo(), false);
  store.undo();
  store.show(store.first);
  assert.equal(store.redo(), false);
});

test("a run that is removed leaves its forks, and the first can't be", async () => {
  const all = opened(95_000);
  const { store, server } = all;
  await forks(all, 1);
  const result = store.intervene({ kill: { host: "client", proc: "client" } });
  server.answer();
  await result;
  const [a, b, c] = store.runs.kept;
  store.remove(b!);
  assert.deepEqual([store.current, c!.parent], [c, undefined]);
  assert.ok(store.canUndo, "its input can still be taken back");
  store.remove(c!);
  assert.equal(store.current, a);
  store.remove(a!);
  assert.deepEqual(store.runs.kept, [a]);
});

test("a run that is opened beside leaves the learner's own", async () => {
  const all = opened(95_000);
  const { store, server, frame } = all;
  await forks(all, 1);
  let result = store.openBeside({ token: "other" }, { t: 60_000 });
  server.answer();
  assert.equal(await result, "done");
  frame();
  assert.deepEqual([store.current.name, store.at.t], ["C", 60_000]);
  assert.deepEqual(store.branches.map((b) => b.name), ["C"], "its lanes are its own family's");
  assert.deepEqual(store.runs.kept.map((b) => b.name), ["A", "B", "C"]);
  store.current.token = "other";
  store.show(store.first);
  result = store.openBeside({ token: "other" }, { t: 10_000 });
  assert.equal(await result, "done");
  assert.deepEqual([store.current.name, store.at.t, store.runs.kept.length], ["C", 10_000, 3], "it is not asked for twice");
  server.refuse = { code: "engine_changed", message: "…" };
  result = store.openBeside({ token: "old" });
  server.answer();
  assert.deepEqual(await result, server.refuse);
  assert.deepEqual([store.current.name, store.failure], ["C", undefined]);
});

test("runs side by side share the playhead, and a step is to the next moment of any", async () => {
  const all = opened(95_000);
  const { store, frame } = all;
  await forks(all, 1);
  frame();
  const [a, b] = store.runs.kept;
  store.setTwin([a!, b!]);
  assert.equal(store.current, b);
  assert.equal(store.trackOf(a!)?.y.length, a!.log.events.length);
  const times = new Set([...a!.log.stops.map((i) => a!.log.events[i]!.t), ...b!.log.stops.map((i) => b!.log.events[i]!.t)]);
  store.jump(false);
  const seen = new Set([store.at.t]);
  for (let i = 0; i < times.size + 2; i++) {
    store.step(1);
    seen.add(store.at.t);
  }
  assert.deepEqual([...seen].sort((x, y) => x - y), [...times].sort((x, y) => x - y));
  assert.ok(store.atEnd);
  store.step(-1);
  assert.equal(store.at.t, [...times].sort((x, y) => x - y).at(-2));
  store.show(a!);
  assert.equal(store.twin.length, 2, "the other of the two is shown, side by side still");
  for (const [i, want] of [["A", "B", "C"], ["A", "B", "C", "D"], ["A", "B", "C", "E"]].entries()) {
    store.show(a!);
    store.seek(95_100 + i);
    const result = store.intervene({ drop: { segment: 8 } });
    all.server.answer();
    assert.equal(await result, "done");
    assert.deepEqual(store.twin.map((x) => x.name), want);
  }
  store.setTwin([]);
  assert.equal(store.twin.length, 0);
});

test("the same change made twice is one run", async () => {
  const { store, server } = opened(95_000);
  const drop = { drop: { segment: 8 } };
  const first = store.intervene(drop);
  server.answer();
  assert.equal(await first, "done");
  const fork = store.current;
  store.show(store.first);
  store.seek(95_000);
  assert.equal(await store.intervene(drop), "done");
  assert.equal(store.current, fork);
  assert.equal(store.runs.kept.length, 2);
});

test("what is chosen is told", () => {
  const { store } = opened(95_000);
  const told: (number | undefined)[] = [];
  store.onSelect = () => told.push(store.selected);
  store.select(12);
  store.step(1);
  assert.deepEqual(told, [12, undefined]);
});

test("a run that is held back shows nothing beyond, waits for the reader, and goes on when it is released", () => {
  const server = new Server();
  const store = new Store(server, () => {});
  let now = 1000;
  const frame = (dt = 16): void => void store.frame((now += dt));
  const all = events("four-way");
  const hold = all.findIndex((e) => e.kind === "segment" && e.flags === "FA");
  let asked = 0;
  store.onHeld = () => asked++;
  store.open({ run: { scenario: "close/four-way", seed: 7 } }, {}, "", hold);
  server.answer();
  frame();
  assert.equal(store.current.log.events.length, hold + 1);
  assert.equal(store.current.log.end, undefined);

  store.jump(true);
  assert.equal(store.held, true);
  assert.equal(store.at.t, all[hold]!.t);
  store.seek(60_000_000);
  assert.equal(store.at.t, all[hold]!.t);
  store.seekEvent(all.length - 1);
  assert.equal(store.at.t, all[hold]!.t);
  const before = asked;
  store.step(1);
  store.play();
  assert.equal(store.playing, false);
  assert.equal(asked, before + 2);

  store.jump(false);
  store.play();
  for (let i = 0; i < 2000 && store.playing; i++) frame(50);
  assert.equal(store.held, true, "it plays up to there");
  assert.equal(asked, before + 3);

  store.release();
  frame();
  assert.equal(store.held, false);
  assert.equal(store.current.log.events.length, all.length);
  store.play();
  for (let i = 0; i < 5000 && store.playing; i++) frame(100);
  assert.equal(store.atEnd, true);
});

test("whoever changes a held run has it whole", async () => {
  const server = new Server();
  const store = new Store(server, () => {});
  store.open({ run: { scenario: "close/four-way", seed: 7 } }, {}, "", 60);
  server.answer();
  store.frame(1000);
  store.seek(25_000);
  const fork = store.intervene({ cut: {} });
  assert.equal(store.first.hold, undefined);
  server.answer();
  assert.equal(await fork, "done");
});

test("the runs of a history entry come back, however long the server takes for the first", async () => {
  const server = new Server();
  const store = new Store(server, () => {});
  store.open({ run: { scenario: "close/four-way", seed: 7 } });
  const state = { runs: [
    { token: "token-0", name: "A", parent: "", family: 0, beside: true }, { token: "token-1", name: "B", parent: "A", family: 0, beside: true },
  ] };
  const restored = restoreRuns(state, store, 0);
  await new Promise((done) => setTimeout(done, 20));
  server.answer();
  await new Promise((done) => setTimeout(done, 20));
  server.answer();
  assert.equal((await restored).length, 1);
  assert.deepEqual(store.twin.map((b) => b.name), ["A", "B"]);
});
