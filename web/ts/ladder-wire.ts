// One segment of the ladder: its line, head, dotted rest, cross and label.
import { s, set } from "./dom.ts";
import type { Lens, Track } from "./lens.ts";
import type { Flight } from "./flight.ts";
import type { RunLog } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { drawLabel } from "./ladder-label.ts";
import type { PlacedLabel } from "./ladder-labels.ts";
import { across, along, labelledWay, noteAt, type Point, traced, type Way, wayOf, type Wire } from "./wire.ts";

export interface DrawnWire {
  el: SVGGElement;
  /** What stands on the segment, and a remark beside it: drawn above all wires. */
  label: SVGGElement;
  note: SVGTextElement;
  flying: boolean;
  shown: boolean;
  /** What its name was last said of; empty while it moves. */
  told: string;
  head: { x: number; y: number };
  /** Draws the segment as the first n events leave it, where that is not what is drawn. */
  update(f: Flight, n: number, log: RunLog, lens: Lens, track: Track, top: number): void;
  /** Moves the head to height y of the lens; where much moves, without its halo. */
  move(y: number, plain?: boolean): void;
  /** The reader looks at the segment: its label says all. */
  raise(on: boolean): void;
}

export function drawWire(w: Wire, say: Phrases, text: PlacedLabel): DrawnWire {
  const { sent } = w.segment;
  const re = sent.retransmission ? " re" : "";
  const halo = s("polyline", { class: "halo" });
  const rims = [s("path", { class: "rim" }), s("path", { class: "rim in" })];
  const ghost = s("path", { class: "ghost" });
  const hit = s("path", { class: "hit" });
  const wire = s("polyline", { class: "wire" });
  const head = s("path", { class: "head", d: "M0 0l-9.75 -4.03v8.06z" });
  const copies = s("g", {});
  const cross = s("path", { class: "x", d: "M-5.5 -5.5l11 11m0 -11l-11 11" });
  const note = s("text", { class: "sub" });
  const label = drawLabel(text, `seg-${w.kind}`, sent.id);
  const el = s("g", { class: `seg seg-${w.kind}${re}`, role: "button", tabindex: -1, "data-id": sent.id },
    hit, halo, ...rims, ghost, wire, copies, head, cross);
  const xAt = (share: number): number => across(w, share);
  let way: Way | undefined;
  let top = 0;
  let told = ""; // what the drawing is of
  let fallen = false;
  let mode: "flying" | "lost" | "" = ""; // as the classes have it
  let ghostOf: readonly Point[] | undefined;
  const px = (p: Point): string => `${xAt(p.share).toFixed(1)} ${(top + p.y).toFixed(1)}`;
  const line = (points: readonly Point[]): string => traced(w, points).map(px).join(" ");
  const path = (points: readonly Point[]): string => `M${traced(w, points).map(px).join("L")}`;
  /** The direction of the line's end. */
  const heading = (points: readonly Point[]): number => {
    const [a, b] = traced(w, points).slice(-2);
    return a && b ? angle(a, b) : 0;
  };
  const angle = (a: Point, b: Point): number => (Math.atan2(b.y - a.y, xAt(b.share) - xAt(a.share)) * 180) / Math.PI;

  const drawn: DrawnWire = {
    el, label: label.el, note, flying: false, shown: true, told: "", head: { x: 0, y: 0 },
    update(f, n, log, lens, track, offset) {
      const tells = `${f.status} ${f.arrives} ${f.fates.length} ${f.delivered} ${offset}`;
      if (tells === told) return;
      told = tells;
      fallen = false;
      top = offset;
      way = wayOf(w, n, lens, track, log);
      drawn.flying = f.status === "flying" || (way.lost !== undefined && f.status === "lost");
      hit.setAttribute("d", path(way.points));
      const lost = f.status === "lost" ? way.lost : undefined;
      const rim = path(lost ? untilLoss(way.points, lost) : way.points);
      for (const r of rims) r.setAttribute("d", rim);
      placeLabel(way);
      copies.replaceChildren();
      for (const copy of way.copies) copies.append(...drawCopy(copy, f.delivered > 1));
      drawFate(way, f);
      if (!drawn.flying) land(way.points);
    },
    raise(on) {
      label.raise(on);
      note.classList.toggle("up", on);
    },
    move(y, plain = false) {
      if (!way) return;
      if (way.lost && y >= way.lost.y) {
        if (!fallen) fall(way, way.lost);
        fallen = true;
        return;
      }
      fallen = false;
      const { points, here } = cut(way.points, y);
      fly(points, here, way.points, plain);
    },
  };
  return drawn;

  function placeLabel({ points }: Way): void {
    // Where the segment turned aside, the label stays on the way that it was sent on.
    const on = labelledWay(w, points.length > 2 ? w.yTo : points.at(-1)!.y);
    const turn = (Math.atan2(on.yTo - on.y, on.xTo - on.x) * 180) / Math.PI;
    label.place((share) => `${(on.x + share * (on.xTo - on.x)).toFixed(1)} ${(top + on.y + share * (on.yTo - on.y)).toFixed(1)}`,
      Math.abs(turn) > 90 ? turn - 180 * Math.sign(turn) : turn);
  }

  function drawCopy(copy: readonly Point[], arrived: boolean): SVGElement[] {
    const way = s("path", { class: "wire copy", d: path(copy) });
    const at = `translate(${px(copy.at(-1)!)}) rotate(${heading(copy).toFixed(1)})`;
    return arrived ? [way, s("path", { class: "head", d: "M0 0l-9.75 -4.03v8.06z", transform: at })] : [way];
  }

  function drawFate(now: Way, f: Flight): void {
    show(mode === "lost" ? "" : mode);
    note.setAttribute("class", "sub");
    const bend = now.points.length > 2;
    note.textContent = bend ? say.text("ladder.delayed") : now.copies.length > 0 ? say.text("ladder.duplicated") : "";
    if (note.textContent && f.fates.length > 0) place(note, now.copies[0]?.[0] ?? now.points.at(-2)!);
    cross.setAttribute("visibility", "hidden");
    cross.setAttribute("transform", `translate(${px(now.points[0]!)})`); // inside the segment's box, which pointers aim at
  }

  function show(next: typeof mode): void {
    if (next === mode) return;
    mode = next;
    el.classList.toggle("flying", next === "flying");
    for (const x of [el, label.el]) x.classList.toggle("lost", next === "lost");
  }

  function ghostAlong(points: readonly Point[]): void {
    if (points === ghostOf) return;
    ghostOf = points;
    set(ghost, "d", points.length > 1 ? path(points) : "");
  }

  /** Puts a note at a point, beside the segment's way. */
  function place(t: SVGTextElement, p: Point): void {
    const at = noteAt(w, p, t.textContent ?? "");
    set(t, "x", at.x.toFixed(1));
    set(t, "y", (top + at.y).toFixed(1));
    set(t, "text-anchor", at.anchor);
    t.classList.toggle("far", at.far);
  }

  function land(points: readonly Point[]): void {
    wire.setAttribute("points", line(points));
    headTo(points.at(-1)!, heading(points), 0);
    ghostAlong([]);
    set(halo, "points", "");
    show("");
  }

  function fly(points: readonly Point[], here: Point, all: readonly Point[], plain: boolean): void {
    show("flying");
    const rest = all.filter((p) => p.y > here.y);
    const passed = line([...points, here]);
    wire.setAttribute("points", passed);
    if (plain) set(halo, "points", "");
    else halo.setAttribute("points", passed);
    // The wire hides what lies behind the head, so that the dots need not move; that of a retransmission has gaps.
    ghostAlong(sent.retransmission ? [here, ...rest] : all);
    headTo(here, w.out === undefined ? angle(points.at(-1)!, rest[0] ?? all.at(-1)!) : heading([...points, here]), 3);
  }

  function fall(now: Way, at: Point): void {
    show("lost");
    drawn.head = { x: xAt(at.share), y: top + at.y };
    const { points } = cut(now.points, at.y);
    wire.setAttribute("points", line([...points, at]));
    set(halo, "points", "");
    ghostAlong([at, ...now.points.filter((p) => p.y > at.y)]);
    head.setAttribute("visibility", "hidden");
    cross.setAttribute("visibility", "visible");
    cross.setAttribute("transform", `translate(${px(at)})`);
    note.setAttribute("class", "sub lost");
    note.textContent = say.text(now.byInput ? "ladder.dropped.you" : sent.to === "" ? "ladder.nohost" : "ladder.dropped.link");
    place(note, at);
  }

  /** The way to a loss, and to where its cross begins. */
  function untilLoss(points: readonly Point[], lost: Point): Point[] {
    const before = points.filter((p) => p.y < lost.y);
    const last = before.at(-1) ?? lost;
    const length = Math.hypot(xAt(lost.share) - xAt(last.share), lost.y - last.y);
    const f = length > 11 ? 1 - 11 / length : 0;
    return [...before, { y: last.y + f * (lost.y - last.y), share: last.share + f * (lost.share - last.share) }];
  }

  function headTo(p: Point, turn: number, nose: number): void {
    drawn.head = { x: xAt(p.share), y: top + p.y };
    set(head, "visibility", "visible");
    head.setAttribute("transform", `translate(${px(p)}) rotate(${turn.toFixed(1)}) translate(${nose} 0)`);
  }
}

/** The points passed at height y, and the point there. */
function cut(points: readonly Point[], y: number): { points: Point[]; here: Point } {
  let i = 1;
  while (i < points.length - 1 && points[i]!.y <= y) i++;
  return { points: points.slice(0, i), here: along(points[i - 1]!, points[i]!, y) };
}
