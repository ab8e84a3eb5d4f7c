// The head of a panel that is about one host: its name, or, where a run has more hosts than panels, a choice of them.
import { h, setText } from "./dom.ts";
import type { Phrases } from "./phrases.ts";
import { hostOrder, usualHosts } from "./run-log.ts";
import { changed, type Store } from "./store.ts";

export class HostHead {
  readonly el = h("h3", {});
  #say: Phrases;
  #index: number;
  #select: HTMLSelectElement;
  #shown = "";

  /** index 0 is the panel on the left. */
  constructor(say: Phrases, index: number, store: Store) {
    this.#say = say;
    this.#index = index;
    this.#select = h("select", { class: "pick", "aria-label": say.text(index === 0 ? "host.pick.left" : "host.pick.right") });
    this.#select.addEventListener("change", () => {
      store.focus.showHost(store.current.log, index, this.#select.value);
      store.invalidate(changed.log | changed.events | changed.select);
    });
  }

  draw(store: Store, name: string): void {
    const order = hostOrder(store.current.log);
    const key = `${name} ${order.join(" ")}`;
    if (key === this.#shown) return;
    this.#shown = key;
    if (order.length < 3) {
      setText(this.el, this.#say.hostHeading(name || (usualHosts[this.#index] ?? "")));
      return;
    }
    this.#select.replaceChildren(...order.map((host) => h("option", { value: host }, this.#say.hostHeading(host))));
    this.#select.value = name;
    this.el.replaceChildren(this.#select);
  }
}
