// The states that last: bands of the ladder that grow with now.
import { box, s } from "./dom.ts";
import { familyOf } from "./family.ts";
import type { Band } from "./scene.ts";

interface Growing {
  band: Band;
  el: SVGPolygonElement;
}

export class LadderOpen {
  readonly el = s("g", {});
  #top: number;
  #growing: Growing[] = [];

  /** top is the height of the drawing above the lens. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Takes over the bands that have begun and not ended. */
  set(bands: readonly Band[]): void {
    if (bands.length === this.#growing.length && bands.every((b, i) => this.#growing[i]!.band === b)) return;
    this.#growing = bands.map((band) => ({
      band,
      el: s("polygon", { class: `band mark st-${familyOf(band.state)}`, "data-seq": band.seq }),
    }));
    this.el.replaceChildren(...this.#growing.map((g) => g.el));
  }

  /** Lets them reach height y of the lens. */
  move(y: number): void {
    for (const { band, el } of this.#growing) el.setAttribute("points", box(band.x, band.width, this.#top + band.y, this.#top + y));
  }
}
