// <tcp-sockets>: what ss -tano would show on both hosts.
import { segmentOf, socketKey, socketsOf } from "./causes.ts";
import { h, set, setText } from "./dom.ts";
import type { SegmentEvent } from "./events.gen.ts";
import { clockTime } from "./format.ts";
import type { Socket } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { hostOrder } from "./run-log.ts";
import { Seen } from "./seen.ts";
import { SocketRow } from "./socket-row.ts";
import { listed } from "./ss.ts";
import { changed, type Panel, type Store } from "./store.ts";

export class TcpSockets extends HTMLElement implements Panel {
  readonly later = { bits: changed.time | changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #at = h("span", { class: "r" });
  #body = h("tbody", {});
  #view = h("div", { class: "scrollx", tabindex: 0, role: "region" });
  #rows = new Map<string, SocketRow>(); // by host, socket and the connection's number
  #shown = ""; // which lines the table has

  attach(store: Store, say: Phrases): void {
    this.#say = say;
    const th = (text: string, cls = ""): HTMLElement => h("th", { scope: "col", class: cls || undefined }, text);
    const head = h("tr", {}, th(say.text("sockets.host")), th(say.text("sockets.state")), th("Recv-Q", "rt"), th("Send-Q", "rt"),
      th(say.text("sockets.local")), th(say.text("sockets.peer")), th(say.text("sockets.timer")));
    const table = h("table", { class: "socks", "aria-label": say.text("sockets.title") }, h("thead", {}, head), this.#body);
    set(this.#view, "aria-label", say.text("sockets.title"));
    this.#view.append(table);
    this.append(h("div", { class: "ph" }, h("h3", {}, say.text("sockets.title")), h("code", {}, "ss -tano"), this.#at), this.#view);
    this.#body.addEventListener("click", (e) => {
      const row = [...this.#rows.values()].find((r) => e.target instanceof Node && r.el.contains(e.target));
      const step = row?.socket.steps.at(-1);
      if (step) store.select(step.seq); // what brought it into its state
    });
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (bits & (changed.events | changed.log)) this.#fill(store);
    if (bits & (changed.events | changed.log | changed.select)) this.#mark(store);
    if (!(bits & (changed.time | changed.events))) return;
    setText(this.#at, this.#say.text("sockets.at", { time: clockTime(store.at.t) }));
    for (const row of this.#rows.values()) row.count(store.at.t);
  }

  /** Draws each socket's line, and the table anew where its lines are other ones. */
  #fill(store: Store): void {
    const { log } = store.current;
    const { connections } = log;
    const hosts = hostOrder(log).map((name) => store.world.hosts.get(name) ?? { name, off: false, sockets: undefined });
    const rows = new Map<string, SocketRow>();
    const lines: { key: string; el: HTMLElement }[] = [];
    for (const host of hosts) {
      for (const socket of host.sockets ? listed(host) : []) {
        const number = connections.several ? connections.numberOf(host.name, socket.sock) : undefined;
        const key = `${host.name} ${socket.sock} ${number}`;
        const row = this.#rows.get(key);
        if (row) row.update(socket);
        rows.set(key, row ?? new SocketRow(this.#say, host.name, socket, number));
        lines.push({ key, el: rows.get(key)!.el });
      }
      if (host.off) lines.push({ key: `${host.name} off`, el: this.#line(h("td", {}, this.#say.hostHeading(host.name)), "sockets.off", 6) });
    }
    if (lines.length === 0) lines.push({ key: "none", el: this.#line(undefined, "sockets.none", 7) });
    const focused = [...this.#rows.values()].findIndex((row) => row.el.contains(document.activeElement));
    this.#rows = rows;
    const shown = lines.map((x) => x.key).join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    const kept = [...rows.values()];
    const button = (kept.find((row) => row.el.contains(document.activeElement)) ?? kept[focused])?.el.querySelector("button");
    this.#body.replaceChildren(...lines.map((x) => x.el));
    this.#view.style.setProperty("--lines", String(lines.length));
    if (focused >= 0) button?.focus({ preventScroll: true });
  }

  #line(first: HTMLElement | undefined, text: "sockets.off" | "sockets.none", span: number): HTMLElement {
    return h("tr", {}, first, h("td", { colspan: span, class: "none" }, this.#say.text(text)));
  }

  #mark(store: Store): void {
    const { selected, current: { log } } = store;
    const keys = new Set(selected === undefined ? [] : socketsOf(log, selected));
    const id = selected === undefined ? undefined : segmentOf(log, selected);
    const e = selected === undefined ? undefined : log.events[selected];
    const sent = id === undefined ? undefined : log.segments.get(id)?.sent;
    for (const row of this.#rows.values()) {
      const { socket } = row;
      // A segment is about both of its ends.
      const end = sent !== undefined && (e?.kind === "segment" || e?.kind === "deliver" || e?.kind === "fate") && isEnd(socket, sent);
      row.mark(keys.has(socketKey(socket.host, socket.sock)) || end);
    }
  }
}

function isEnd(s: Socket, sent: SegmentEvent): boolean {
  const port = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));
  if (s.listener) return false;
  if (s.host === sent.from && port(s.local) === sent.sport && port(s.remote) === sent.dport) return true;
  return s.host === sent.to && port(s.local) === sent.dport && port(s.remote) === sent.sport;
}
