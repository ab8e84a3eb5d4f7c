// The lesson's text beside the stage: its links to moments of the run, and the part of it that speaks of now.
import { numberOf } from "./stage-data.ts";
import { changed, type Panel, type Store } from "./store.ts";

export class Beats implements Panel {
  #store: Store;
  #now: Element | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.subscribe(this);
  }

  /** Moves the playhead to the moment that a link names, in the run that the text is about. */
  follow(e: MouseEvent, link: HTMLElement): void {
    if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const at = numberOf(link.dataset["at"] ?? null);
    const seq = numberOf(link.dataset["seq"] ?? null);
    if (at === undefined) return;
    e.preventDefault();
    const { first } = this.#store;
    if (this.#store.current !== first) this.#store.show(first);
    this.#store.pause();
    if (seq !== undefined && first.log.events[seq]?.t === at) this.#store.seekEvent(seq);
    else this.#store.seek(at);
  }

  draw(store: Store, bits: number): void {
    if (!(bits & changed.events)) return;
    const { at, first, current } = store;
    let now: Element | undefined;
    if (current === first && at.n > 1) {
      for (const a of document.querySelectorAll<HTMLElement>(".beat a[data-at]")) {
        if (Number(a.dataset["at"]) <= at.t) now = a.closest(".beat") ?? undefined;
      }
    }
    if (now === this.#now) return;
    this.#now?.classList.remove("now");
    now?.classList.add("now");
    this.#now = now;
  }
}
