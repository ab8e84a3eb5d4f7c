// <tcp-transcript>: the run so far in sentences, for everyone, and for a screen reader as it grows while stepping.
import { momentOf } from "./causes.ts";
import { afterDrawing } from "./clock.ts";
import { h, sentence, set, setText } from "./dom.ts";
import { duration } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { Seen } from "./seen.ts";
import { isByLearner, sentenceOf } from "./sentences.ts";
import { changed, type Panel, type Store } from "./store.ts";

const most = 200; // sentences kept in the list

export class TcpTranscript extends HTMLElement implements Panel {
  readonly later = { bits: changed.status | changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #store!: Store;
  #count = h("span", { class: "r num" });
  #list = h("ol", { class: "tscript" });
  #log = h("div", { class: "tlog", role: "log", "aria-live": "off", tabindex: 0 });
  #rows: { stop: number; seq: number; el: HTMLLIElement }[] = [];
  #branch = "";
  #latest: HTMLLIElement | undefined;
  #marked = false;

  attach(store: Store, say: Phrases): void {
    this.#store = store;
    this.#say = say;
    set(this.#log, "aria-label", say.text("transcript.title"));
    this.#log.append(this.#list);
    this.append(h("div", { class: "ph" }, h("h3", {}, say.text("transcript.title")), this.#count), this.#log);
    this.#list.addEventListener("click", (e) => {
      const row = this.#rows.find((r) => e.target instanceof Node && r.el.contains(e.target));
      if (row) store.select(row.seq);
    });
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (bits & changed.status) set(this.#log, "aria-live", store.stepping && !store.playing ? "polite" : "off");
    if (bits & (changed.events | changed.log)) this.#fill(bits);
    if (bits & (changed.events | changed.log | changed.select)) this.#mark(store);
  }

  /** Marks the selected event, and more faintly what is of one moment with it. */
  #mark({ selected, current: { log } }: Store): void {
    if (selected === undefined && !this.#marked) return;
    this.#marked = selected !== undefined;
    const moment = selected === undefined ? new Set<number>() : momentOf(log, selected);
    for (const r of this.#rows) {
      const on = r.seq === selected;
      r.el.classList.toggle("sel", on);
      r.el.classList.toggle("rel", !on && moment.has(r.seq));
      if (on === r.el.hasAttribute("aria-current")) continue;
      if (on) r.el.setAttribute("aria-current", "true");
      else r.el.removeAttribute("aria-current");
      if (on) this.#reveal(r.el);
    }
  }

  /** Scrolls the list, and nothing around it, to an event; after the frame, because it asks where that is. */
  #reveal(el: HTMLElement): void {
    setTimeout(() => {
      const [top, height] = [el.offsetTop - this.#list.offsetTop, this.#log.clientHeight];
      if (top < this.#log.scrollTop || top + el.offsetHeight > this.#log.scrollTop + height) this.#log.scrollTop = top - height / 3;
    });
  }

  #fill(bits: number): void {
    const { current, at } = this.#store;
    const shown = current.log.stopsBefore(at.n);
    const first = Math.max(0, shown - most);
    const branch = `${current.name} ${current.token}`;
    if ((bits & changed.log && branch !== this.#branch) || (this.#rows[0]?.stop ?? first) > first + most) this.#rows = [];
    this.#branch = branch;
    if (this.#rows.length === 0) this.#list.replaceChildren();
    while (this.#rows.length > 0 && this.#rows.at(-1)!.stop >= shown) this.#rows.pop()!.el.remove();
    while (this.#rows.length > 0 && this.#rows[0]!.stop < first) this.#rows.shift()!.el.remove();
    const from = this.#rows.length > 0 ? this.#rows.at(-1)!.stop + 1 : first;
    for (let i = from; i < shown; i++) this.#add(i, current.log.stops[i]!);
    const latest = this.#rows.at(-1)?.el;
    if (latest !== this.#latest) this.#latest?.classList.remove("cur");
    latest?.classList.add("cur");
    this.#latest = latest;
    setText(this.#count, this.#say.text("transcript.count", { n: shown, all: current.log.stops.length }));
    // A block of the list's own scrolls; how far is not asked.
    afterDrawing(() => (this.#log.scrollTop = 1e7));
  }

  #add(stop: number, seq: number): void {
    const { log } = this.#store.current;
    const e = log.events[seq]!;
    const text = sentenceOf(log, seq, this.#say);
    const at = duration(e.t);
    const time = h("button", { type: "button", class: "time", "aria-label": this.#say.text("transcript.select", { time: at }) }, at);
    const el = h("li", { class: isByLearner(log, e) ? "fork" : undefined, "data-seq": seq }, time, h("span", {}, ...sentence(text)));
    this.#rows.push({ stop, seq, el });
    this.#list.append(el);
  }
}
