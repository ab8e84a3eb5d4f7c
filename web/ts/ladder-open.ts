// The states that last: bands of the ladder that grow with now.
import { s, set } from "./dom.ts";
import { familyOf } from "./family.ts";
import type { Band } from "./scene.ts";

interface Growing {
  band: Band;
  rect: SVGRectElement;
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
      rect: s("rect", { class: `band mark st-${familyOf(band.state)}`, "data-seq": band.seq, x: band.x, width: band.width, y: (this.#top + band.y).toFixed(1) }),
    }));
    this.el.replaceChildren(...this.#growing.map((g) => g.rect));
  }

  /** Lets them reach height y of the lens. */
  move(y: number): void {
    for (const { band, rect } of this.#growing) set(rect, "height", Math.max(0, y - band.y).toFixed(1));
  }
}
