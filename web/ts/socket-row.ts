// One line of the sockets' table. What a socket has kept since it was last drawn is not touched.
import { chip, h, set, setText } from "./dom.ts";
import { familyOf } from "./family.ts";
import { duration } from "./format.ts";
import type { Armed, Socket } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { ssState, ssTimer, ssTimerText } from "./ss.ts";

const mostSlots = 8;

/** A timer's bar and text, which go on between events. */
interface Shown {
  armed: Armed;
  ss: boolean; // ss shows it
  el: HTMLElement;
  bar: HTMLElement;
  text: HTMLElement;
}

export class SocketRow {
  readonly el: HTMLElement;
  socket: Socket;
  #say: Phrases;
  #why = h("span", { class: "sr" });
  #state = h("td", {});
  #recvq = new Figure("Recv-Q");
  #sendq = new Figure("Send-Q");
  #local = h("td", {});
  #peer = h("td", {});
  #last = h("td", {});
  #timers: Shown[] = [];
  #stateShown = "";
  #lastShown = "";

  /** number tells the host's connections apart, where it has several. */
  constructor(say: Phrases, host: string, socket: Socket, number: number | undefined) {
    this.#say = say;
    this.socket = socket;
    const why = h("button", { type: "button", class: "sockb" }, say.hostHeading(host), this.#why);
    this.el = h("tr", {}, h("td", {}, why, number === undefined ? undefined : h("span", { class: "conn" }, `#${number}`)), this.#state, this.#recvq.el, this.#sendq.el, this.#local, this.#peer, this.#last);
    this.update(socket);
  }

  /** Draws what differs. */
  update(s: Socket): void {
    this.socket = s;
    const peer = s.remote === "*" ? "0.0.0.0:*" : s.remote;
    this.#showState(s);
    setText(this.#why, this.#say.text("sockets.why", { state: ssState(s.state), local: s.local, peer }));
    this.#recvq.show(s.listener ? s.accept : s.recvq, true);
    this.#sendq.show(s.listener ? s.backlog : s.sendq, !s.listener);
    setText(this.#local, s.local);
    setText(this.#peer, peer);
    if (s.listener) this.#showQueues(s);
    else this.#showTimers(s);
  }

  /** Goes on to a time, in µs. */
  count(t: number): void {
    for (const x of this.#timers) {
      const left = Math.max(0, x.armed.at - t);
      x.bar.style.transform = `scaleX(${(left / Math.max(1, x.armed.at - x.armed.setAt)).toFixed(3)})`;
      setText(x.text, x.ss ? ssTimerText(x.armed, t) : this.#textOf(x.armed, left));
    }
  }

  /** Marks it as what the selected event is about. */
  mark(on: boolean): void {
    this.el.classList.toggle("sel", on);
    if (on) set(this.el, "aria-current", "true");
    else this.el.removeAttribute("aria-current");
  }

  #showState(s: Socket): void {
    const shown = `${s.state} ${s.orphan}`;
    if (shown === this.#stateShown) return;
    this.#stateShown = shown;
    this.#state.replaceChildren(chip(s.state, ssState(s.state)));
    if (s.orphan) this.#state.append(" ", h("span", { class: "tag hollow" }, this.#say.text("sockets.orphan")));
  }

  /** A listener's two queues: connections that wait for accept(), and handshakes that are not finished. */
  #showQueues(s: Socket): void {
    const shown = `${s.accept} ${s.syn} ${s.backlog}`;
    if (shown === this.#lastShown) return;
    this.#lastShown = shown;
    this.#timers = [];
    const say = this.#say;
    this.#last.replaceChildren(h("span", { class: "qq" }, say.text("sockets.queue", { n: s.accept, backlog: s.backlog }), slots(s.accept, s.backlog)),
      h("span", { class: "qq" }, say.text("sockets.synqueue", { n: s.syn }), s.syn > 0 ? slots(s.syn, s.backlog) : undefined));
  }

  /** The timer that ss shows, and those that it does not. */
  #showTimers(s: Socket): void {
    const main = ssTimer(s);
    const order = [...s.timers].sort((a, b) => Number(b === main) - Number(a === main) || a.at - b.at);
    const shown = `${s.state} ${order.map((a) => `${a.timer} ${a === main}`).join()}`;
    if (shown === this.#lastShown) {
      order.forEach((armed, i) => (this.#timers[i]!.armed = armed));
      return;
    }
    this.#lastShown = shown;
    this.#timers = order.map((armed) => this.#timer(armed, armed === main, s));
    this.#last.replaceChildren(...(order.length > 0 ? this.#timers.map((x) => x.el) : ["–"]));
  }

  #timer(armed: Armed, ss: boolean, s: Socket): Shown {
    const bar = h("i", {});
    const text = h(ss ? "code" : "span", { "data-timer": armed.timer });
    const el = h("span", { class: `tm st-${familyOf(s.state)}` }, h("span", { class: "bar", "aria-hidden": "true" }, bar), text,
      ss ? h("span", { class: "tn" }, this.#nameOf(armed)) : undefined);
    return { armed, ss, el, bar, text };
  }

  #nameOf({ timer }: Armed): string {
    const key = `timer.${timer}`;
    return isPhraseKey(key) ? this.#say.text(key) : timer;
  }

  #textOf(armed: Armed, left: number): string {
    const retry = armed.attempt > 0 ? this.#say.text("sockets.timer.retry", { n: armed.attempt }) : "";
    return this.#say.text("sockets.timer.text", { timer: this.#nameOf(armed), time: duration(Math.floor(left / 1000) * 1000), retry });
  }
}

/** A cell with the length of a queue. */
class Figure {
  readonly el: HTMLElement;

  constructor(name: string) {
    this.el = h("td", { class: "rt", "data-q": name });
  }

  /** A queue that matters stands out where something is in it. */
  show(n: number, matters: boolean): void {
    setText(this.el, String(n));
    set(this.el, "class", matters && n > 0 ? "rt hot" : "rt");
  }
}

/** How full a listener's queue is. Linux lets in one more than the backlog says. */
function slots(n: number, backlog: number): HTMLElement {
  const room = backlog + 1;
  const all = Math.min(mostSlots, room);
  const full = Math.ceil((Math.min(n, room) / room) * all);
  return h("span", { class: "aq", "aria-hidden": "true" }, ...Array.from({ length: all }, (_, i) => h("i", { class: i < full ? "on" : undefined })));
}
