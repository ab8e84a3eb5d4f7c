// What a reader can do at once to a segment in flight. While the run stands: a button that drops it and one for the rest,
// each with a name, for who does not know yet that the ladder can be pressed. While it plays: a line that says so.
import { button, hide, h, set, setText } from "./dom.ts";
import { canIntervene, type Segment } from "./flight.ts";
import { flagsOf, segmentText } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";

export interface InFlightActions {
  drop(segment: number): void;
  /** Opens the menu of all that can be done to it. */
  openSegment(segment: number): void;
}

export class InFlight {
  readonly el = h("span", { class: "inflight" });
  #store: Store;
  #say: Phrases;
  #hint = h("span", { class: "hint" });
  #acts = h("span", { class: "acts" });
  #drop: HTMLButtonElement;
  #more: HTMLButtonElement;
  #segment: Segment | undefined;

  constructor(store: Store, say: Phrases, actions: InFlightActions) {
    this.#store = store;
    this.#say = say;
    const act = (what: (id: number) => void) => (): void => {
      if (this.#segment) what(this.#segment.sent.id);
    };
    this.#drop = button("btn dropbtn", "cross", say.text("menu.drop"), act((id) => actions.drop(id)));
    this.#more = button("btn icon morebtn", "more", say.text("menu.more"), act((id) => actions.openSegment(id)), true);
    this.#more.setAttribute("aria-haspopup", "menu");
    // A press elsewhere closes the menu of a segment; this one has just opened it.
    this.#more.addEventListener("click", (e) => e.stopPropagation());
    this.#hint.append(say.text(matchMedia("(pointer: coarse)").matches ? "stage.hint.tap" : "stage.hint.drop"));
    this.#acts.append(this.#drop, this.#more);
    this.el.append(this.#hint, this.#acts);
    hide(this.#acts, true);
  }

  draw(bits: number): void {
    const store = this.#store;
    if (!(bits & (changed.events | changed.log | changed.status)) && (store.playing || !(bits & changed.time))) return;
    const { n, t } = store.at;
    this.#segment = store.playing ? undefined : [...store.current.log.segments.values()].findLast((s) => canIntervene(s, n, t));
    this.el.classList.toggle("off", n <= 1 || store.atEnd);
    hide(this.#hint, this.#segment !== undefined);
    hide(this.#acts, this.#segment === undefined);
    if (!this.#segment) return;
    const { sent } = this.#segment;
    setText(this.#drop.querySelector(".lbl")!, this.#say.text("stage.drop", { segment: flagsOf(sent.flags) }));
    set(this.#drop, "title", segmentText(sent));
    set(this.#more, "aria-label", this.#say.text("menu.more.label", { segment: flagsOf(sent.flags) }));
  }
}
