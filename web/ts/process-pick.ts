// The choice among the processes of a host that has several: by itself the one that calls is shown.
import { h, hide } from "./dom.ts";
import type { Host } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";

const current = "";

export class ProcessPick {
  readonly el = h("select", { class: "pick" });
  #say: Phrases;
  #host = "";
  #chosen: string = current;
  #shown = "";

  constructor(say: Phrases, store: Store) {
    this.#say = say;
    this.el.hidden = true;
    this.el.setAttribute("aria-label", say.text("code.process"));
    this.el.addEventListener("change", () => {
      this.#chosen = this.el.value;
      store.invalidate(changed.events | changed.select);
    });
  }

  /** Offers the processes that the host has had so far, and gives the one whose program is shown. caller is the one that
   * called last. */
  draw(host: Host | undefined, caller: string | undefined): string {
    const names = [...(host?.procs.keys() ?? [])];
    if (host && host.name !== this.#host) [this.#host, this.#chosen] = [host.name, current];
    hide(this.el, names.length < 2);
    const shown = names.includes(this.#chosen) ? this.#chosen : (caller ?? names[0] ?? "");
    const key = [host?.name, shown, this.#chosen, ...names].join(" ");
    if (names.length < 2 || key === this.#shown) return shown;
    this.#shown = key;
    this.el.replaceChildren(h("option", { value: current }, `${shown} · ${this.#say.text("code.process.current")}`), ...names.map((name) => h("option", { value: name }, name)));
    this.el.value = names.includes(this.#chosen) ? this.#chosen : current;
    return shown;
  }
}
