// The time lens: how virtual time becomes distance on the ladder and wall time while playing.
//
// Between two instants y grows by k·ln(1 + Δ/1 ms), so that a trip of 10 ms and a wait of 60 s both read well. What
// happens at one instant is spread downwards where lines or labels would cover each other, in the order of the log.
//
// The linear scale is the true one: y grows by the same for each ms, except that what is spread at one instant takes its
// room from the silence after it. How a run plays is the same in both.
import type { LogEvent } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";
import { prefix } from "./search.ts";

const k = 15; // px
const wallPerPx = 25; // ms at 1×: a trip of 10 ms is 36 px and takes 900 ms
const longestWait = 4000; // ms
const wireGap = 22; // px between parallel segments, each with room for its label
const burstGap = 8; // px between those of a burst, whose first and last have a label
const burstFrom = 7; // segments of one instant
const linear = 0.0036; // px per µs: a trip of 10 ms is as high as in the other scale
const tallest = 1_000_000; // px of a linear ladder; a longer run has a smaller scale
const afterCrowd = 12; // px
const labelGap = 14; // px between labels of one side
const selfTrip = 20; // px of a segment's way back to its own host

/** One instant: everything at t, from y to yEnd. */
interface Instant {
  t: number;
  y: number;
  yEnd: number;
  w: number;
  wEnd: number;
}

/** Where the events of one run lie. */
export interface Track {
  y: number[];
  w: number[];
}

/** A position on the lens. */
export interface Place {
  t: number;
  y: number;
  w: number;
}

/** Distance in px of a wait of dt µs. */
export function stretch(dt: number): number {
  return k * Math.log1p(dt / 1000);
}

export class Lens {
  readonly tracks: Track[];
  /** From 0, the logarithmic scale, to 1, the linear one. */
  readonly mix: number;
  #instants: Instant[] = [];

  /** One lens over all runs that are compared: their instants are put together, so that they share one axis. */
  constructor(logs: readonly RunLog[], mix = 0) {
    this.mix = mix;
    this.tracks = logs.map(() => ({ y: [], w: [] }));
    const next = logs.map(() => 0);
    const last = logs.map(() => new Map<string, number>());
    const arrivals = scheduled(logs);
    let arrival = 0;
    for (;;) {
      let t = Infinity;
      logs.forEach((log, i) => (t = Math.min(t, log.events[next[i]!]?.t ?? Infinity)));
      if (t === Infinity) break;
      t = Math.min(t, arrivals[arrival] ?? Infinity);
      while (arrivals[arrival] === t) arrival++;
      const before = this.#instants.at(-1);
      const gap = before ? stretch(t - before.t) : 0;
      const y = (before?.yEnd ?? 0) + gap;
      const w = (before?.wEnd ?? 0) + Math.min(longestWait, gap * wallPerPx);
      let yEnd = y;
      logs.forEach((log, i) => {
        let cur = y;
        const gaps = wireGaps(log, next[i]!);
        for (let e = log.events[next[i]!]; e && e.t === t; e = log.events[++next[i]!]) {
          cur = room(e, log, cur, last[i]!, gaps);
          this.tracks[i]!.y.push(cur);
          this.tracks[i]!.w.push(w + (cur - y) * wallPerPx);
        }
        yEnd = Math.max(yEnd, cur);
      });
      this.#instants.push({ t, y, yEnd, w, wEnd: w + (yEnd - y) * wallPerPx });
    }
    if (mix > 0) this.#stretchOut(logs);
  }

  /** Moves everything from the logarithmic towards the linear scale. */
  #stretchOut(logs: readonly RunLog[]): void {
    const at = this.#linearHeights();
    const shifts = this.#instants.map((x, i) => this.mix * (at[i]! - x.y));
    logs.forEach((log, i) => {
      let instant = 0;
      log.events.forEach((e, seq) => {
        while (this.#instants[instant + 1] && this.#instants[instant]!.t < e.t) instant++;
        this.tracks[i]!.y[seq]! += shifts[instant]!;
      });
    });
    this.#instants = this.#instants.map((x, i) => ({ ...x, y: x.y + shifts[i]!, yEnd: x.yEnd + shifts[i]! }));
  }

  #linearHeights(): number[] {
    const perUs = Math.min(linear, tallest / Math.max(1, this.#instants.at(-1)?.t ?? 0));
    const heights: number[] = [];
    let end = 0;
    this.#instants.forEach((x, i) => {
      const gap = (x.t - (this.#instants[i - 1]?.t ?? x.t)) * perUs;
      const y = Math.max(x.t * perUs, end + Math.min(gap, afterCrowd));
      heights.push(y);
      end = y + x.yEnd - x.y;
    });
    return heights;
  }

  get height(): number {
    return this.#instants.at(-1)?.yEnd ?? 0;
  }

  /** Wall time of the whole, in ms at 1×. */
  get wall(): number {
    return this.#instants.at(-1)?.wEnd ?? 0;
  }

  /** The first place of time t; past the known end it goes on as in a gap. */
  atTime(t: number): Place {
    const i = this.#before((x) => x.t <= t);
    const a = this.#instants[i];
    if (!a) return { t, y: 0, w: 0 };
    if (t <= a.t) return { t: a.t, y: a.y, w: a.w };
    const b = this.#instants[i + 1];
    if (!b) return { t, y: a.yEnd + stretch(t - a.t), w: a.wEnd };
    return between(a, b, (t - a.t) / (b.t - a.t));
  }

  atWall(w: number): Place {
    const i = this.#before((x) => x.w <= w);
    const a = this.#instants[i];
    if (!a) return { t: 0, y: 0, w: 0 };
    if (w <= a.wEnd) return { t: a.t, w, y: a.y + (w - a.w) / wallPerPx };
    const b = this.#instants[i + 1];
    if (!b) return { t: a.t, y: a.yEnd, w: a.wEnd };
    return between(a, b, (w - a.wEnd) / (b.w - a.wEnd));
  }

  /** The place of height y on the ladder or the scrubber. */
  atHeight(y: number): Place {
    const i = this.#before((x) => x.y <= y);
    const a = this.#instants[i];
    if (!a) return { t: 0, y: 0, w: 0 };
    if (y <= a.yEnd) return { t: a.t, y, w: a.w + (y - a.y) * wallPerPx };
    const b = this.#instants[i + 1];
    if (!b) return { t: a.t, y: a.yEnd, w: a.wEnd };
    return between(a, b, (y - a.yEnd) / (b.y - a.yEnd));
  }

  /** Index of the last instant for which the test holds; the test holds for a prefix. */
  #before(holds: (x: Instant) => boolean): number {
    return prefix(this.#instants.length, (i) => holds(this.#instants[i]!)) - 1;
  }
}

function between(a: Instant, b: Instant, f: number): Place {
  return { t: a.t + f * (b.t - a.t), y: a.yEnd + f * (b.y - a.yEnd), w: a.wEnd + f * (b.w - a.wEnd) };
}

/** The times at which segments are to arrive. One that is dropped keeps its slope, as if it still did. */
function scheduled(logs: readonly RunLog[]): number[] {
  const times: number[] = [];
  for (const log of logs) {
    for (const { sent, fates } of log.segments.values()) {
      times.push(sent.arrives);
      for (const f of fates) if (f.arrives !== undefined) times.push(f.arrives);
    }
  }
  return times.sort((a, b) => a - b);
}

/** The distance to keep between what leaves and what reaches each host in the instant that begins with event seq. */
function wireGaps(log: RunLog, seq: number): Map<string, number> {
  const counts = new Map<string, number>();
  const t = log.events[seq]?.t;
  for (let e = log.events[seq]; e && e.t === t; e = log.events[++seq]) {
    const key = e.kind === "segment" ? `out ${e.from}` : e.kind === "deliver" ? `in ${e.host}` : "";
    if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, n] of counts) counts.set(key, n >= burstFrom ? burstGap : wireGap);
  return counts;
}

/** The height of an event at or below cur where it covers nothing of its kind. */
function room(e: LogEvent, log: RunLog, cur: number, last: Map<string, number>, gaps: ReadonlyMap<string, number>): number {
  const put = (key: string, gap: number): void => {
    const prev = last.get(key);
    if (prev !== undefined && cur - prev < gap) cur = prev + gap;
    last.set(key, cur);
  };
  if (e.kind === "segment" || e.kind === "deliver") {
    const key = e.kind === "segment" ? `out ${e.from}` : `in ${e.host}`;
    put(key, gaps.get(key) ?? wireGap);
    // What a host sends to itself is there within microseconds: it is drawn as high as its label.
    const sent = log.segments.get(e.id)?.sent;
    if (sent && sent.from === sent.to) put(`self ${sent.from}`, e.kind === "deliver" ? selfTrip : 0);
  } else if (log.labelled.has(e.seq) && "host" in e) put(`label ${e.host}`, labelGap);
  return cur;
}
