// <tcp-states host>: the state diagram of one host, with the path its connection walked and the state it is in, and the
// arrows that this browser has been shown before.
import { momentOf } from "./causes.ts";
import { Covered } from "./covered.ts";
import { type ArrowId, arrowsOf, seen } from "./coverage.ts";
import { arrows, nodeHeight, nodes, nodeWidth, viewBox } from "./diagram.ts";
import { chip, glyph, h, s, set, setText } from "./dom.ts";
import { familyOf, shortName } from "./family.ts";
import { duration } from "./format.ts";
import { HostHead } from "./host-head.ts";
import { type Step, walked } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";
import { Seen } from "./seen.ts";
import { SocketPick } from "./socket-pick.ts";
import { changed, type Panel, type Store } from "./store.ts";

const lastClosed = nodes.length - 1;

/** An arrow as it is drawn and listed. */
interface Drawn {
  id: ArrowId;
  path: SVGPathElement;
  hit: SVGPathElement;
  label: SVGTextElement;
  item: HTMLLIElement;
  button: HTMLButtonElement;
  seq: number | undefined; // of the state change that walked it last
}

export class TcpStates extends HTMLElement implements Panel {
  readonly later = { bits: changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #store!: Store;
  #index = 0;
  #head!: HostHead;
  #sockets!: SocketPick;
  #state = h("span", { class: "cur" });
  #count = h("span", { class: "num" });
  #right = h("span", { class: "r" });
  #cover = h("span", { class: "cov", "aria-hidden": "true" });
  #svg = s("svg", { class: "states", viewBox, role: "img" });
  #list = h("ul", {});
  #arrows: Drawn[] = [];
  #nodes: SVGGElement[] = [];
  #shown = "";
  #moment: ReadonlySet<number> = new Set();

  /** index 0 is the host on the left. */
  attach(store: Store, say: Phrases, index: number): void {
    this.#store = store;
    this.#say = say;
    this.#index = index;
    this.#head = new HostHead(say, index, store);
    this.#sockets = new SocketPick(say, store);
    if (index === 0) store.subscribe(new Covered());
    const id = `fw-arrow-${index}`;
    this.#svg.append(s("defs", {}, marker(`${id}-off`, "off"), marker(`${id}-seen`, "seen"), marker(`${id}-on`, "on")));
    this.#arrows = arrows.map((a) => this.#draw(a));
    for (const n of nodes) {
      const [family, w] = [familyOf(n.state), nodeWidth(n.state)];
      this.#nodes.push(
        s("g", { class: `sn st-${family}`, transform: `translate(${n.x} ${n.y})` },
          s("rect", { x: -w / 2, y: -nodeHeight / 2, width: w, height: nodeHeight, rx: 5 }),
          s("g", { transform: `translate(${9 - w / 2} 0)` }, glyph(family, 0.75)),
          s("text", { x: 6, y: 4, "text-anchor": "middle" }, shortName(n.state))),
      );
    }
    this.#svg.append(...this.#arrows.map((a) => a.path), ...this.#arrows.map((a) => a.hit), ...this.#arrows.map((a) => a.label), ...this.#nodes);
    this.#list.append(...this.#arrows.map((a) => a.item));
    this.#right.append(this.#count, this.#cover);
    this.append(h("div", { class: "ph" }, this.#head.el, this.#sockets.el, this.#state, this.#right), this.#svg, h("div", { class: "sr" }, this.#list));
    this.#listen();
    store.subscribe(this);
  }

  #draw(a: (typeof arrows)[number]): Drawn {
    this.#cover.append(h("i"));
    const button = h("button", { type: "button", tabindex: -1 });
    return {
      id: a.id,
      path: s("path", { class: `edge st-${familyOf(a.to)}`, d: a.d }),
      hit: s("path", { class: "ehit", d: a.d }),
      label: s("text", { class: "el", x: a.x, y: a.y, "text-anchor": a.anchor }, a.label),
      item: h("li", {}, button),
      button,
      seq: undefined,
    };
  }

  #listen(): void {
    const go = (a: Drawn | undefined): void => {
      if (a?.seq !== undefined) this.#store.seekEvent(a.seq);
    };
    this.#svg.addEventListener("click", (e) => go(this.#arrows.find((a) => a.hit === e.target || a.label === e.target)));
    this.#list.addEventListener("click", (e) => go(this.#arrows.find((a) => a.button === e.target)));
    const mark = (): void => {
      for (const a of this.#arrows) a.path.classList.toggle("foc", a.button === document.activeElement);
    };
    this.#list.addEventListener("focusin", mark);
    this.#list.addEventListener("focusout", () => requestAnimationFrame(mark));
    this.#list.addEventListener("keydown", (e) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      const open = this.#arrows.filter((a) => a.seq !== undefined).sort((a, b) => a.seq! - b.seq!);
      const here = open.findIndex((a) => a.button === e.target);
      const next = step === undefined || here < 0 ? undefined : open[here + step];
      if (step === undefined) return;
      e.preventDefault();
      this.#rove(next);
      next?.button.focus();
    });
  }

  /** One of the walked arrows is in the order of Tab; the arrow keys go along the path. */
  #rove(to: Drawn | undefined): void {
    if (to) for (const a of this.#arrows) a.button.tabIndex = a === to ? 0 : -1;
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log | changed.select))) return;
    const { log } = store.current;
    const name = store.focus.sides(log)[this.#index] ?? "";
    const host = store.world.hosts.get(name);
    const sock = store.focus.socket(host, log, store.selected);
    const steps = walked(host, sock);
    this.#head.draw(store, name);
    this.#sockets.draw(store, host, sock);
    this.#moment = store.selected === undefined ? new Set() : momentOf(log, store.selected);
    const covered = seen();
    const key = `${store.current.name} ${name} ${log.meta ? 1 : 0} ${sock?.sock ?? 0} ${sock?.state} ${steps.length} ${store.selected} ${covered.size}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const say = this.#say;
    const state = sock?.state ?? "CLOSED";
    this.#state.replaceChildren(chip(state));
    this.#lightArrows(log, steps, covered);
    this.#lightNodes(state, steps);
    const visited = [...new Set(steps.map((x) => x.from))];
    const label = say.text(visited.length > 0 ? "states.label" : "states.none", { host: say.host(name), state, seen: visited.join(", ") });
    set(this.#svg, "aria-label", `${label} ${say.text("states.covered", { n: covered.size, all: arrows.length })}`);
  }

  #lightArrows(log: RunLog, steps: readonly Step[], covered: ReadonlySet<ArrowId>): void {
    const way = pathOf(log, steps);
    let latest: Drawn | undefined;
    for (const [i, a] of this.#arrows.entries()) {
      a.seq = way.get(a.id);
      const known = covered.has(a.id);
      const how = a.seq !== undefined ? "on" : known ? "seen" : "off";
      for (const [cls, on] of [["on", how === "on"], ["seen", how === "seen"], ["sel", a.seq !== undefined && this.#moment.has(a.seq)]] as const) {
        a.path.classList.toggle(cls, on);
        a.label.classList.toggle(cls, on);
        a.hit.classList.toggle(cls, on);
      }
      set(a.path, "marker-end", `url(#fw-arrow-${this.#index}-${how})`);
      this.#describe(a, arrows[i]!, known, log);
      if (a.seq !== undefined && (latest?.seq ?? -1) < a.seq) latest = a;
    }
    const open = this.#arrows.find((a) => a.button === document.activeElement && a.seq !== undefined);
    this.#rove(open ?? latest);
    [...this.#cover.children].forEach((el, i) => (el.className = i < way.size ? "on" : i < covered.size ? "seen" : ""));
    setText(this.#count, this.#say.text("states.arrows", { n: way.size, all: arrows.length }));
    set(this.#right, "title", this.#say.text("states.count", { n: way.size, all: arrows.length, seen: covered.size }));
  }

  /** The arrow's line in the list: a button where it was walked. */
  #describe(a: Drawn, { from, to, label }: (typeof arrows)[number], known: boolean, log: RunLog): void {
    const say = this.#say;
    const how = a.seq !== undefined ? say.text("states.walked", { time: duration(log.events[a.seq]!.t) }) : say.text(known ? "states.seen" : "states.unseen");
    const text = `${from} → ${to} (${label}): ${how}`;
    if (a.seq === undefined) {
      if (a.item.textContent !== text || a.button.parentNode) a.item.replaceChildren(text);
      a.button.tabIndex = -1;
      return;
    }
    setText(a.button, text);
    if (!a.button.parentNode) a.item.replaceChildren(a.button);
    if (this.#moment.has(a.seq)) a.button.setAttribute("aria-current", "true");
    else a.button.removeAttribute("aria-current");
  }

  #lightNodes(state: string, steps: readonly Step[]): void {
    const visited = new Set(steps.flatMap((x) => [x.from, x.to]));
    nodes.forEach((n, i) => {
      // CLOSED below is where a connection ends, CLOSED above where it starts.
      const ended = steps.at(-1)?.to === "CLOSED";
      const mine = n.state !== "CLOSED" || (i === lastClosed ? ended : !ended);
      const been = n.state === "CLOSED" ? (i === lastClosed ? ended : steps.length > 0) : visited.has(n.state);
      this.#nodes[i]!.classList.toggle("cur", n.state === state && mine);
      this.#nodes[i]!.classList.toggle("vis", been && !(n.state === state && mine));
    });
  }
}

/** The arrows of a path, each with the state change that walked it last. */
function pathOf(log: RunLog, steps: readonly Step[]): Map<ArrowId, number> {
  const way = new Map<ArrowId, number>();
  steps.forEach((step, i) => {
    const e = log.events[step.seq];
    if (e?.kind !== "state") return;
    for (const id of arrowsOf(e, steps[i - 1])) way.set(id, step.seq);
  });
  return way;
}

function marker(id: string, cls: string): SVGMarkerElement {
  const size = cls === "on" ? 9 : 7;
  return s("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: size, markerHeight: size,
    orient: "auto", markerUnits: "userSpaceOnUse" }, s("path", { d: "M0 .8L8 4L0 7.2z", class: `ah-${cls}` }));
}
