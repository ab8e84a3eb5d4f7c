// The switch between the time lens' own scale and the linear one. What lies on the ladder goes over in --t-trace.
import { onFrame } from "./clock.ts";
import { h, set } from "./dom.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Panel, type Store } from "./store.ts";

const time = 320; // ms, --t-trace

export class LensSwitch implements Panel {
  readonly el: HTMLElement;
  #store: Store;
  #choices: { scale: number; button: HTMLButtonElement }[];
  #wanted = 0;

  constructor(store: Store, say: Phrases) {
    this.#store = store;
    this.#choices = ([[1, "lens.linear"], [0, "lens.log"]] as const).map(([scale, phrase]) => {
      const button = h("button", { type: "button", "aria-pressed": String(scale === 0) }, say.text(phrase));
      button.addEventListener("click", () => this.#go(scale));
      return { scale, button };
    });
    const group = h("span", { class: "seg-ctl", role: "group", "aria-label": say.text("lens.label") }, ...this.#choices.map((c) => c.button));
    this.el = h("span", { class: "lens" }, h("span", { class: "lbl", "aria-hidden": "true" }, say.text("lens.label")), group);
    store.subscribe(this);
  }

  /** Goes over to the other scale. */
  toggle(): void {
    this.#go(1 - this.#wanted);
  }

  #go(scale: number): void {
    this.#wanted = scale;
    this.#store.invalidate(changed.status);
    const from = this.#store.scale;
    if (from === scale) return;
    let began = 0;
    onFrame((now) => {
      began ||= now;
      const f = this.#store.reduced ? 1 : Math.min(1, (now - began) / time);
      if (this.#wanted !== scale) return false;
      this.#store.setScale(from + (scale - from) * f * (2 - f));
      return f < 1;
    });
  }

  draw(_: Store, bits: number): void {
    if (!(bits & changed.status)) return;
    for (const c of this.#choices) set(c.button, "aria-pressed", String(c.scale === this.#wanted));
  }
}
