import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { overlap } from "./ladder-labels.ts";
import { Lens } from "./lens.ts";
import { addressesOfNoHost, columns, endOn, laneWidth, laneX, textWidth } from "./lifelines.ts";
import { buildScene, type Scene } from "./scene.ts";
import { across, traced, wayOf } from "./wire.ts";

const widths = [358, 370, 412, 560, 660, 936];

function scene(name: string, width: number): { s: Scene; lens: Lens; log: ReturnType<typeof load> } {
  const log = load(name);
  const lens = new Lens([log]);
  return { s: buildScene(log, lens.tracks[0]!, lens, columns(width, [log])), lens, log };
}

test("each of three hosts has a lifeline, the server's on the right; every segment goes from its sender's to its receiver's", () => {
  for (const width of widths) {
    const { s } = scene("two-clients", width);
    assert.deepEqual(s.columns.lines.map((l) => l.host), ["client", "second", "server"]);
    const x = new Map(s.columns.lines.map((l) => [l.host, l.x]));
    const [client, second, server] = s.columns.lines.map((l) => l.x);
    assert.ok(second! - client! >= 60 && server! - second! >= 60, `room between the lifelines at ${width}`);
    for (const w of s.wires) {
      const { sent } = w.segment;
      assert.ok(Math.abs(w.x - x.get(sent.from)!) < 30 && Math.abs(w.xTo - x.get(sent.to)!) < 30, `segment ${sent.id} at ${width}`);
    }
  }
});

test("the connections of a host that live at the same time have lanes side by side, and none holds two states", () => {
  const { s, log } = scene("two-clients", 660);
  const server = s.columns.lines.at(-1)!;
  assert.equal(server.lanes, 2);
  assert.ok(Math.abs(laneX(server, 1) - laneX(server, 0)) >= laneWidth(server));
  const lanes = new Map<string, typeof s.bands>();
  for (const b of s.bands) lanes.set(`${b.line.host} ${b.lane}`, [...(lanes.get(`${b.line.host} ${b.lane}`) ?? []), b]);
  for (const [lane, bands] of lanes) bands.slice(1).forEach((b, i) => assert.ok(bands[i]!.yTo <= b.y, lane));
  const sockets = (lane: number): Set<number> => new Set(s.bands.filter((b) => b.line === server && b.lane === lane && b.state !== "LISTEN").map((b) => (log.events[b.seq] as { sock: number }).sock));
  assert.equal(sockets(0).size, 1);
  assert.equal(sockets(1).size, 1);
});

test("both ends call a connection by the same number, and its segments too", () => {
  const { s, log } = scene("two-clients", 936);
  const begins = s.labels.filter((l) => l.state === "SYN-SENT" || l.state === "SYN-RECEIVED").map((l) => `${l.line.host} ${l.text}`);
  assert.deepEqual(begins.sort(), ["client #1 SYN-SENT", "second #2 SYN-SENT", "server #1 SYN-RECEIVED", "server #2 SYN-RECEIVED"].sort());
  for (const w of s.wires) {
    const host = w.segment.sent.from === "server" ? w.segment.sent.to : w.segment.sent.from;
    assert.ok(s.texts.of(w.index).flags.startsWith(host === "second" ? "#2 " : "#1 "), `segment ${w.segment.sent.id} of ${host}`);
  }
  assert.equal(load("four-way").connections.several, false, "one connection needs no number");
  assert.ok(log.connections.several);
});

test("what is written keeps off the lifelines in the middle, and off what is written there", () => {
  for (const width of widths.filter((w) => w >= 560)) {
    const { s } = scene("two-clients", width);
    const second = s.columns.lines[1]!;
    for (const w of s.wires) {
      const box = s.texts.box(w.index);
      if (!box) continue;
      const y = w.y + ((second.x - w.x) / (w.xTo - w.x)) * (w.yTo - w.y);
      const passes = Math.min(w.x, w.xTo) < second.x && Math.max(w.x, w.xTo) > second.x;
      assert.ok(!passes || !overlap(box, { x: second.x, y, length: 3, height: 3, turn: 0 }), `segment ${w.segment.sent.id} at ${width}`);
    }
  }
});

test("what is written beside a lifeline in the middle stays clear of the segments of the others", () => {
  for (const width of widths) {
    const { s } = scene("two-clients", width);
    const second = s.labels.filter((l) => l.line.inner);
    assert.ok(second.some((l) => l.text.startsWith("#2")), `its connection is numbered at ${width}`);
    for (const l of second) assert.ok(textWidth(l.text) <= l.line.room, `${l.text} at ${width}`);
  }
});

test("what a host sends to itself leaves its lifeline and comes back to it, visibly", () => {
  for (const width of widths) {
    const { s, lens, log } = scene("self", width);
    assert.deepEqual(s.columns.lines.map((l) => l.host), ["client"]);
    const [line] = s.columns.lines;
    for (const w of s.wires) {
      assert.equal(w.x, w.xTo);
      assert.equal(Math.abs(w.x - line!.x), endOn(line!, "right"));
      const way = traced(w, wayOf(w, Infinity, lens, lens.tracks[0]!, log).points);
      const far = Math.max(...way.map((p) => across(w, p.share)));
      assert.ok(far > line!.x + 40 && far < width, `segment ${w.segment.sent.id} goes out to ${far} of ${width}`);
      assert.ok(w.yTo - w.y >= 15, `segment ${w.segment.sent.id} is ${w.yTo - w.y} px high`);
      const box = s.texts.box(w.index);
      assert.ok(box && box.x - box.length > far - 1 && box.x + box.length <= width, `the label of segment ${w.segment.sent.id} at ${width}`);
    }
  }
});

test("an address that no host has is said to be one, and segments to it are lost before it", () => {
  const { s, lens, log } = scene("no-host", 412);
  assert.deepEqual(s.columns.lines.map((l) => l.host), ["client", ""]);
  assert.deepEqual(addressesOfNoHost(log), ["10.0.0.99"]);
  for (const w of s.wires) assert.ok(wayOf(w, Infinity, lens, lens.tracks[0]!, log).lost);
});
