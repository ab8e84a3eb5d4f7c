// The run that the current one is compared with: its segments and states from where the two differ, drawn faintly behind.
import { s } from "./dom.ts";
import { familyOf } from "./family.ts";
import { flagsOf } from "./format.ts";
import { type Columns, outward } from "./lifelines.ts";
import { buildScene, firstDifference } from "./scene.ts";
import { across, type Point, traced, type Wire, wayOf } from "./wire.ts";
import type { Store } from "./store.ts";

interface Mark {
  el: SVGElement;
  y: number; // from where on it shows
}

export class LadderOther {
  readonly el = s("g", { class: "other", "aria-hidden": "true" });
  #marks: Mark[] = [];
  #top: number;

  /** top is the height of the drawing above the lens. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Lays the compared run out on the lens that it shares with the current one. */
  rebuild(store: Store, columns: Columns): void {
    this.el.replaceChildren();
    this.#marks = [];
    const { compared, current, lens } = store;
    const track = lens.tracks[1];
    if (!compared || !track) return;
    const from = firstDifference(current.log, compared.log);
    const scene = buildScene(compared.log, track, lens, columns);
    for (const b of scene.bands) {
      const y = Math.max(b.y, track.y[from] ?? 0);
      const yTo = Math.min(b.yTo, track.y.at(-1) ?? 0);
      if (yTo <= y) continue;
      const x = outward(b.line) < 0 ? b.line.x + 6 : b.line.x - 9;
      this.#add(s("rect", { class: `band st-${familyOf(b.state)}`, x, y: this.#top + y, width: 3, height: yTo - y }), yTo);
    }
    for (const w of scene.wires) {
      if (w.segment.sent.seq < from && w.segment.fates.every((f) => f.seq < from)) continue;
      const way = wayOf(w, Infinity, lens, track, compared.log);
      const points = way.lost ? [...way.points.filter((p) => p.y < way.lost!.y), way.lost] : way.points;
      this.#add(drawWay(w, traced(w, points), this.#top, compared.name, way.lost !== undefined), points.at(-1)!.y);
    }
  }

  #add(el: SVGElement, y: number): void {
    this.el.append(el);
    this.#marks.push({ el, y });
  }

  /** Shows what of it has happened by height y of the lens. */
  move(y: number): void {
    for (const m of this.#marks) {
      const hidden = m.y > y + 0.01;
      if (m.el.hasAttribute("visibility") !== hidden) {
        if (hidden) m.el.setAttribute("visibility", "hidden");
        else m.el.removeAttribute("visibility");
      }
    }
  }
}

function drawWay(w: Wire, points: readonly Point[], top: number, name: string, lost: boolean): SVGElement {
  const at = points.map((p) => ({ x: across(w, p.share), y: top + p.y }));
  const [last, before] = [at.at(-1)!, at.at(-2)!];
  const turn = (Math.atan2(last.y - before.y, last.x - before.x) * 180) / Math.PI;
  const end = lost ? "M-4 -4l8 8m0 -8l-8 8" : "M-8 -3.5L0 0L-8 3.5";
  const place = `translate(${last.x.toFixed(1)} ${last.y.toFixed(1)})${lost ? "" : ` rotate(${turn.toFixed(1)})`}`;
  return s("g", { class: `seg-${w.kind}` },
    s("path", { class: "way", d: `M${at.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("L")}` }),
    s("path", { class: "end", d: end, transform: place }),
    s("text", { x: (before.x * 0.75 + last.x * 0.25).toFixed(1), y: (before.y * 0.75 + last.y * 0.25 + 11).toFixed(1), "text-anchor": "middle" }, `${name} ${flagsOf(w.segment.sent.flags)}`));
}
