// Where everything on the ladder lies: pure geometry, from a run, its track on the lens and the width at hand.
import type { LogEvent, State } from "./events.gen.ts";
import { axisTime, segmentKind } from "./format.ts";
import { type Box, charWidth, LadderLabels, type LabelWire } from "./ladder-labels.ts";
import type { Lens, Track } from "./lens.ts";
import type { Segment } from "./flight.ts";
import { hostOrder, type RunLog } from "./model.ts";
import type { PhraseKey } from "./phrases.ts";

export type Side = "left" | "right";

/** The vertical lines of the drawing, in px. */
export interface Columns {
  width: number;
  axis: number; // the right edge of the times
  left: number; // the lifelines
  right: number;
}

/** Lays the columns out for a width: text stays 11 px, so what gives is the distance between the lifelines. need is the
 * room that what stands on the right takes. */
export function columns(width: number, need = 0): Columns {
  const beside = Math.min(need, mostBeside);
  if (width < 400) return { width, axis: 42, left: 132, right: width - Math.max(86, beside) };
  const room = Math.max(86, Math.min(118, width * 0.19));
  return { width, axis: 46, left: 52 + room, right: width - Math.max(room + 6, beside) };
}

const mostBeside = 106; // px

/** The room that the names and results to the right of the right lifeline take, in px. */
export function roomBeside(logs: readonly RunLog[]): number {
  let most = 0;
  for (const log of logs) {
    const right = hostOrder(log)[1];
    for (const seq of log.labelled) {
      const e = log.events[seq]!;
      if (e.kind === "return" && e.host === right) most = Math.max(most, textWidth(labelText(e).text) + 14);
    }
  }
  return most;
}

/** A stretch of a lifeline in one state; toSeq is the event that ends it. */
export interface Band {
  side: Side;
  state: State;
  seq: number;
  y: number;
  toSeq: number;
  yTo: number;
}

export interface Label {
  side: Side;
  seq: number;
  y: number;
  text: string;
  /** What stands there instead of text, in the reader's language; text may be the timer that it names. */
  phrase: PhraseKey | undefined;
  state: State | undefined;
  error: boolean;
}

/** A time on the axis, shown from event seq on. */
export interface Tick {
  seq: number;
  y: number;
  t: number;
  text: string;
}

/** A silent stretch of more than 100 ms between two ticks. */
export interface Gap {
  seq: number; // the event that ends it
  y: number;
  yTo: number;
  us: number;
  at: number; // where its length is written
}

/** A timer that ran out: from where it was set to where it fired. */
export interface Wait {
  side: Side;
  timer: string;
  seq: number; // of the fire
  y: number;
  yTo: number;
  us: number;
}

/** A segment's way: from its sender's lifeline to the other, through a bend for each delay. */
export interface Wire {
  segment: Segment;
  kind: ReturnType<typeof segmentKind>;
  from: Side;
  y: number;
  yTo: number; // as first scheduled
  index: number; // of its text
}

export interface Scene {
  columns: Columns;
  sides: Map<string, Side>;
  wires: Wire[];
  texts: LadderLabels;
  bands: Band[];
  labels: Label[];
  ticks: Tick[];
  gaps: Gap[];
  waits: Wait[];
}

const tickGap = 13; // px
const bracketFrom = 100_000; // µs
const noteSample = "dropped by you"; // the longest note in the two languages
export const inset = 7; // px between a lifeline and a wire's end

/** How wide a text of 11 px stands, in px: a little too wide rather than too narrow. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of text) width += c > "\u2e7f" ? 11 : charWidth;
  return width;
}

export function buildScene(log: RunLog, track: Track, lens: Lens, width: number, need = roomBeside([log])): Scene {
  const cols = columns(width, need);
  const order = hostOrder(log);
  const sides = new Map<string, Side>();
  order.slice(0, 2).forEach((name, i) => sides.set(name, i === 0 ? "left" : "right"));
  const wires = buildWires(log, track, lens, sides);
  const shown = shownSockets(log);
  const ticks = buildTicks(wires, track, log);
  const waits = buildWaits(log, track, sides);
  return {
    columns: cols,
    sides,
    wires,
    texts: buildTexts(wires, cols, log, track, lens),
    bands: buildBands(log, track, sides, shown),
    labels: buildLabels(log, track, sides, shown),
    ticks,
    gaps: buildGaps(ticks, waits),
    waits,
  };
}

/** Which state events the lifelines show: a connection's, and a listener's while its host has no connection. */
function shownSockets(log: RunLog): Set<number> {
  const connected = new Set<string>();
  const listeners = new Set<string>();
  const shown = new Set<number>();
  for (const e of log.events) {
    if (e.kind !== "state" || e.from === e.to) continue;
    const key = `${e.host} ${e.sock}`;
    if (e.to === "LISTEN") listeners.add(key);
    if (!listeners.has(key)) connected.add(e.host);
    else if (connected.has(e.host)) continue;
    shown.add(e.seq);
  }
  return shown;
}

function buildWires(log: RunLog, track: Track, lens: Lens, sides: Map<string, Side>): Wire[] {
  const wires: Wire[] = [];
  for (const segment of log.segments.values()) {
    const from = sides.get(segment.sent.from);
    if (!from) continue;
    const y = track.y[segment.sent.seq] ?? 0;
    // A segment that keeps its schedule ends where its delivery is drawn; another one where its schedule was.
    const first = segment.delivers[0];
    const onTime = first && first.t === segment.sent.arrives;
    const yTo = onTime ? (track.y[first.seq] ?? y) : lens.atTime(segment.sent.arrives).y;
    wires.push({ index: wires.length, segment, kind: segmentKind(segment.sent), from, y, yTo: Math.max(yTo, y + 1) });
  }
  return wires;
}

/** What stands on the wires, clear of one another and of the notes on what became of them. */
function buildTexts(wires: readonly Wire[], cols: Columns, log: RunLog, track: Track, lens: Lens): LadderLabels {
  const [left, right] = [cols.left + inset, cols.right - inset];
  const obstacles: Box[] = [];
  const ways = wires.map((w): LabelWire => {
    const [x, xTo] = w.from === "left" ? [left, right] : [right, left];
    const place = { sent: w.segment.sent, x, y: w.y, xTo, yTo: w.yTo, until: 1 };
    if (w.segment.fates.length === 0) return place;
    const way = wayOf(w, Infinity, lens, track, log);
    const mark = way.lost ?? way.copies[0]?.[0] ?? way.points.at(-2)!;
    if (way.lost) {
      obstacles.push({ x: x + mark.share * (xTo - x), y: mark.y, length: 8, height: 8, turn: 0 });
      if (mark.share > 0.4) place.until = mark.share;
    }
    const note = noteAt(w, cols, mark, noteSample);
    const length = (textWidth(noteSample) * 0.85) / 2;
    if (!note.far) obstacles.push({ x: note.x + (note.anchor === "start" ? length : -length), y: note.y - 4, length, height: 7, turn: 0 });
    return place;
  });
  return new LadderLabels(ways, obstacles);
}

function buildBands(log: RunLog, track: Track, sides: Map<string, Side>, shown: Set<number>): Band[] {
  const bands: Band[] = [];
  const open = new Map<Side, Band>();
  for (const seq of shown) {
    const e = log.events[seq];
    if (e?.kind !== "state") continue;
    const side = sides.get(e.host);
    if (!side) continue;
    const y = track.y[seq] ?? 0;
    const prev = open.get(side);
    if (prev) Object.assign(prev, { toSeq: seq, yTo: y });
    const band: Band = { side, state: e.to, seq, y, toSeq: Infinity, yTo: Infinity };
    open.set(side, band);
    bands.push(band);
  }
  return bands;
}

function buildLabels(log: RunLog, track: Track, sides: Map<string, Side>, shown: Set<number>): Label[] {
  const labels: Label[] = [];
  for (const seq of log.labelled) {
    const e = log.events[seq];
    if (e?.kind !== "state" && e?.kind !== "return" && e?.kind !== "process" && e?.kind !== "timer") continue;
    const side = sides.get(e.host);
    if (!side || (e.kind === "state" && !shown.has(seq))) continue;
    labels.push({ side, seq, y: track.y[seq] ?? 0, ...labelText(e) });
  }
  return labels;
}

type Labelled = Extract<LogEvent, { kind: "state" | "return" | "process" | "timer" }>;

function labelText(e: Labelled): Pick<Label, "text" | "phrase" | "state" | "error"> {
  const plain = { text: "", phrase: undefined, state: undefined, error: false };
  switch (e.kind) {
    case "state":
      return { ...plain, text: e.to, state: e.to };
    case "return":
      return e.errno ? { ...plain, text: `${e.call}() ${e.errno}`, error: true } : { ...plain, text: `${e.call}()=${e.ret}` };
    case "process":
      return { ...plain, phrase: "ladder.killed", error: true };
    case "timer":
      return { ...plain, text: e.timer, phrase: "ladder.restart" };
  }
}

/** The times of sending and arriving, where there is room for them. */
function buildTicks(wires: readonly Wire[], track: Track, log: RunLog): Tick[] {
  const all: Tick[] = [];
  const add = (seq: number, t: number): void => {
    all.push({ seq, t, y: track.y[seq] ?? 0, text: axisTime(t) });
  };
  for (const w of wires) {
    add(w.segment.sent.seq, w.segment.sent.t);
    for (const d of w.segment.delivers) add(d.seq, d.t);
  }
  for (const e of log.events) {
    if (e.kind === "timer" && e.action === "fire" && e.timer === "time-wait") add(e.seq, e.t);
  }
  all.sort((a, b) => a.y - b.y || a.seq - b.seq);
  const ticks: Tick[] = [];
  for (const tick of all) {
    const last = ticks.at(-1);
    if (!last || (tick.y - last.y >= tickGap && tick.t > last.t)) ticks.push(tick);
  }
  return ticks;
}

const besideWait = 34; // px: a wait has two lines of text in its middle
export const tallGap = 1200; // px, beyond which what is written in the middle stands at the beginning

/** The length of a gap is in its middle, unless a wait that is named on that side has its text there. */
function buildGaps(ticks: readonly Tick[], waits: readonly Wait[]): Gap[] {
  const gaps: Gap[] = [];
  ticks.forEach((b, i) => {
    const a = ticks[i - 1];
    if (!a || b.t - a.t <= bracketFrom || b.y - a.y < 44) return;
    if (b.y - a.y > tallGap) return; // of the linear scale, whose axis says it
    const mid = (a.y + b.y) / 2;
    const taken = (y: number): boolean => waits.some((w) => w.side === "left" && Math.abs((w.y + w.yTo) / 2 + 5 - y) < besideWait / 2);
    const at = [mid, a.y + 24, b.y - 24].find((y) => !taken(y)) ?? mid;
    gaps.push({ seq: b.seq, y: a.y, yTo: b.y, us: b.t - a.t, at });
  });
  return gaps;
}

const shownWaits = new Set(["retransmit", "probe", "syn-ack", "persist", "keepalive", "fin-wait-2", "time-wait"]);

function buildWaits(log: RunLog, track: Track, sides: Map<string, Side>): Wait[] {
  const set = new Map<string, number>();
  const waits: Wait[] = [];
  for (const e of log.events) {
    if (e.kind !== "timer" || !shownWaits.has(e.timer)) continue;
    const key = `${e.host} ${e.sock} ${e.timer}`;
    const from = set.get(key);
    if (e.action === "set") set.set(key, e.seq);
    else set.delete(key);
    const side = sides.get(e.host);
    if (e.action !== "fire" || from === undefined || !side) continue;
    const [y, yTo] = [track.y[from] ?? 0, track.y[e.seq] ?? 0];
    if (yTo - y >= 44) waits.push({ side, timer: e.timer, seq: e.seq, y, yTo, us: e.t - log.events[from]!.t });
  }
  return waits;
}

/** The first event at which two runs differ, the first one apart; both logs are whole. */
export function firstDifference(a: RunLog, b: RunLog): number {
  const most = Math.min(a.events.length, b.events.length);
  for (let i = 1; i < most; i++) {
    if (JSON.stringify(a.events[i]) !== JSON.stringify(b.events[i])) return i;
  }
  return most;
}

/** A point on a segment's way: share 0 is the sender's lifeline, 1 the receiver's. */
export interface Point {
  y: number;
  share: number;
}

/** A segment's way as far as the first n events decide it. */
export interface Way {
  /** The way travelled, and to be travelled, of the segment itself. */
  points: Point[];
  /** Where it is lost, if it is. */
  lost: Point | undefined;
  /** Ways of copies. */
  copies: Point[][];
  byInput: boolean;
}

/** Follows a wire through the fates of the first n events. */
export function wayOf(w: Wire, n: number, lens: Lens, track: Track, log: RunLog): Way {
  const way: Way = { points: [{ y: w.y, share: 0 }], lost: undefined, copies: [], byInput: false };
  let end: Point = { y: w.yTo, share: 1 };
  const delivers = w.segment.delivers;
  for (const f of w.segment.fates) {
    if (f.seq >= n) break;
    const here = along(way.points.at(-1)!, end, Math.max(w.y, track.y[f.seq] ?? 0));
    const to = f.arrives === undefined ? 0 : arrivalY(f.arrives);
    if (f.fate === "dropped") {
      // The link decides when it is handed the segment; that one is lost half way.
      way.lost = f.t === w.segment.sent.t ? { y: (w.y + end.y) / 2, share: 0.5 } : here;
      way.byInput = f.cause !== undefined && log.events[f.cause]?.kind === "input";
    } else if (f.fate === "delayed") {
      if (here.share > 0) way.points.push(here);
      end = { y: to, share: 1 };
    } else {
      way.copies.push([here, { y: to, share: 1 }]);
    }
  }
  way.points.push(end);
  return way;

  function arrivalY(t: number): number {
    const d = delivers.find((x) => x.t === t);
    return d ? (track.y[d.seq] ?? 0) : lens.atTime(t).y;
  }
}

const noteHeight = 12; // px
const farFall = 32; // px

/** Where a note on what happened to a segment at p stands: below its way, on the sender's side if there is room. One that
 * would be far below is kept back until the segment is looked at. */
export function noteAt(w: Wire, c: Columns, p: Point, text: string): { x: number; y: number; anchor: "start" | "end"; far: boolean } {
  const span = c.right - c.left;
  const left = w.from === "left";
  const x = left ? c.left + p.share * span : c.right - p.share * span;
  const width = textWidth(text) * 0.85; // notes are in the narrower face
  if (p.share * span >= width + 2) return { x: left ? x + 5 : x - 5, y: p.y + noteHeight + 6, anchor: left ? "end" : "start", far: false };
  // On the receiver's side the way goes on downwards: the note is below its far end, and ends before the lifeline.
  const fall = ((w.yTo - w.y) / span) * (width + 10);
  const from = left ? Math.min(x + 9, c.right - 10 - width) : Math.max(x - 9, c.left + 10 + width);
  return { x: from, y: p.y + noteHeight + 4 + fall, anchor: left ? "start" : "end", far: fall > farFall };
}

/** The point of the leg from a to b at height y. */
export function along(a: Point, b: Point, y: number): Point {
  const f = b.y > a.y ? Math.max(0, Math.min(1, (y - a.y) / (b.y - a.y))) : 1;
  return { y: a.y + f * (b.y - a.y), share: a.share + f * (b.share - a.share) };
}
