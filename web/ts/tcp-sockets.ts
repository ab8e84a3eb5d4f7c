// <tcp-sockets>: what ss would show on both hosts.
import { chip, h, set, setText } from "./dom.ts";
import { familyOf } from "./family.ts";
import { clockTime, duration } from "./format.ts";
import { type Armed, hostOrder, type Socket } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { changed, type Panel, type Store } from "./store.ts";

/** A timer cell, which alone changes between events. */
interface Cell {
  armed: Armed;
  bar: HTMLElement;
  text: HTMLElement;
}

export class TcpSockets extends HTMLElement implements Panel {
  #say!: Phrases;
  #at = h("span", { class: "r" });
  #body = h("tbody", {});
  #cells: Cell[] = [];

  attach(store: Store, say: Phrases): void {
    this.#say = say;
    const th = (text: string, cls = ""): HTMLElement => h("th", { scope: "col", class: cls || undefined }, text);
    const head = h("tr", {}, th(say.text("sockets.host")), th(say.text("sockets.state")), th("Recv-Q", "rt"), th("Send-Q", "rt"),
      th(say.text("sockets.local")), th(say.text("sockets.peer")), th(say.text("sockets.timer")));
    const table = h("table", { class: "socks", "aria-label": say.text("sockets.title") }, h("thead", {}, head), this.#body);
    this.append(
      h("div", { class: "ph" }, h("h3", {}, say.text("sockets.title")), h("code", {}, "ss -tano"), this.#at),
      h("div", { class: "scrollx", tabindex: 0, role: "region", "aria-label": say.text("sockets.title") }, table),
    );
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (bits & (changed.events | changed.log)) this.#fill(store);
    if (!(bits & (changed.time | changed.events))) return;
    setText(this.#at, this.#say.text("sockets.at", { time: clockTime(store.at.t) }));
    for (const c of this.#cells) this.#count(c, store.at.t);
  }

  #fill(store: Store): void {
    this.#cells = [];
    const rows: HTMLElement[] = [];
    for (const name of hostOrder(store.current.log)) {
      for (const s of store.world.hosts.get(name)?.sockets.values() ?? []) {
        if (s.state !== "CLOSED") rows.push(this.#row(name, s));
      }
    }
    if (rows.length === 0) rows.push(h("tr", {}, h("td", { colspan: 7, class: "none" }, this.#say.text("sockets.none"))));
    this.#body.replaceChildren(...rows);
  }

  #row(name: string, s: Socket): HTMLElement {
    const say = this.#say;
    const num = (n: number): HTMLElement => h("td", { class: n > 0 ? "rt hot" : "rt" }, String(n));
    const state = h("td", {}, chip(s.state));
    if (s.orphan) state.append(" ", h("span", { class: "tag hollow" }, say.text("sockets.orphan")));
    return h("tr", {}, h("td", {}, say.host(name)), state, num(s.listener ? s.accept : s.recvq), num(s.listener ? s.backlog : s.sendq),
      h("td", {}, s.local), h("td", {}, s.remote === "*" ? "0.0.0.0:*" : s.remote), this.#timerCell(s));
  }

  #timerCell(s: Socket): HTMLElement {
    if (s.listener) {
      const slots = Array.from({ length: Math.min(8, s.backlog) }, (_, i) => h("i", { class: i < s.accept ? "on" : undefined }));
      return h("td", {}, this.#say.text("sockets.queue", { n: s.accept, backlog: s.backlog }), h("span", { class: "aq", "aria-hidden": "true" }, ...slots));
    }
    const td = h("td", {});
    for (const armed of [...s.timers].sort((a, b) => a.at - b.at)) {
      const bar = h("i", {});
      const text = h("span", {});
      this.#cells.push({ armed, bar, text });
      td.append(h("span", { class: `tm st-${familyOf(s.state)}` }, h("span", { class: "bar", "aria-hidden": "true" }, bar), text));
    }
    if (s.timers.length === 0) td.append("–");
    return td;
  }

  #count(c: Cell, t: number): void {
    const left = Math.max(0, c.armed.at - t);
    c.bar.style.inlineSize = `${((100 * left) / Math.max(1, c.armed.at - c.armed.setAt)).toFixed(1)}%`;
    const key = `timer.${c.armed.timer}`;
    const name = isPhraseKey(key) ? this.#say.text(key) : c.armed.timer;
    const retry = c.armed.attempt > 0 ? this.#say.text("sockets.timer.retry", { n: c.armed.attempt }) : "";
    setText(c.text, this.#say.text("sockets.timer.text", { timer: name, time: duration(Math.floor(left / 100) * 100), retry }));
    set(c.text, "data-timer", c.armed.timer);
  }
}
