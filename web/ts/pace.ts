// How a run is gone through: at what speed it plays, and by the events of which lens it jumps.
import { h, icon, set } from "./dom.ts";
import { type JumpLens, jumpLenses, neighbour } from "./jump.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";

export const speeds = [0.1, 0.25, 0.5, 1, 2, 4, 10, 25, 50, 100] as const;

export class Pace {
  readonly speed: HTMLElement;
  readonly jumps: HTMLElement;
  #store: Store;
  #list: HTMLSelectElement;
  #slower: HTMLButtonElement;
  #faster: HTMLButtonElement;
  #lens: HTMLSelectElement;

  constructor(store: Store, say: Phrases) {
    this.#store = store;
    const press = (name: "play.slower" | "play.faster" | "jump.back" | "jump.forward", child: Node | string, act: () => void): HTMLButtonElement => {
      const b = h("button", { type: "button", "aria-label": say.text(name) }, child);
      b.addEventListener("click", act);
      return b;
    };
    this.#slower = press("play.slower", "−", () => this.change(-1));
    this.#faster = press("play.faster", "+", () => this.change(1));
    this.#list = h("select", { "aria-label": say.text("play.speed") }, ...speeds.map((x) => h("option", { value: x }, `${x}×`)));
    this.#list.addEventListener("change", () => store.setSpeed(Number(this.#list.value)));
    this.speed = h("span", { class: "seg-ctl speed", role: "group", "aria-label": say.text("play.speed") }, this.#slower, this.#list, this.#faster);
    this.#lens = h("select", { "aria-label": say.text("jump.label") }, ...jumpLenses.map((x) => h("option", { value: x }, say.text(`jump.${x}`))));
    this.jumps = h("span", { class: "seg-ctl jumps", role: "group", "aria-label": say.text("jump.label") },
      press("jump.back", icon("previous"), () => this.jump(true)), this.#lens, press("jump.forward", icon("next"), () => this.jump(false)));
  }

  /** Plays faster or slower by one of the speeds. */
  change(by: number): void {
    const here = speeds.findIndex((x) => x === this.#store.speed);
    const speed = speeds[here + by];
    if (speed !== undefined) this.#store.setSpeed(speed);
  }

  /** Goes to the next event of the lens that is chosen, or to the one before. */
  jump(back: boolean): void {
    const store = this.#store;
    const { log } = store.current;
    // Between two events, the one just past is one to go back to.
    const between = store.at.t > (log.events[store.at.n - 1]?.t ?? 0);
    const seq = neighbour(log, back && between ? store.at.n : store.latest, this.#lens.value as JumpLens, back);
    if (seq !== undefined) store.seekEvent(seq);
  }

  draw(bits: number): void {
    if (!(bits & changed.status)) return;
    const { speed } = this.#store;
    if (this.#list.value !== String(speed)) this.#list.value = String(speed);
    set(this.#slower, "aria-disabled", String(speed === speeds[0]));
    set(this.#faster, "aria-disabled", String(speed === speeds.at(-1)));
  }
}
