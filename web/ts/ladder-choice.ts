// The event that the reader chose, marked on its host's lifeline: a call, a return, a timer, a state, an arrival. A segment
// is marked as a whole, on its way.
import { s, set } from "./dom.ts";
import { laneX, lineOf } from "./lifelines.ts";
import type { Scene } from "./scene.ts";
import type { Store } from "./store.ts";

export class LadderChoice {
  readonly el = s("g", { class: "choice", "aria-hidden": "true" });
  #rim = s("circle", { class: "rim", r: 8 });
  #dot = s("circle", { r: 8 });
  #top: number;
  #named: SVGElement[] = [];

  /** top is the height of the drawing above the lens. */
  constructor(top: number) {
    this.#top = top;
    this.el.append(this.#rim, this.#dot);
    this.el.setAttribute("visibility", "hidden");
  }

  /** Marks the chosen event, and what is written of it: drawn gives that by the event's seq. */
  show(store: Store, scene: Scene, drawn: (seq: number) => SVGElement | undefined): void {
    for (const el of this.#named) el.classList.remove("sel");
    this.#named = [];
    const { selected, at, current, track } = store;
    const e = selected === undefined ? undefined : current.log.events[selected];
    const line = e && "host" in e ? lineOf(scene.columns, e.host) : undefined;
    const seen = e !== undefined && e.seq < at.n && line !== undefined;
    set(this.el, "visibility", seen ? "visible" : "hidden");
    if (!seen) return;
    // What a call gave is written where it returned.
    const written = e.kind === "call" ? [e.seq, current.log.returns.get(e.seq)?.seq ?? e.seq] : [e.seq];
    this.#named = written.flatMap((seq) => drawn(seq) ?? []);
    for (const el of this.#named) el.classList.add("sel");
    for (const circle of [this.#rim, this.#dot]) {
      set(circle, "cx", e.kind === "state" ? laneX(line, current.log.connections.laneOf(e.seq)) : line.x);
      set(circle, "cy", (this.#top + (track.y[e.seq] ?? 0)).toFixed(1));
    }
  }
}
