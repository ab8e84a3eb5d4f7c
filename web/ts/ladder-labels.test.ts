import assert from "node:assert/strict";
import { test } from "node:test";
import type { SegmentEvent } from "./events.gen.ts";
import { load } from "./fixture.test.ts";
import { figuresOf, LadderLabels, type LabelWire, marksOf, overlap } from "./ladder-labels.ts";

const first = load("four-way").events.find((e) => e.kind === "segment") as SegmentEvent;

function data(i: number): SegmentEvent {
  return { ...first, id: i, flags: "PA", seqno: 1 + 1448 * i, ackno: 1, len: 1448 };
}

function pure(i: number): SegmentEvent {
  return { ...first, id: i, flags: "A", seqno: 1, ackno: 1 + 1448 * i, len: 0 };
}

/** A burst of data to the right, and its acknowledgments back, half a way later. */
function burst(count: number, span: number): LabelWire[] {
  const wires: LabelWire[] = [];
  const fall = 22 * count + 36;
  for (let i = 0; i < count; i++) {
    wires.push({ sent: data(i), lead: "", x: 100, y: 22 * i, xTo: 100 + span, yTo: 22 * i + fall, until: 1 });
    wires.push({ sent: pure(i), lead: "", x: 100 + span, y: fall / 2 + 22 * i, xTo: 100, yTo: 1.5 * fall + 22 * i, until: 1 });
  }
  return wires.sort((a, b) => a.y - b.y);
}

test("labels of a burst stand clear of one another at every width, and most of a few are shown", () => {
  for (const span of [112, 172, 260, 400]) {
    for (const count of [2, 5, 10, 20]) {
      const wires = burst(count, span);
      const labels = new LadderLabels(wires, []);
      const boxes = wires.flatMap((_, i) => labels.box(i) ?? []);
      for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(!overlap(a, b), `${count} over ${span} px`);
      if (span >= 172 && count <= 5) assert.ok(boxes.length >= 0.8 * wires.length, `${boxes.length} of ${count} over ${span} px`);
    }
  }
});

test("a FIN has its label where labels of data and ACKs have to give way", () => {
  const wires = burst(6, 172);
  const at = wires.findIndex((w) => w.sent.id === 5);
  wires[at] = { ...wires[at]!, sent: { ...wires[at]!.sent, flags: "FPA" } };
  const labels = new LadderLabels(wires, []);
  assert.ok(labels.of(at).shown);
  const boxes = wires.flatMap((_, i) => labels.box(i) ?? []);
  for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(!overlap(a, b));
});

test("labels that are placed bit by bit stand where they stand when placed at once", () => {
  const wires = burst(20, 172);
  wires[30] = { ...wires[30]!, sent: { ...wires[30]!.sent, flags: "FPA" } };
  const once = new LadderLabels(wires, []);
  const bits = new LadderLabels(wires, []);
  let turns = 1;
  while (bits.prepare(wires.length - 1, 3)) turns++;
  assert.equal(turns, Math.ceil(wires.length / 3));
  assert.deepEqual(wires.map((_, i) => bits.of(i)), wires.map((_, i) => once.of(i)));
});

test("labels keep off what is noted beside a loss", () => {
  const wires = burst(5, 200);
  const cross = { x: 150, y: 95, length: 8, height: 8, turn: 0 };
  const labels = new LadderLabels(wires, [cross]);
  for (const i of wires.keys()) {
    const box = labels.box(i);
    assert.ok(!box || !overlap(box, cross));
  }
});

test("what a segment says last is its seq, or the ack of an ACK", () => {
  assert.deepEqual(figuresOf(data(1)), ["seq=1449 ack=1 len=1448", "seq=1449 len=1448", "seq=1449"]);
  assert.deepEqual(figuresOf(pure(1)), ["seq=1 ack=1449", "ack=1449"]);
});

test("a closed window and SACK blocks are said", () => {
  assert.deepEqual(marksOf({ ...pure(3), win_bytes: 0 }).full, ["win=0"]);
  const lost = { ...pure(1), opts: { sack: [{ left: 2897, right: 4345 }] } };
  assert.deepEqual(marksOf(lost), { full: ["SACK=2897–4345"], short: ["SACK"] });
  const twice = { ...pure(3), opts: { sack: [{ left: 1, right: 1449 }] } };
  assert.deepEqual(marksOf(twice), { full: ["D-SACK=1–1449"], short: ["D-SACK"] });
  const within = { ...pure(1), opts: { sack: [{ left: 2897, right: 4345 }, { left: 2897, right: 5793 }] } };
  assert.deepEqual(marksOf(within).short, ["D-SACK"]);
});

test("turned rectangles overlap where they share a point", () => {
  const box = { x: 0, y: 0, length: 20, height: 5, turn: 0 };
  assert.ok(overlap(box, { ...box, x: 39, y: 9 }));
  assert.ok(!overlap(box, { ...box, x: 41 }));
  assert.ok(!overlap(box, { ...box, y: 11 }));
  assert.ok(overlap(box, { ...box, y: 20, turn: Math.PI / 2 }));
  assert.ok(!overlap(box, { ...box, x: 30, y: 24, turn: Math.PI / 4 }));
});
