import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { overlap } from "./ladder-labels.ts";
import { Lens } from "./lens.ts";
import { columns, textWidth } from "./lifelines.ts";
import { RunLog } from "./run-log.ts";
import { buildScene, type Scene } from "./scene.ts";
import { noteAt, wayOf } from "./wire.ts";

function scene(name: string, width: number): { s: Scene; lens: Lens; log: ReturnType<typeof load> } {
  const log = load(name);
  const lens = new Lens([log]);
  return { s: buildScene(log, lens.tracks[0]!, lens, columns(width, [log])), lens, log };
}

const glyph = 6.6; // px of a character at 11 px

test("the client is on the left, whatever the order of the hosts", () => {
  const { s } = scene("four-way", 412);
  assert.deepEqual(s.columns.lines.map((l) => `${l.host} ${l.side}`), ["client left", "server right"]);
});

test("labels fit beside the lifelines at every width", () => {
  for (const width of [358, 370, 412, 560, 660, 936]) {
    const { s } = scene("fin-dropped", width);
    for (const l of s.labels) {
      const [from, to] = l.anchor === "end" ? [l.x - l.text.length * glyph, l.x] : [l.x, l.x + l.text.length * glyph];
      assert.ok(from >= s.columns.axis && to + 2 <= width, `${l.text} at ${width}`);
    }
  }
});

test("what stands on a wire fits between the lifelines", () => {
  for (const width of [358, 370, 412, 660]) {
    const { s } = scene("fin-dropped", width);
    for (const w of s.wires) {
      const span = Math.abs(w.xTo - w.x);
      const { flags, figures, shown } = s.texts.of(w.index);
      assert.ok(shown, `segment ${w.segment.sent.id} at ${width}`);
      const turn = Math.atan2(w.yTo - w.y, span);
      assert.ok(`${flags} ${figures}`.length * glyph * Math.cos(turn) <= span, `"${flags} ${figures}" at ${width}`);
    }
  }
});

test("a FIN that is short of room keeps its seq, an ACK its ack", () => {
  const { s } = scene("fin-dropped", 352);
  const fin = s.wires.find((w) => w.segment.sent.retransmission)!;
  assert.equal(s.texts.of(fin.index).figures, "seq=9");
  assert.ok(s.wires.filter((w) => w.kind === "ack").every((w) => s.texts.of(w.index).figures.includes("ack=")));
});

test("bands follow one another without a hole", () => {
  const { s } = scene("four-way", 412);
  for (const line of s.columns.lines) {
    const bands = s.bands.filter((b) => b.line === line);
    bands.slice(1).forEach((b, i) => assert.equal(bands[i]!.yTo, b.y));
    assert.equal(bands.at(-1)!.state, "CLOSED");
  }
});

test("a listener that closes leaves the connection's lifeline alone", () => {
  const { s, log } = scene("four-way", 412);
  const right = s.bands.filter((b) => b.line.host === "server").map((b) => b.state);
  assert.deepEqual(right, ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]);
  const closes = s.labels.filter((l) => l.line.host === "server" && l.text === "close()=0");
  assert.equal(closes.length, 1);
  assert.ok(log.events.some((e) => e.kind === "state" && e.remote === "*" && e.to === "CLOSED"), "the listener does close");
});

test("a dropped segment ends where the playhead was; its wait has a bracket", () => {
  const { s, lens, log } = scene("fin-dropped", 412);
  const wire = s.wires.find((w) => w.segment.sent.id === 8)!;
  const before = wayOf(wire, log.countAt(94_999), lens, lens.tracks[0]!, log);
  assert.equal(before.lost, undefined);
  const after = wayOf(wire, log.countAt(95_000), lens, lens.tracks[0]!, log);
  assert.ok(Math.abs(after.lost!.share - 0.5) < 0.15, `lost at ${after.lost!.share}`);
  assert.ok(after.byInput);
  assert.deepEqual(s.waits.map((w) => `${w.line.host} ${w.timer} ${w.us}`), ["client probe 222000", "client time-wait 61008000"]);
  assert.deepEqual(s.gaps.map((g) => Math.round(g.us / 1000)), [222, 60_998]);
});

test("a note at a loss stands clear of the segment's way", () => {
  const { s } = scene("fin-dropped", 412);
  for (const w of s.wires.slice(0, 4)) {
    const [left, right] = [Math.min(w.x, w.xTo), Math.max(w.x, w.xTo)];
    for (let share = 0.05; share < 1; share += 0.05) {
      const p = { share, y: w.y + share * (w.yTo - w.y) };
      const note = noteAt(w, p, "dropped by you");
      const width = textWidth("dropped by you") * 0.85;
      const [a, b] = note.anchor === "start" ? [note.x, note.x + width] : [note.x - width, note.x];
      assert.ok(a > left - 3 && b < right + 3, `between the lifelines at ${share}`);
      for (const x of [a, b]) {
        const along = (x - w.x) / (w.xTo - w.x);
        assert.ok(note.y - 9 > w.y + along * (w.yTo - w.y), `below the way at ${share}`);
      }
    }
  }
});

test("labels on wires that cross stand apart", () => {
  const log = load("four-way");
  const fin = log.events.find((e) => e.kind === "segment" && e.flags === "FA")!;
  assert.ok(fin.kind === "segment");
  // The same close with a FIN of the server's at the same moment.
  const both = new RunLog();
  const twin = { ...fin, seq: fin.seq + 1, id: 99, from: fin.to, to: fin.from };
  both.append([...log.events.slice(0, fin.seq + 1), twin]);
  const lens = new Lens([both]);
  const s = buildScene(both, lens.tracks[0]!, lens, columns(412, [both]));
  const [a, b] = s.wires.slice(-2).map((w) => s.texts.box(w.index));
  assert.ok(a && b && !overlap(a, b));
});
