// One segment of the ladder: its line, head, dotted rest, cross and label.
import { s, set } from "./dom.ts";
import type { Lens, Track } from "./lens.ts";
import type { Flight } from "./flight.ts";
import type { Phrases } from "./phrases.ts";
import { drawLabel, type DrawnLabel } from "./ladder-label.ts";
import type { PlacedLabel } from "./ladder-labels.ts";
import type { RunLog } from "./run-log.ts";
import { labelledWay, noteAt, type Point, type Way, wayOf, type Wire } from "./wire.ts";
import { cut, type Leg, WireLine } from "./wire-line.ts";

export class LadderWire {
  readonly el: SVGGElement;
  /** A remark beside it, if there is one: drawn, as its label is, above all wires. */
  #note = s("text", { class: "sub" });
  flying = false;
  /** What its name was last said of; empty while it moves. */
  told = "";
  head = { x: 0, y: 0 };
  #say: Phrases;
  #wire: Wire;
  #line: WireLine;
  #label: DrawnLabel;
  #halo = s("polyline", { class: "halo" });
  #rims: readonly SVGPathElement[] = []; // around one that is looked at
  #ghost = s("path", { class: "ghost" });
  #hit = s("path", { class: "hit" });
  #passed = s("polyline", { class: "wire" });
  #head = s("polygon", { class: "head" });
  #copies: readonly SVGElement[] = [];
  #cross: SVGPathElement | undefined;
  #form: string; // what does not change of it
  #top: number;
  #tells = ""; // what the log says of it
  #drawn = ""; // what the drawing is of
  #way: Way | undefined;
  #rim = ""; // the way of the rims
  #fallen = false;
  #mode: "flying" | "lost" | "" = ""; // as the classes have it
  #ghostOf: readonly Point[] | undefined;
  #haloOf = "";
  #leg: Leg | undefined; // of its way, where it is

  /** text stands on it; top is the height of the drawing above the lens. */
  constructor(wire: Wire, say: Phrases, text: PlacedLabel, top: number) {
    [this.#wire, this.#say, this.#top] = [wire, say, top];
    this.#line = new WireLine(wire, top);
    this.#form = formOf(wire, text);
    const { sent } = wire.segment;
    this.#label = drawLabel(text, `seg-${wire.kind}`, sent.id);
    this.el = s("g", { class: `seg seg-${wire.kind}${sent.retransmission ? " re" : ""}`, role: "button", tabindex: -1, "data-id": sent.id },
      this.#hit, this.#halo, this.#ghost, this.#passed, this.#head);
  }

  /** The height of its beginning, in px of the drawing. */
  get from(): number {
    return this.#top + this.#wire.y;
  }

  /** What stands on the segment. */
  get label(): SVGGElement {
    return this.#label.el;
  }

  /** What is drawn above all wires, for who draws it once. */
  get above(): SVGElement[] {
    return this.#note.textContent ? [this.label, this.#note] : [this.label];
  }

  /** Takes over the same segment of another layout; false where that has it elsewhere, or says something else of it. */
  retake(wire: Wire, text: PlacedLabel): boolean {
    if (wire === this.#wire) return true;
    if (formOf(wire, text) !== this.#form) return false;
    this.#wire = wire;
    this.#tells = "";
    return true;
  }

  remove(): void {
    for (const el of [this.el, this.label, this.#note]) el.remove();
  }

  /** Draws the segment as the first n events leave it, where that is not what is drawn. */
  update(f: Flight, n: number, log: RunLog, lens: Lens, track: Track): void {
    const tells = `${f.status} ${f.arrives} ${f.fates.length} ${f.delivered}`;
    if (tells === this.#tells) return;
    this.#tells = tells;
    const way = wayOf(this.#wire, n, lens, track, log);
    const drawn = `${tells} ${JSON.stringify(way)}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#way = way;
    this.#leg = undefined;
    this.#fallen = false;
    this.flying = f.status === "flying" || (way.lost !== undefined && f.status === "lost");
    set(this.#hit, "d", this.#line.path(way.points));
    this.#rim = this.#line.path(f.status === "lost" && way.lost ? this.#line.untilLoss(way.points, way.lost) : way.points);
    for (const r of this.#rims) set(r, "d", this.#rim);
    this.#placeLabel(way);
    for (const el of this.#copies) el.remove();
    this.#copies = way.copies.flatMap((copy) => this.#drawCopy(copy, f.delivered > 1));
    this.#passed.after(...this.#copies);
    this.#drawFate(way, f);
    if (!this.flying) this.#land(way.points);
  }

  /** The reader looks at the segment: its label says all. */
  raise(on: boolean): void {
    if (on && this.#rims.length === 0) {
      this.#rims = ["rim", "rim in"].map((cls) => s("path", { class: cls, d: this.#rim }));
      this.#halo.after(...this.#rims);
    } else if (!on) {
      for (const r of this.#rims) r.remove();
      this.#rims = [];
    }
    this.#label.raise(on);
    this.#note.classList.toggle("up", on);
  }

  /** Moves the head to height y of the lens; where much moves, without its halo. */
  move(y: number, plain = false): void {
    const way = this.#way;
    if (!way) return;
    if (way.lost && y >= way.lost.y) {
      if (!this.#fallen) this.#fall(way, way.lost);
      this.#fallen = true;
      return;
    }
    if (this.#fallen) this.#remark("sub", undefined); // the playhead went back
    this.#fallen = false;
    this.#fly(way.points, y, plain);
  }

  #placeLabel({ points }: Way): void {
    // Where the segment turned aside, the label stays on the way that it was sent on.
    const on = labelledWay(this.#wire, points.length > 2 ? this.#wire.yTo : points.at(-1)!.y);
    const turn = (Math.atan2(on.yTo - on.y, on.xTo - on.x) * 180) / Math.PI;
    this.#label.place((share) => `${(on.x + share * (on.xTo - on.x)).toFixed(1)} ${(this.#top + on.y + share * (on.yTo - on.y)).toFixed(1)}`,
      Math.abs(turn) > 90 ? turn - 180 * Math.sign(turn) : turn);
  }

  #drawCopy(copy: readonly Point[], arrived: boolean): SVGElement[] {
    const way = s("path", { class: "wire copy", d: this.#line.path(copy) });
    return arrived ? [way, s("polygon", { class: "head", points: this.#line.head(copy) })] : [way];
  }

  #drawFate(way: Way, f: Flight): void {
    this.#show(this.#mode === "lost" ? "" : this.#mode);
    const bend = way.points.length > 2;
    this.#remark("sub", bend ? "ladder.delayed" : way.copies.length > 0 ? "ladder.duplicated" : undefined);
    if (this.#note.textContent && f.fates.length > 0) this.#placeNote(way.copies[0]?.[0] ?? way.points.at(-2)!);
  }

  #remark(cls: string, key: "ladder.delayed" | "ladder.duplicated" | "ladder.dropped.you" | "ladder.nohost" | "ladder.dropped.link" | undefined): void {
    set(this.#note, "class", cls);
    this.#note.textContent = key ? this.#say.text(key) : "";
    if (!key) this.#note.remove();
    else if (!this.#note.parentNode) this.label.after(this.#note);
  }

  /** Puts the remark at a point, beside the segment's way. */
  #placeNote(p: Point): void {
    const at = noteAt(this.#wire, p, this.#note.textContent ?? "");
    set(this.#note, "x", at.x.toFixed(1));
    set(this.#note, "y", (this.#top + at.y).toFixed(1));
    set(this.#note, "text-anchor", at.anchor);
    this.#note.classList.toggle("far", at.far);
  }

  #show(mode: "flying" | "lost" | ""): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode !== "lost") this.#cross = void this.#cross?.remove();
    this.el.classList.toggle("flying", mode === "flying");
    for (const x of [this.el, this.label]) x.classList.toggle("lost", mode === "lost");
  }

  #land(points: readonly Point[]): void {
    set(this.#passed, "points", this.#line.points(points));
    this.head = this.#line.at(points.at(-1)!);
    set(this.#head, "points", this.#line.head(points));
    this.#ghostAlong([]);
    this.#haloAlong("");
    this.#show("");
  }

  #fly(points: readonly Point[], y: number, plain: boolean): void {
    this.#show("flying");
    if (!this.#leg?.holds(this.#top + y)) this.#leg = this.#line.legAt(points, y);
    const leg = this.#leg;
    this.head = leg.at(this.#top + y);
    const passed = leg.passed(this.head);
    this.#passed.setAttribute("points", passed);
    this.#haloAlong(plain ? "" : passed);
    // The wire hides what lies behind the head, so that the dots need not move; that of a retransmission has gaps.
    if (this.#wire.segment.sent.retransmission) this.#ghost.setAttribute("d", leg.rest(this.head));
    else this.#ghostAlong(points);
    this.#head.setAttribute("points", leg.head(this.head));
  }

  #fall(way: Way, at: Point): void {
    this.#show("lost");
    this.head = this.#line.at(at);
    set(this.#passed, "points", this.#line.points([...cut(way.points, at.y).points, at]));
    this.#haloAlong("");
    this.#ghostAlong([at, ...way.points.filter((p) => p.y > at.y)]);
    set(this.#head, "points", "");
    this.#cross ??= s("path", { class: "x", d: "M-5.5 -5.5l11 11m0 -11l-11 11" });
    set(this.#cross, "transform", `translate(${this.#line.px(at)})`);
    this.el.append(this.#cross);
    this.#remark("sub lost", way.byInput ? "ladder.dropped.you" : this.#wire.segment.sent.to === "" ? "ladder.nohost" : "ladder.dropped.link");
    this.#placeNote(at);
  }

  #ghostAlong(points: readonly Point[]): void {
    if (points === this.#ghostOf) return;
    this.#ghostOf = points;
    set(this.#ghost, "d", points.length > 1 ? this.#line.path(points) : "");
  }

  #haloAlong(points: string): void {
    if (points === this.#haloOf) return;
    this.#haloOf = points;
    this.#halo.setAttribute("points", points);
  }
}

/** All of a segment that is drawn once: where it goes, and what is said of it. */
function formOf({ segment: { sent }, kind, x, xTo, out, edge, y, yTo }: Wire, text: PlacedLabel): string {
  return JSON.stringify([sent.from, sent.to, sent.t, sent.retransmission, kind, x, xTo, out, edge, y, yTo, text]);
}
