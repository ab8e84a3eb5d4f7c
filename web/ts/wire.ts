// A segment's way on the ladder: from its sender's lifeline to its receiver's, or back to its own. Pure geometry.
import type { segmentKind } from "./format.ts";
import type { Segment } from "./flight.ts";
import type { Lens, Track } from "./lens.ts";
import { type Columns, endOn, lineOf, outward, textWidth } from "./lifelines.ts";
import type { RunLog } from "./run-log.ts";

/** A segment's line; y and yTo as first scheduled. */
export interface Wire extends Span {
  segment: Segment;
  kind: ReturnType<typeof segmentKind>;
  y: number;
  yTo: number;
  index: number; // of its text
}

/** Across the drawing: where a wire begins and ends, in px. One that comes back to its own lifeline goes out to `out`, and
 * has room for its label as far as `edge`. */
export interface Span {
  x: number;
  xTo: number;
  out: number | undefined;
  edge: number;
}

const widestLoop = 72; // px

/** The way across from one host to another; undefined where the sender has no lifeline. */
export function spanOf(c: Columns, from: string, to: string): Span | undefined {
  const a = lineOf(c, from);
  const b = lineOf(c, to);
  if (!a || !b) return undefined;
  if (a !== b) {
    const right = b.x > a.x;
    const [go, come] = right ? [1, -1] : [-1, 1];
    return { x: a.x + go * endOn(a, right ? "right" : "left"), xTo: b.x + come * endOn(b, right ? "left" : "right"), out: undefined, edge: 0 };
  }
  const inward = -outward(a);
  const next = c.lines[c.lines.indexOf(a) + inward]?.x ?? (inward > 0 ? c.width : c.axis);
  const x = a.x + inward * endOn(a, inward > 0 ? "right" : "left");
  return { x, xTo: x, out: x + inward * Math.min(widestLoop, Math.abs(next - a.x) * 0.3), edge: next };
}

/** A point on a segment's way: share 0 is the sender's lifeline, 1 the receiver's. */
export interface Point {
  y: number;
  share: number;
}

/** The place across the drawing of a share of the way. */
export function across(w: Span, share: number): number {
  if (w.out === undefined) return w.x + share * (w.xTo - w.x);
  return w.x + (w.out - w.x) * Math.sqrt(Math.max(0, 1 - (2 * share - 1) ** 2));
}

const bends = [0.02, 0.07, 0.15, 0.25, 0.37, 0.5, 0.63, 0.75, 0.85, 0.93, 0.98];

/** The points of a drawn line: a wire that comes back is bent. */
export function traced(w: Span, points: readonly Point[]): readonly Point[] {
  if (w.out === undefined) return points;
  return points.flatMap((b, i) => {
    const a = points[i - 1];
    if (!a) return [b];
    const between = bends.filter((s) => s > a.share && s < b.share);
    return [...between.map((share) => ({ share, y: a.y + ((share - a.share) / (b.share - a.share)) * (b.y - a.y) })), b];
  });
}

/** The line that a segment's label stands on: its way to height yTo, or, where that comes back, a level one beside its bend. */
export function labelledWay(w: Wire, yTo: number): { x: number; y: number; xTo: number; yTo: number } {
  if (w.out === undefined) return { x: w.x, y: w.y, xTo: w.xTo, yTo };
  const y = (w.y + yTo) / 2 + 9;
  return w.edge > w.out ? { x: w.out, y, xTo: w.edge, yTo: y } : { x: w.edge, y, xTo: w.out, yTo: y };
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

/** The point of the leg from a to b at height y. */
export function along(a: Point, b: Point, y: number): Point {
  const f = b.y > a.y ? Math.max(0, Math.min(1, (y - a.y) / (b.y - a.y))) : 1;
  return { y: a.y + f * (b.y - a.y), share: a.share + f * (b.share - a.share) };
}

const noteHeight = 12; // px
const farFall = 32; // px
const narrower = 0.85; // of the face that notes are in

/** Where a note on what happened to a segment at p stands: below its way, on the sender's side if there is room. One that
 * would be far below is kept back until the segment is looked at. */
export function noteAt(w: Wire, p: Point, text: string): { x: number; y: number; anchor: "start" | "end"; far: boolean } {
  const x = across(w, p.share);
  if (w.out !== undefined) return { x, y: p.y + noteHeight + 6, anchor: w.out > w.x ? "start" : "end", far: false };
  const span = Math.abs(w.xTo - w.x);
  const right = w.xTo > w.x;
  const width = textWidth(text) * narrower;
  if (p.share * span >= width + 2) return { x: right ? x - 5 : x + 5, y: p.y + noteHeight + 6, anchor: right ? "end" : "start", far: false };
  // On the receiver's side the way goes on downwards: the note is below its far end, and ends before the lifeline.
  const fall = ((w.yTo - w.y) / span) * (width + 10);
  const from = right ? Math.min(x + 9, w.xTo - 3 - width) : Math.max(x - 9, w.xTo + 3 + width);
  return { x: from, y: p.y + noteHeight + 4 + fall, anchor: right ? "start" : "end", far: fall > farFall };
}
