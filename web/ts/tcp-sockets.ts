// <tcp-sockets>: what ss -tano would show on both hosts.
import { segmentOf, socketKey, socketsOf } from "./causes.ts";
import { chip, h, setText } from "./dom.ts";
import type { SegmentEvent } from "./events.gen.ts";
import { familyOf } from "./family.ts";
import { clockTime, duration } from "./format.ts";
import { type Armed, hostOrder, type Socket } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { Seen } from "./seen.ts";
import { listed, ssState, ssTimer, ssTimerText } from "./ss.ts";
import { changed, type Panel, type Store } from "./store.ts";

const mostSlots = 8;

/** A timer cell, which alone changes between events. */
interface Cell {
  armed: Armed;
  ss: boolean;
  bar: HTMLElement;
  text: HTMLElement;
}

interface Row {
  el: HTMLElement;
  socket: Socket;
}

export class TcpSockets extends HTMLElement implements Panel {
  readonly later = { bits: changed.time | changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #at = h("span", { class: "r" });
  #body = h("tbody", {});
  #cells: Cell[] = [];
  #rows: Row[] = [];
  #shown = "";

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
    this.#body.addEventListener("click", (e) => {
      const row = this.#rows.find((r) => e.target instanceof Node && r.el.contains(e.target));
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
    for (const c of this.#cells) this.#count(c, store.at.t);
  }

  /** Writes the table anew where a socket has changed, and not only the time. */
  #fill(store: Store): void {
    const hosts = hostOrder(store.current.log).map((name) => ({ name, off: store.world.hosts.get(name)?.off ?? false, sockets: listed(store.world.hosts.get(name)) }));
    const { connections } = store.current.log;
    const key = String(connections.several) + hosts.map((x) => [x.name, x.off, ...x.sockets.map(contents)].join(" ")).join("\n");
    const sockets = hosts.flatMap((x) => x.sockets);
    if (key === this.#shown) {
      this.#rows.forEach((r, i) => (r.socket = sockets[i]!));
      return;
    }
    this.#shown = key;
    const focused = this.#rows.findIndex((r) => r.el.contains(document.activeElement));
    this.#cells = [];
    this.#rows = [];
    const els: HTMLElement[] = [];
    for (const host of hosts) {
      for (const socket of host.sockets) {
        const el = this.#row(host.name, socket, connections.several ? connections.numberOf(host.name, socket.sock) : undefined);
        this.#rows.push({ el, socket });
        els.push(el);
      }
      if (host.off) els.push(h("tr", {}, h("td", {}, this.#say.hostHeading(host.name)), h("td", { colspan: 6, class: "none" }, this.#say.text("sockets.off"))));
    }
    if (els.length === 0) els.push(h("tr", {}, h("td", { colspan: 7, class: "none" }, this.#say.text("sockets.none"))));
    this.#body.replaceChildren(...els);
    this.#rows[focused]?.el.querySelector("button")?.focus();
  }

  #mark(store: Store): void {
    const { selected, current: { log } } = store;
    const keys = new Set(selected === undefined ? [] : socketsOf(log, selected));
    const id = selected === undefined ? undefined : segmentOf(log, selected);
    const e = selected === undefined ? undefined : log.events[selected];
    const sent = id === undefined ? undefined : log.segments.get(id)?.sent;
    for (const { el, socket } of this.#rows) {
      // A segment is about both of its ends.
      const end = sent !== undefined && (e?.kind === "segment" || e?.kind === "deliver" || e?.kind === "fate") && isEnd(socket, sent);
      const on = keys.has(socketKey(socket.host, socket.sock)) || end;
      el.classList.toggle("sel", on);
      if (on) el.setAttribute("aria-current", "true");
      else el.removeAttribute("aria-current");
    }
  }

  #row(name: string, s: Socket, number: number | undefined): HTMLElement {
    const say = this.#say;
    const num = (name: string, n: number, hot: boolean): HTMLElement => h("td", { class: hot && n > 0 ? "rt hot" : "rt", "data-q": name }, String(n));
    const state = h("td", {}, chip(s.state, ssState(s.state)));
    if (s.orphan) state.append(" ", h("span", { class: "tag hollow" }, say.text("sockets.orphan")));
    const peer = s.remote === "*" ? "0.0.0.0:*" : s.remote;
    const why = h("button", { type: "button", class: "sockb" }, say.hostHeading(name), h("span", { class: "sr" }, say.text("sockets.why", { state: ssState(s.state), local: s.local, peer })));
    return h("tr", {}, h("td", {}, why, number === undefined ? undefined : h("span", { class: "conn" }, `#${number}`)), state, num("Recv-Q", s.listener ? s.accept : s.recvq, true), num("Send-Q", s.listener ? s.backlog : s.sendq, !s.listener),
      h("td", {}, s.local), h("td", {}, peer), s.listener ? this.#queues(s) : this.#timers(s));
  }

  /** A listener's two queues: connections that wait for accept(), and handshakes that are not finished. */
  #queues(s: Socket): HTMLElement {
    const say = this.#say;
    // Linux lets in one more than the backlog says.
    const room = s.backlog + 1;
    const slots = Math.min(mostSlots, room);
    const bars = (n: number): HTMLElement => {
      const full = Math.ceil((Math.min(n, room) / room) * slots);
      return h("span", { class: "aq", "aria-hidden": "true" }, ...Array.from({ length: slots }, (_, i) => h("i", { class: i < full ? "on" : undefined })));
    };
    return h("td", {}, h("span", { class: "qq" }, say.text("sockets.queue", { n: s.accept, backlog: s.backlog }), bars(s.accept)),
      h("span", { class: "qq" }, say.text("sockets.synqueue", { n: s.syn }), s.syn > 0 ? bars(s.syn) : undefined));
  }

  /** The timer that ss shows, and those that it does not. */
  #timers(s: Socket): HTMLElement {
    const td = h("td", {});
    const main = ssTimer(s);
    for (const armed of [...s.timers].sort((a, b) => Number(b === main) - Number(a === main) || a.at - b.at)) {
      const bar = h("i", {});
      const ss = armed === main;
      const text = h(ss ? "code" : "span", { "data-timer": armed.timer });
      this.#cells.push({ armed, ss, bar, text });
      td.append(h("span", { class: `tm st-${familyOf(s.state)}` }, h("span", { class: "bar", "aria-hidden": "true" }, bar), text,
        ss ? h("span", { class: "tn" }, this.#nameOf(armed)) : undefined));
    }
    if (s.timers.length === 0) td.append("–");
    return td;
  }

  #nameOf({ timer }: Armed): string {
    const key = `timer.${timer}`;
    return isPhraseKey(key) ? this.#say.text(key) : timer;
  }

  #count(c: Cell, t: number): void {
    const left = Math.max(0, c.armed.at - t);
    c.bar.style.transform = `scaleX(${(left / Math.max(1, c.armed.at - c.armed.setAt)).toFixed(3)})`;
    if (c.ss) {
      setText(c.text, ssTimerText(c.armed, t));
      return;
    }
    const retry = c.armed.attempt > 0 ? this.#say.text("sockets.timer.retry", { n: c.armed.attempt }) : "";
    setText(c.text, this.#say.text("sockets.timer.text", { timer: this.#nameOf(c.armed), time: duration(Math.floor(left / 1000) * 1000), retry }));
  }
}

/** All that a row says of a socket, but for the time. */
function contents(s: Socket): string {
  const timers = s.timers.map((a) => `${a.timer} ${a.setAt} ${a.at} ${a.attempt} ${a.rule}`);
  return [s.sock, s.state, s.orphan, s.local, s.remote, s.recvq, s.sendq, s.accept, s.syn, s.backlog, ...timers].join(" ");
}

function isEnd(s: Socket, sent: SegmentEvent): boolean {
  const port = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));
  if (s.listener) return false;
  if (s.host === sent.from && port(s.local) === sent.sport && port(s.remote) === sent.dport) return true;
  return s.host === sent.to && port(s.local) === sent.dport && port(s.remote) === sent.sport;
}
