// <tcp-states host>: the state diagram of one host, with the path its connection walked and the state it is in.
import { arrows, nodes, viewBox } from "./diagram.ts";
import { chip, glyph, h, s, set, setText } from "./dom.ts";
import { familyOf, shortName } from "./family.ts";
import { hostOrder, primary, usualHosts, walked } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Panel, type Store } from "./store.ts";

const lastClosed = nodes.length - 1;

export class TcpStates extends HTMLElement implements Panel {
  #say!: Phrases;
  #index = 0;
  #title = h("h3", {});
  #state = h("span", { class: "cur" });
  #count = h("span", { class: "num" });
  #cover = h("span", { class: "cov", "aria-hidden": "true" });
  #svg = s("svg", { class: "states", viewBox, role: "img" });
  #arrows: SVGPathElement[] = [];
  #labels: SVGTextElement[] = [];
  #nodes: SVGGElement[] = [];
  #list: HTMLLIElement[] = [];
  #shown = "";

  /** index 0 is the host on the left. */
  attach(store: Store, say: Phrases, index: number): void {
    this.#say = say;
    this.#index = index;
    const id = `fw-arrow-${index}`;
    this.#svg.append(s("defs", {}, marker(`${id}-off`, "off"), marker(`${id}-on`, "on")));
    for (const a of arrows) {
      const p = s("path", { class: `edge st-${familyOf(a.to)}`, d: a.d, "marker-end": `url(#${id}-off)` });
      const t = s("text", { class: "el", x: a.x, y: a.y, "text-anchor": a.anchor }, a.label);
      this.#arrows.push(p);
      this.#labels.push(t);
      this.#list.push(h("li"));
      this.#cover.append(h("i"));
    }
    for (const n of nodes) {
      const family = familyOf(n.state);
      this.#nodes.push(
        s("g", { class: `sn st-${family}`, transform: `translate(${n.x} ${n.y})` },
          s("rect", { x: -44, y: -12, width: 88, height: 24, rx: 5 }),
          s("g", { transform: "translate(-36 0)" }, glyph(family, 0.8)),
          s("text", { x: 5, y: 3.8, "text-anchor": "middle" }, shortName(n.state))),
      );
    }
    this.#svg.append(...this.#arrows, ...this.#labels, ...this.#nodes);
    const right = h("span", { class: "r" }, this.#count, this.#cover);
    this.append(h("div", { class: "ph" }, this.#title, this.#state, right), this.#svg, h("ul", { class: "sr" }, ...this.#list));
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log))) return;
    const name = hostOrder(store.current.log)[this.#index] ?? "";
    const host = store.world.hosts.get(name);
    const sock = primary(host);
    const steps = walked(host);
    const key = `${name} ${store.current.log.meta ? 1 : 0} ${sock?.sock ?? 0} ${sock?.state} ${steps.length}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const say = this.#say;
    const state = sock?.state ?? "CLOSED";
    setText(this.#title, say.host(name || (usualHosts[this.#index] ?? "")));
    this.#state.replaceChildren(chip(state));
    this.#lightArrows(steps);
    this.#lightNodes(state, steps);
    const seen = [...new Set(steps.map((x) => x.from))];
    const label = say.text(seen.length > 0 ? "states.label" : "states.none", { host: say.host(name), state, seen: seen.join(", ") });
    set(this.#svg, "aria-label", label);
  }

  #lightArrows(steps: readonly { from: string; to: string }[]): void {
    const id = `fw-arrow-${this.#index}`;
    let count = 0;
    arrows.forEach((a, i) => {
      const on = steps.some((x) => x.from === a.from && x.to === a.to);
      if (on) count++;
      this.#arrows[i]!.classList.toggle("on", on);
      set(this.#arrows[i]!, "marker-end", `url(#${id}-${on ? "on" : "off"})`);
      this.#labels[i]!.classList.toggle("on", on);
      setText(this.#list[i]!, `${a.from} → ${a.to} (${a.label}): ${this.#say.text(on ? "states.seen" : "states.unseen")}`);
    });
    [...this.#cover.children].forEach((el, i) => el.classList.toggle("on", i < count));
    setText(this.#count, this.#say.text("states.arrows", { n: count, all: arrows.length }));
  }

  #lightNodes(state: string, steps: readonly { from: string; to: string }[]): void {
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

function marker(id: string, cls: string): SVGMarkerElement {
  return s("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: cls === "on" ? 9 : 7, markerHeight: cls === "on" ? 9 : 7,
    orient: "auto", markerUnits: "userSpaceOnUse" }, s("path", { d: "M0 .8L8 4L0 7.2z", class: `ah-${cls}` }));
}
