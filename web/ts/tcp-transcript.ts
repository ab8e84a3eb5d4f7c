// <tcp-transcript>: the run so far in sentences, for everyone, and for a screen reader as it grows while stepping.
import { h, sentence, set, setText } from "./dom.ts";
import { duration } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { isByLearner, sentenceOf } from "./sentences.ts";
import { changed, type Panel, type Store } from "./store.ts";

const most = 200; // sentences kept in the list

export class TcpTranscript extends HTMLElement implements Panel {
  #say!: Phrases;
  #store!: Store;
  #count = h("span", { class: "r num" });
  #list = h("ol", { class: "tscript" });
  #log = h("div", { class: "tlog", role: "log", "aria-live": "off", tabindex: 0 });
  #rows: { stop: number; seq: number; el: HTMLLIElement }[] = [];
  #branch = "";

  attach(store: Store, say: Phrases): void {
    this.#store = store;
    this.#say = say;
    set(this.#log, "aria-label", say.text("transcript.title"));
    this.#log.append(this.#list);
    this.append(h("div", { class: "ph" }, h("h3", {}, say.text("transcript.title")), this.#count), this.#log);
    this.#list.addEventListener("click", (e) => {
      const seq = e.target instanceof Element ? e.target.closest<HTMLElement>("button")?.dataset["seq"] : undefined;
      if (seq !== undefined) store.select(Number(seq));
    });
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (bits & changed.status) set(this.#log, "aria-live", store.stepping && !store.playing ? "polite" : "off");
    if (bits & (changed.events | changed.log)) this.#fill(bits);
    if (bits & changed.select) {
      for (const r of this.#rows) r.el.classList.toggle("sel", r.seq === store.selected);
    }
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
    for (const r of this.#rows) r.el.classList.toggle("cur", r.el === latest);
    setText(this.#count, this.#say.text("transcript.count", { n: shown, all: current.log.stops.length }));
    // A block of the list's own scrolls; how far is not asked, so that nothing is laid out within the frame.
    this.#log.scrollTop = 1e7;
  }

  #add(stop: number, seq: number): void {
    const { log } = this.#store.current;
    const e = log.events[seq]!;
    const text = sentenceOf(log, seq, this.#say);
    const at = duration(e.t);
    const time = h("button", { type: "button", class: "time", "data-seq": seq, "aria-label": this.#say.text("transcript.select", { time: at }) }, at);
    const el = h("li", { class: isByLearner(log, e) ? "fork" : undefined }, time, h("span", {}, ...sentence(text)));
    this.#rows.push({ stop, seq, el });
    this.#list.append(el);
  }
}
