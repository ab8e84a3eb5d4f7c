// The choice among the connections of a host that has had several at a time.
import { h, hide } from "./dom.ts";
import { type Host, primary, type Socket } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";

const latest = "";

export class SocketPick {
  readonly el = h("select", { class: "pick conn" });
  #say: Phrases;
  #host = "";
  #shown = "";

  constructor(say: Phrases, store: Store) {
    this.#say = say;
    this.el.hidden = true;
    this.el.setAttribute("aria-label", say.text("sockets.pick"));
    this.el.addEventListener("change", () => {
      store.focus.showSocket(this.#host, this.el.value === latest ? undefined : Number(this.el.value));
      store.select(undefined);
      store.invalidate(changed.events | changed.select);
    });
  }

  /** Offers the connections that the host has had so far; the one that is shown is chosen. */
  draw(store: Store, host: Host | undefined, shown: Socket | undefined): void {
    const { connections } = store.current.log;
    const list = connections.several ? [...(host?.sockets.values() ?? [])].filter((s) => !s.listener && s.steps.length > 0) : [];
    hide(this.el, list.length < 2);
    if (list.length < 2 || !host) return;
    const chosen = store.focus.chosenSocket(host.name);
    const key = [host.name, chosen, shown?.sock, ...list.map((s) => `${s.sock} ${s.state}`)].join(" ");
    if (key === this.#shown) return;
    this.#shown = key;
    this.#host = host.name;
    const name = (s: Socket): string => `#${connections.numberOf(s.host, s.sock) ?? ""}`;
    // What is selected in another lens is shown meanwhile.
    const now = chosen === undefined && shown && !shown.listener ? name(shown) : undefined;
    const word = this.#say.text("sockets.latest");
    const first = h("option", { value: latest }, now ?? word);
    this.el.replaceChildren(
      now !== undefined && shown === primary(host) ? h("optgroup", { label: word }, first) : first,
      ...list.map((s) => h("option", { value: String(s.sock) }, `${name(s)} · ${s.local} · ${s.state}`)));
    this.el.value = chosen === undefined ? latest : String(chosen);
  }
}
