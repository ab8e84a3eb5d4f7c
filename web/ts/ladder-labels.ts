// What stands on the wires of the ladder, and where: each label on its own wire, clear of the other labels and as far as
// can be of the other wires. Where it is narrow a label says less; where there is no room at all it waits for the pointer.
import type { SegmentEvent } from "./events.gen.ts";
import { flagsOf, segmentKind } from "./format.ts";

/** A wire as the labels see it, in px; the label's text runs along it. */
export interface LabelWire {
  sent: SegmentEvent;
  /** What stands before its flags. */
  lead: string;
  x: number;
  y: number;
  xTo: number;
  yTo: number;
  /** The share of the way that is free for the label. */
  until: number;
  /** Where the label is next to, of a segment to its own host. */
  bend?: number | undefined;
}

/** A rectangle that may be turned; half its length and height in px, its angle in radians. */
export interface Box {
  x: number;
  y: number;
  length: number;
  height: number;
  turn: number;
}

export interface PlacedLabel {
  flags: string;
  figures: string;
  full: string; // the figures without anything left out
  /** Where its middle is, as a share of the way, and how far above its wire the baseline is, in px. */
  at: number;
  lift: number;
  shown: boolean;
}

export const charWidth = 6.7; // px of the 11 px monospace face, a little too wide rather than too narrow
export const above = 6; // px of the baseline over the wire
export const upon = -4; // the text's middle is on the wire
const below = -13;
const mostCovered = 0.6; // of a wire, by a text upon it
const halfHeight = 5;
const halfBehind = 6.5; // of what a text upon a wire hides of it
const margin = 9; // px between a label and an end of its wire
const shares = [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86];

/** What the segment's window and SACK blocks say that is out of the ordinary. */
export function marksOf(sent: SegmentEvent): { full: string[]; short: string[] } {
  const full: string[] = [];
  if (sent.win_bytes === 0 && !/[SR]/.test(sent.flags)) full.push("win=0");
  const short = [...full];
  const [first, second] = sent.opts.sack ?? [];
  if (!first) return { full, short };
  // RFC 2883 section 4: the first block tells of a duplicate if it is below the acknowledgment or within the second.
  const twice = first.right <= sent.ackno || (second !== undefined && first.left >= second.left && first.right <= second.right);
  full.push(`${twice ? "D-SACK" : "SACK"}=${first.left}–${first.right}`);
  short.push(twice ? "D-SACK" : "SACK");
  return { full, short };
}

/** The figures of a segment, in full first, then with less and less: an ACK is about its ack, the others about their seq. */
export function figuresOf(sent: SegmentEvent): string[] {
  const marks = marksOf(sent);
  const seq = `seq=${sent.seqno}`;
  const ack = sent.flags.includes("A") ? [`ack=${sent.ackno}`] : [];
  const len = sent.len > 0 ? [`len=${sent.len}`] : [];
  const all = segmentKind(sent) === "ack"
    ? [[seq, ...ack, ...marks.full], [...ack, ...marks.full], [...ack, ...marks.short]]
    : [[seq, ...ack, ...len, ...marks.full], [seq, ...len, ...marks.short], [seq, ...marks.short], [seq]];
  return [...new Set(all.map((parts) => parts.join(" ")))];
}

const ahead = 32; // labels that are placed before they are asked for, since one may have to give way to a later one

/** Places labels in the order of the wires, and only as far as they are asked for. */
export class LadderLabels {
  readonly #wires: readonly LabelWire[];
  readonly #obstacles: readonly Box[];
  readonly #placed: PlacedLabel[] = [];
  readonly #taken: (Box | undefined)[] = []; // by the labels so far
  readonly #reach: number[] = []; // the lowest point of the wires up to each

  /** The wires are in the order of y. */
  constructor(wires: readonly LabelWire[], obstacles: readonly Box[]) {
    this.#wires = wires;
    this.#obstacles = obstacles;
    let low = -Infinity;
    for (const w of wires) this.#reach.push((low = Math.max(low, w.yTo)));
  }

  of(i: number): PlacedLabel {
    this.prepare(i, Infinity);
    return this.#placed[i]!;
  }

  /** Places what label i needs, but no more than so many labels; whether something is left to place. */
  prepare(i: number, most: number): boolean {
    const needed = Math.min(this.#wires.length, i + ahead);
    const to = Math.min(needed, this.#placed.length + most);
    while (this.#placed.length < to) {
      const next = this.#placed.length;
      this.#placed.push(this.#place(next));
      if (!this.#placed[next]!.shown && weighs(this.#wires[next]!.sent)) this.#claim(next);
    }
    return this.#placed.length < needed;
  }

  /** The place that label i takes; undefined while it is not shown. */
  box(i: number): Box | undefined {
    this.of(i);
    return this.#taken[i];
  }

  /** Gives a label that matters the place of labels that matter less; those look for another one. */
  #claim(i: number): void {
    const placed = this.#place(i, (j) => weighs(this.#wires[j]!.sent));
    if (!placed.shown) return;
    this.#placed[i] = placed;
    const evicted = this.#near(i).filter((j) => j !== i && this.#taken[j] && overlap(this.#taken[j]!, this.#taken[i]!));
    for (const j of evicted) this.#taken[j] = undefined;
    for (const j of evicted) this.#placed[j] = this.#place(j);
  }

  #place(i: number, counts: (j: number) => boolean = () => true): PlacedLabel {
    const w = this.#wires[i]!;
    const flags = w.lead + (w.sent.retransmission ? "↻ " : "") + flagsOf(w.sent.flags);
    const variants = [...figuresOf(w.sent), ""];
    const full = variants[0]!;
    const near = this.#near(i);
    const others = near.map((j) => this.#wires[j]!);
    // Nothing hides a wire of the same direction; one that comes the other way may run behind a text.
    const beside = others.filter((o) => o.xTo > o.x === w.xTo > w.x);
    const texts = near.flatMap((j) => (j !== i && counts(j) ? (this.#taken[j] ?? []) : []));
    const all = [...texts, ...this.#obstacles.filter((b) => b.y > w.y - 120 && b.y < w.yTo + 120)];
    const put = (figures: string, taken: readonly Box[], wires: readonly LabelWire[], until: number): PlacedLabel | undefined => {
      const length = (charWidth * `${flags} ${figures}`.length) / 2;
      const covered = (2 * length) / Math.hypot(w.xTo - w.x, w.yTo - w.y);
      for (const lift of covered > mostCovered ? [above, below] : [above, below, upon]) {
        for (const at of sharesOf(w, length, until)) {
          const box = boxOf(w, at, lift, length);
          if (taken.some((b) => overlap(box, b)) || wires.some((o) => crosses(o, box))) continue;
          this.#taken[i] = box;
          return { flags, figures, full, at, lift, shown: true };
        }
      }
      return undefined;
    };
    for (const figures of variants) {
      const placed = put(figures, all, others, w.until) ?? put(figures, all, beside, w.until);
      if (placed) return placed;
    }
    const least = variants.at(-1)!;
    return put(least, texts, beside, 1) ?? { flags, figures: least, full, at: 0.5, lift: upon, shown: false };
  }

  /** The other wires that may run through a label of wire i, or have theirs there. */
  #near(i: number): number[] {
    const w = this.#wires[i]!;
    const near: number[] = [];
    for (let j = i - 1; j >= 0 && this.#reach[j]! > w.y - 20; j--) if (this.#wires[j]!.yTo > w.y - 20) near.push(j);
    for (let j = i + 1; j < this.#wires.length && this.#wires[j]!.y < w.yTo + 20; j++) near.push(j);
    return near;
  }
}

/** Whether a segment's label matters more than another's: it opens, closes or resets, or is sent again. */
function weighs(sent: SegmentEvent): boolean {
  return sent.retransmission || /[SFR]/.test(sent.flags);
}

function sharesOf(w: LabelWire, length: number, until: number): number[] {
  const least = (length + margin) / Math.hypot(w.xTo - w.x, w.yTo - w.y);
  // Beside a way back to the same host there is room without end: its label is next to the bend.
  if (w.bend !== undefined) return 2 * least <= 1 ? [w.xTo === w.bend ? 1 - least : least] : [];
  return shares.map((s) => s * until).filter((s) => s >= least && s <= until - least);
}

function boxOf(w: LabelWire, share: number, lift: number, length: number): Box {
  const turn = Math.atan2(w.yTo - w.y, w.xTo - w.x);
  const flip = Math.cos(turn) < 0 ? -1 : 1;
  const up = lift + 4; // of the text's middle
  return {
    x: w.x + share * (w.xTo - w.x) + flip * Math.sin(turn) * up, y: w.y + share * (w.yTo - w.y) - flip * Math.cos(turn) * up,
    length, height: lift === upon ? halfBehind : halfHeight, turn,
  };
}

/** Whether two turned rectangles share a point. */
export function overlap(a: Box, b: Box): boolean {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const reach = Math.hypot(a.length, a.height) + Math.hypot(b.length, b.height);
  if (Math.abs(dx) > reach || Math.abs(dy) > reach) return false;
  const between = a.turn - b.turn;
  const [c, s] = [Math.abs(Math.cos(between)), Math.abs(Math.sin(between))];
  const apart = (box: Box, other: Box): boolean => {
    const along = Math.abs(dx * Math.cos(box.turn) + dy * Math.sin(box.turn));
    const across = Math.abs(dy * Math.cos(box.turn) - dx * Math.sin(box.turn));
    return along >= box.length + other.length * c + other.height * s || across >= box.height + other.length * s + other.height * c;
  };
  return !apart(a, b) && !apart(b, a);
}

/** Whether a wire runs through a rectangle. */
function crosses(w: LabelWire, box: Box): boolean {
  const turn = Math.atan2(w.yTo - w.y, w.xTo - w.x);
  const half = Math.hypot(w.xTo - w.x, w.yTo - w.y) / 2;
  return overlap({ x: (w.x + w.xTo) / 2, y: (w.y + w.yTo) / 2, length: half, height: 0.5, turn }, box);
}
