// Where everything on the ladder lies: pure geometry, from a run, its track on the lens and the width at hand.
import type { LogEvent, ReturnEvent, State, StateEvent } from "./events.gen.ts";
import { shortName } from "./family.ts";
import { axisTime, segmentKind } from "./format.ts";
import { type Box, LadderLabels, type LabelWire } from "./ladder-labels.ts";
import type { Lens, Track } from "./lens.ts";
import { beside, type Columns, laneWidth, laneX, type Lifeline, lineOf, resultOf, textWidth } from "./lifelines.ts";
import type { PhraseKey } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";
import { across, labelledWay, noteAt, spanOf, type Wire, wayOf } from "./wire.ts";

/** A stretch of a lifeline in one state; toSeq is the event that ends it. */
export interface Band {
  line: Lifeline;
  lane: number;
  x: number; // its left edge
  width: number;
  state: State;
  seq: number;
  y: number;
  toSeq: number;
  yTo: number;
}

export interface Label {
  line: Lifeline;
  seq: number;
  y: number;
  /** Where the text begins, or ends. */
  x: number;
  anchor: "start" | "end";
  /** The middle of the lane that it is about. */
  node: number;
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
  line: Lifeline;
  timer: string;
  seq: number; // of the fire
  y: number;
  yTo: number;
  us: number;
}

export interface Scene {
  columns: Columns;
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

export function buildScene(log: RunLog, track: Track, lens: Lens, columns: Columns): Scene {
  const wires = buildWires(log, track, lens, columns);
  const shown = shownSockets(log);
  const ticks = buildTicks(wires, track, log);
  const waits = buildWaits(log, track, columns);
  const labels = buildLabels(log, track, columns, shown);
  return {
    columns,
    wires,
    texts: buildTexts(wires, labels, columns, log, track, lens),
    bands: buildBands(log, track, columns, shown),
    labels,
    ticks,
    gaps: buildGaps(ticks, waits, columns),
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

function buildWires(log: RunLog, track: Track, lens: Lens, cols: Columns): Wire[] {
  const wires: Wire[] = [];
  for (const segment of log.segments.values()) {
    const span = spanOf(cols, segment.sent.from, segment.sent.to);
    if (!span) continue;
    const y = track.y[segment.sent.seq] ?? 0;
    // A segment that keeps its schedule ends where its delivery is drawn; another one where its schedule was.
    const first = segment.delivers[0];
    const onTime = first && first.t === segment.sent.arrives;
    const yTo = onTime ? (track.y[first.seq] ?? y) : lens.atTime(segment.sent.arrives).y;
    wires.push({ index: wires.length, segment, kind: segmentKind(segment.sent), ...span, y, yTo: Math.max(yTo, y + 1) });
  }
  return wires;
}

/** What stands on the wires, clear of one another, of the notes on what became of them, and of what stands in their way. */
function buildTexts(wires: readonly Wire[], labels: readonly Label[], cols: Columns, log: RunLog, track: Track, lens: Lens): LadderLabels {
  const inner = cols.lines.filter((l) => l.inner);
  const obstacles: Box[] = labels.filter((l) => l.line.inner && l.text !== "").map((l) => {
    const length = textWidth(l.text) / 2 + 3;
    return { x: l.x + (l.anchor === "start" ? length : -length), y: l.y, length, height: 7, turn: 0 };
  });
  const numbered = log.connections.several;
  const ways = wires.map((w): LabelWire => {
    const number = numbered ? log.connections.numberOn(w.segment.sent) : undefined;
    const place = { sent: w.segment.sent, lead: number === undefined ? "" : `#${number} `, ...labelledWay(w, w.yTo), until: 1, bend: w.out };
    for (const l of w.out === undefined ? inner : []) {
      const share = (l.x - w.x) / (w.xTo - w.x);
      if (share > 0.05 && share < 0.95) obstacles.push({ x: l.x, y: w.y + share * (w.yTo - w.y), length: 7, height: 9, turn: 0 });
    }
    if (w.segment.fates.length === 0) return place;
    const way = wayOf(w, Infinity, lens, track, log);
    const mark = way.lost ?? way.copies[0]?.[0] ?? way.points.at(-2)!;
    if (way.lost) {
      obstacles.push({ x: across(w, mark.share), y: mark.y, length: 8, height: 8, turn: 0 });
      if (mark.share > 0.4 && w.out === undefined) place.until = mark.share;
    }
    const note = noteAt(w, mark, noteSample);
    const length = (textWidth(noteSample) * 0.85) / 2;
    if (!note.far) obstacles.push({ x: note.x + (note.anchor === "start" ? length : -length), y: note.y - 4, length, height: 7, turn: 0 });
    return place;
  });
  return new LadderLabels(ways, obstacles);
}

/** The states of each lifeline, in a lane for each connection. Where there are several lanes, one ends with its connection. */
function buildBands(log: RunLog, track: Track, cols: Columns, shown: Set<number>): Band[] {
  const bands: Band[] = [];
  const open = new Map<string, Band>();
  for (const seq of shown) {
    const e = log.events[seq];
    const line = e?.kind === "state" ? lineOf(cols, e.host) : undefined;
    if (e?.kind !== "state" || !line) continue;
    const lane = log.connections.laneOf(seq);
    const y = track.y[seq] ?? 0;
    const prev = open.get(`${e.host} ${lane}`);
    if (prev) Object.assign(prev, { toSeq: seq, yTo: y });
    open.delete(`${e.host} ${lane}`);
    if (line.lanes > 1 && e.to === "CLOSED") continue;
    const width = laneWidth(line);
    const band: Band = { line, lane, x: laneX(line, lane) - width / 2, width, state: e.to, seq, y, toSeq: Infinity, yTo: Infinity };
    open.set(`${e.host} ${lane}`, band);
    bands.push(band);
  }
  return bands;
}

function buildLabels(log: RunLog, track: Track, cols: Columns, shown: Set<number>): Label[] {
  const labels: Label[] = [];
  for (const seq of log.labelled) {
    const e = log.events[seq];
    if (e?.kind !== "state" && e?.kind !== "return" && e?.kind !== "process" && e?.kind !== "timer") continue;
    const line = lineOf(cols, e.host);
    if (!line || (e.kind === "state" && !shown.has(seq))) continue;
    const node = laneX(line, log.connections.laneOf(seq));
    labels.push({ line, seq, y: track.y[seq] ?? 0, ...beside(line), node, ...labelText(e, log, line) });
  }
  return labels;
}

type Labelled = Extract<LogEvent, { kind: "state" | "return" | "process" | "timer" }>;

function labelText(e: Labelled, log: RunLog, line: Lifeline): Pick<Label, "text" | "phrase" | "state" | "error"> {
  const plain = { text: "", phrase: undefined, state: undefined, error: false };
  switch (e.kind) {
    case "state":
      return { ...plain, text: stateText(e, log, line), state: e.to };
    case "return":
      return { ...plain, text: resultText(e, log, line), error: Boolean(e.errno) };
    case "process":
      return { ...plain, phrase: "ladder.killed", error: true };
    case "timer":
      return { ...plain, text: e.timer, phrase: "ladder.restart" };
  }
}

/** A call's result; where there is no room for both, its error alone. Between two lifelines a result without error is left out. */
function resultText(e: ReturnEvent, log: RunLog, line: Lifeline): string {
  const full = resultOf(e, log);
  if (fits(full, line)) return full;
  return e.errno ?? (line.inner ? "" : full);
}

/** A state's name as far as there is room; with its connection's number where there are several, at its beginning always.
 * Between two lifelines, where the segments of others pass, it is left out rather than written over them. */
function stateText(e: StateEvent, log: RunLog, line: Lifeline): string {
  const short = shortName(e.to);
  const number = log.connections.several ? log.connections.numberOf(e.host, e.sock) : undefined;
  const begins = log.connections.begins(e.seq);
  const least = line.inner ? "" : short;
  if (number === undefined) return [e.to, short].find((text) => fits(text, line)) ?? least;
  const [full, shorter, alone] = [`#${number} ${e.to}`, `#${number} ${short}`, `#${number}`];
  if (fits(full, line)) return full;
  if (fits(shorter, line) || (begins && !line.inner)) return shorter;
  return begins ? alone : fits(short, line) ? short : least;
}

function fits(text: string, line: Lifeline): boolean {
  return textWidth(text) <= line.room;
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
    if (!last || (tick.y - last.y >= tickGap && tick.text !== last.text)) ticks.push(tick);
  }
  return ticks;
}

const besideWait = 34; // px: a wait has two lines of text in its middle
export const tallGap = 1200; // px, beyond which what is written in the middle stands at the beginning

/** The length of a gap is in its middle, unless a wait that is named on that side has its text there. */
function buildGaps(ticks: readonly Tick[], waits: readonly Wait[], cols: Columns): Gap[] {
  const gaps: Gap[] = [];
  ticks.forEach((b, i) => {
    const a = ticks[i - 1];
    if (!a || b.t - a.t <= bracketFrom || b.y - a.y < 44) return;
    if (b.y - a.y > tallGap) return; // of the linear scale, whose axis says it
    const mid = (a.y + b.y) / 2;
    const taken = (y: number): boolean => waits.some((w) => w.line === cols.lines[0] && Math.abs((w.y + w.yTo) / 2 + 5 - y) < besideWait / 2);
    const at = [mid, a.y + 24, b.y - 24].find((y) => !taken(y)) ?? mid;
    gaps.push({ seq: b.seq, y: a.y, yTo: b.y, us: b.t - a.t, at });
  });
  return gaps;
}

const shownWaits = new Set(["retransmit", "probe", "syn-ack", "persist", "keepalive", "fin-wait-2", "time-wait"]);

function buildWaits(log: RunLog, track: Track, cols: Columns): Wait[] {
  const set = new Map<string, number>();
  const waits: Wait[] = [];
  for (const e of log.events) {
    if (e.kind !== "timer" || !shownWaits.has(e.timer)) continue;
    const key = `${e.host} ${e.sock} ${e.timer}`;
    const from = set.get(key);
    if (e.action === "set") set.set(key, e.seq);
    else set.delete(key);
    const line = lineOf(cols, e.host);
    if (e.action !== "fire" || from === undefined || !line) continue;
    const [y, yTo] = [track.y[from] ?? 0, track.y[e.seq] ?? 0];
    // Of the waits of several connections that go on beside each other, the first one to end is written.
    const covered = waits.some((w) => w.line === line && w.yTo > y && w.y < yTo);
    if (yTo - y >= 44 && !covered) waits.push({ line, timer: e.timer, seq: e.seq, y, yTo, us: e.t - log.events[from]!.t });
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
