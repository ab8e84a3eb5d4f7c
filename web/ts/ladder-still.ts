// What stands still on the ladder near the view: times, bands, names, waits. What another layout has in its place is kept.
import { s } from "./dom.ts";
import { axisTime } from "./format.ts";
import type { LadderMarks } from "./ladder-marks.ts";
import { same } from "./same.ts";
import type { Scene, Tick } from "./scene.ts";
import { prefix } from "./search.ts";
import type { Store } from "./store.ts";

const rungs = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1e6, 2e6, 5e6, 1e7, 3e7, 6e7, 3e8, 6e8, 3.6e9]; // µs
const rungsFrom = 60; // px between two of them
const mostRungs = 60;
const mostNew = 4; // that appear in a frame of a run that plays, at 1×

interface Drawn {
  el: SVGElement;
  of: object; // the part of the scene that it shows
}

/** The part of the drawing that is kept drawn, in px of the drawing. */
export interface Window {
  from: number;
  to: number;
}

export class LadderStill {
  readonly axis = s("g", {});
  readonly bands = s("g", {});
  readonly labels = s("g", {});
  #top: number;
  #drawn = new Map<string, Drawn>();
  #kept = new Set<string>();
  #room = Infinity; // what may yet appear in this frame

  /** top is the height of the drawing above the lens. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Forgets all: the columns are other ones. */
  clear(): void {
    for (const g of [this.axis, this.bands, this.labels]) g.replaceChildren();
    this.#drawn.clear();
  }

  /** What is written of event seq. */
  named(seq: number): SVGElement | undefined {
    return this.#drawn.get(`l${seq}`)?.el ?? this.#drawn.get(`w${seq}`)?.el;
  }

  /** Shows what has happened and lies within the window, and takes the rest away. While the run plays, what comes at once
   * appears over the next frames, but for the states; whether all is there. */
  show(store: Store, scene: Scene, marks: LadderMarks, window: Window): boolean {
    const { n } = store.at;
    this.#room = Infinity;
    const near = (seq: number, y: number, yTo: number): boolean => seq < n && this.#top + yTo >= window.from && this.#top + y <= window.to;
    this.#kept.clear();
    for (const b of scene.bands) if (near(b.toSeq, b.y, b.yTo)) this.#show(`b${b.seq}`, this.bands, b, () => marks.band(b));
    if (store.playing) this.#room = Math.ceil(mostNew * Math.max(1, store.speed));
    for (const t of scene.ticks) if (near(t.seq, t.y, t.y)) this.#show(`t${t.seq}`, this.axis, t, () => this.#tick(t, scene));
    for (const r of this.#rungs(store, scene, window)) this.#show(`r${r.t}`, this.axis, r, () => this.#time(r.y, axisTime(r.t), scene));
    for (const g of scene.gaps) if (near(g.seq, g.y, g.yTo)) this.#show(`g${g.seq}`, this.axis, g, () => marks.gap(g));
    for (const l of scene.labels) if (near(l.seq, l.y, l.y)) this.#show(`l${l.seq}`, this.labels, l, () => marks.label(l));
    for (const w of scene.waits) if (near(w.seq, w.y, w.yTo)) this.#show(`w${w.seq}`, this.labels, w, () => marks.wait(w));
    for (const [key, { el }] of this.#drawn) {
      if (this.#kept.has(key)) continue;
      el.remove();
      this.#drawn.delete(key);
    }
    return this.#room >= 0;
  }

  #show(key: string, parent: SVGGElement, of: object, draw: () => SVGElement): void {
    this.#kept.add(key);
    const drawn = this.#drawn.get(key);
    if (drawn && same(drawn.of, of)) {
      drawn.of = of;
      return;
    }
    if (!drawn && --this.#room < 0) return;
    const el = draw();
    if (drawn) drawn.el.replaceWith(el);
    else parent.append(el);
    this.#drawn.set(key, { el, of });
  }

  #time(y: number, text: string, { columns }: Scene): SVGElement {
    return s("text", { class: "tick", x: columns.axis, y: this.#top + y + 4, "text-anchor": "end" }, text);
  }

  #tick(t: Tick, scene: Scene): SVGElement {
    const { axis, width } = scene.columns;
    return s("g", {}, s("path", { class: "rule", d: `M${axis + 4} ${Math.round(this.#top + t.y) + 0.5}H${width}` }), this.#time(t.y, t.text, scene));
  }

  /** On the linear scale the axis says the time also where nothing happens, as far as now. */
  #rungs({ lens, at, scale }: Store, { ticks }: Scene, { from, to }: Window): { t: number; y: number }[] {
    if (scale < 1) return [];
    const end = Math.min(at.t, lens.atHeight(to - this.#top).t);
    const per = rungs.find((us) => lens.atTime(end).y - lens.atTime(end - us).y >= rungsFrom) ?? rungs.at(-1)!;
    const found: { t: number; y: number }[] = [];
    for (let t = Math.ceil(lens.atHeight(Math.max(0, from - this.#top)).t / per) * per; t <= end && found.length < mostRungs; t += per) {
      const { y } = lens.atTime(t);
      const next = ticks[prefix(ticks.length, (i) => ticks[i]!.y < y - 13)];
      if (!(next && next.y < y + 13) && this.#top + y >= from && this.#top + y <= to) found.push({ t, y });
    }
    return found;
  }
}
