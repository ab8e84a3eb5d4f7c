// The armed timers of the ladder: the one part of the future that is drawn, since both hosts know it already.
import { s, set, setText } from "./dom.ts";
import { familyOf } from "./family.ts";
import { axisTime, duration } from "./format.ts";
import type { Lens } from "./lens.ts";
import { type Armed, primary, type World } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import type { Columns, Scene, Side } from "./scene.ts";
import type { Playhead, Store } from "./store.ts";

const top = 18;
const radius = 31;
const around = 2 * Math.PI * radius;
const tall = 1200; // px of a wait, beyond which its ring goes along with now
const mostAhead = 3000; // px of a wait that are drawn

interface Ahead {
  side: Side;
  armed: Armed;
  yFrom: number;
  yTo: number;
  band: SVGRectElement;
  text: SVGGElement;
  ring: SVGGElement | undefined;
  arc: SVGCircleElement | undefined;
  value: SVGTextElement | undefined;
  unit: string;
  key: string;
}

export class LadderTimers {
  readonly bands = s("g", {});
  readonly rings = s("g", {});
  bottom = 0;
  #say: Phrases;
  #columns: Columns | undefined;
  #ahead: Ahead[] = [];
  #reduced = false;

  constructor(say: Phrases) {
    this.#say = say;
  }

  reset(c: Columns): void {
    this.#columns = c;
    this.#clear();
  }

  name(timer: string): string {
    const key = `timer.${timer}`;
    return isPhraseKey(key) ? this.#say.text(key) : timer;
  }

  #clear(): void {
    this.bands.replaceChildren();
    this.rings.replaceChildren();
    this.#ahead = [];
    this.bottom = 0;
  }

  /** Takes over what is armed after the events shown. */
  set(world: World, scene: Scene, store: Store): void {
    const wanted: { side: Side; armed: Armed; family: string; key: string }[] = [];
    for (const [host, side] of scene.sides) {
      const sock = primary(world.hosts.get(host));
      if (!sock) continue;
      // The delayed acknowledgment is over in less than its label would take to read.
      const armed = sock.timers.filter((a) => a.timer !== "delack").sort((a, b) => b.at - a.at)[0];
      if (armed) wanted.push({ side, armed, family: familyOf(sock.state), key: `${side} ${armed.timer} ${armed.setAt} ${armed.at} ${sock.state}` });
    }
    this.#reduced = store.reduced;
    const same = wanted.length === this.#ahead.length && wanted.every((x, i) => x.key === this.#ahead[i]?.key);
    if (same && this.#ahead.every((a) => a.yTo === store.lens.atTime(a.armed.at).y)) return;
    this.#clear();
    for (const x of wanted) this.#add(x, store.lens);
  }

  #add(x: { side: Side; armed: Armed; family: string; key: string }, lens: Lens): void {
    const c = this.#columns!;
    const { side, armed } = x;
    const left = side === "left";
    const yFrom = lens.atTime(armed.setAt).y;
    const yTo = lens.atTime(armed.at).y;
    const band = s("rect", { class: `band ghost st-${x.family}`, x: c[side] - 4, width: 8 });
    const y = top + yTo;
    const text = s("g", {},
      s("path", { class: "rule", d: left ? `M${c.axis + 4} ${Math.round(y) + 0.5}H${c.left - 5}` : `M${c.right + 5} ${Math.round(y) + 0.5}H${c.width}` }),
      s("text", { class: "call dim", x: c[side] + 12, y: y + 4, "text-anchor": "start" },
        armed.timer === "time-wait" ? this.#say.text("ladder.expires") : this.name(armed.timer)));
    if (left) text.append(s("text", { class: "tick", x: c.axis, y: y + 4, "text-anchor": "end" }, axisTime(armed.at)));
    this.bands.append(band, text);
    const a: Ahead = { side, armed, yFrom, yTo, band, text, ring: undefined, arc: undefined, value: undefined, unit: "", key: x.key };
    if ((armed.timer === "time-wait" || armed.timer === "fin-wait-2") && yTo - yFrom > 2 * radius + 24) this.#addRing(a, x.family);
    this.#ahead.push(a);
    this.bottom = Math.max(this.bottom, y);
  }

  #addRing(a: Ahead, family: string): void {
    const cx = this.#columns![a.side];
    const cy = top + (a.yTo - a.yFrom > tall ? a.yFrom + 80 : (a.yFrom + a.yTo) / 2 + 8);
    const total = (a.armed.at - a.armed.setAt) / 1e6;
    a.arc = s("circle", { class: "ar", cx, cy, r: radius, transform: `rotate(-90 ${cx} ${cy})` });
    a.value = s("text", { class: "v", x: cx, y: cy + 1, "text-anchor": "middle" });
    const of = this.#say.text("ladder.ring.of", { total: String(Number(total.toFixed(1))) });
    a.ring = s("g", { class: `ring st-${family}`, role: "timer", "aria-live": "off" },
      s("circle", { class: "tr", cx, cy, r: radius }), a.arc, a.value,
      s("text", { class: "u", x: cx, y: cy + 14, "text-anchor": "middle" }, of));
    a.ring.setAttribute("aria-label", this.#say.text("ladder.ring", { timer: this.name(a.armed.timer), total: duration(a.armed.at - a.armed.setAt) }));
    this.rings.append(a.ring);
  }

  /** Follows the playhead; y is its height in the drawing. */
  move(at: Playhead, y: number): void {
    for (const a of this.#ahead) {
      const from = Math.max(y, top + a.yFrom);
      set(a.band, "y", from.toFixed(1));
      set(a.band, "height", Math.max(0, Math.min(top + a.yTo - from, mostAhead)).toFixed(1));
      if (a.ring && a.yTo - a.yFrom > tall) a.ring.setAttribute("transform", `translate(0 ${Math.min(from - top - a.yFrom, a.yTo - a.yFrom - 160).toFixed(1)})`);
      if (!a.arc || !a.value) continue;
      let left = Math.max(0, a.armed.at - at.t);
      if (this.#reduced) left = Math.ceil(left / 1e6) * 1e6;
      const share = left / Math.max(1, a.armed.at - a.armed.setAt);
      a.arc.setAttribute("stroke-dasharray", `${(share * around).toFixed(1)} ${around.toFixed(1)}`);
      setText(a.value, (left / 1e6).toFixed(this.#reduced ? 0 : left < 1e7 ? 2 : 1));
    }
  }
}
