// The armed timers of the ladder: the one part of the future that is drawn, since both hosts know it already.
import type { Connections } from "./connections.ts";
import { box, s, setText } from "./dom.ts";
import { familyOf } from "./family.ts";
import { axisTime, duration } from "./format.ts";
import type { Lens } from "./lens.ts";
import { type Armed, type Host, primary, type World } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { beside, type Columns, laneWidth, laneX, type Lifeline } from "./lifelines.ts";
import type { Scene } from "./scene.ts";
import type { Playhead, Store } from "./store.ts";

const top = 18;
const radius = 31;
const around = 2 * Math.PI * radius;
const tall = 1200; // px of a wait, beyond which its ring goes along with now
const mostAhead = 3000; // px of a wait that are drawn
const textGap = 14; // px between what is written at two ends

/** A timer that is to be drawn: of a socket in a lane. */
interface Wanted {
  line: Lifeline;
  lane: number;
  armed: Armed;
  family: string;
  key: string;
}

interface Ahead {
  line: Lifeline;
  armed: Armed;
  x: number;
  yFrom: number;
  yTo: number;
  band: SVGPolygonElement;
  ring: SVGGElement | undefined;
  arc: SVGCircleElement | undefined;
  value: SVGTextElement | undefined;
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
    const wanted = scene.columns.lines.flatMap((line) => wantedOn(line, world.hosts.get(line.host), store.current.log.connections));
    this.#reduced = store.reduced;
    const same = wanted.length === this.#ahead.length && wanted.every((x, i) => x.key === this.#ahead[i]?.key);
    if (same && this.#ahead.every((a) => a.yFrom === store.lens.atTime(a.armed.setAt).y && a.yTo === store.lens.atTime(a.armed.at).y)) return;
    this.#clear();
    for (const x of wanted) this.#add(x, store.lens);
  }

  #add(x: Wanted, lens: Lens): void {
    const { line, armed } = x;
    const yFrom = lens.atTime(armed.setAt).y;
    const yTo = lens.atTime(armed.at).y;
    const band = s("polygon", { class: `band ghost st-${x.family}` });
    const y = top + yTo;
    this.bands.append(band);
    const others = this.#ahead.filter((o) => o.line === line);
    if (others.every((o) => Math.abs(o.yTo - yTo) >= textGap)) this.bands.append(this.#end(line, armed, y));
    const a: Ahead = { line, armed, x: laneX(line, x.lane) - laneWidth(line) / 2, yFrom, yTo, band, ring: undefined, arc: undefined, value: undefined, key: x.key };
    const counted = (armed.timer === "time-wait" || armed.timer === "fin-wait-2") && yTo - yFrom > 2 * radius + 24;
    if (counted && !others.some((o) => o.ring)) this.#addRing(a, x.family);
    this.#ahead.push(a);
    this.bottom = Math.max(this.bottom, y);
  }

  /** Says where a timer will run out, and on the first lifeline when. */
  #end(line: Lifeline, armed: Armed, y: number): SVGGElement {
    const { axis, lines, width } = this.#columns!;
    const [first, last] = [line === lines[0], line === lines.at(-1)];
    const x = line.side === "left" ? line.x + 12 : beside(line).x;
    const el = s("g", {}, s("text", { class: "call dim", x, y: y + 4, "text-anchor": "start" },
      armed.timer === "time-wait" ? this.#say.text("ladder.expires") : this.name(armed.timer)));
    const across = Math.round(y) + 0.5;
    if (first) el.prepend(s("path", { class: "rule", d: `M${axis + 4} ${across}H${line.x - 5}` }), s("text", { class: "tick", x: axis, y: y + 4, "text-anchor": "end" }, axisTime(armed.at)));
    else if (last) el.prepend(s("path", { class: "rule", d: `M${line.x + 5} ${across}H${width}` }));
    return el;
  }

  #addRing(a: Ahead, family: string): void {
    const cx = a.line.x;
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
      a.band.setAttribute("points", box(a.x, laneWidth(a.line), from, Math.min(top + a.yTo, from + mostAhead)));
      if (a.ring && a.yTo - a.yFrom > tall) a.ring.setAttribute("transform", `translate(0 ${Math.min(from - top - a.yFrom, a.yTo - a.yFrom - 160).toFixed(1)})`);
      if (!a.arc || !a.value) continue;
      let left = Math.max(0, a.armed.at - at.t);
      const all = a.armed.at - a.armed.setAt;
      if (this.#reduced) left = Math.min(all, Math.ceil(left / 1e6) * 1e6);
      const share = left / Math.max(1, all);
      a.arc.setAttribute("stroke-dasharray", `${(share * around).toFixed(1)} ${around.toFixed(1)}`);
      setText(a.value, (left / 1e6).toFixed(this.#reduced ? (left < all ? 0 : 1) : left < 1e7 ? 2 : 1));
    }
  }
}

/** The timers to draw on a lifeline: the last to run out of its connection, or of each where it has lanes for several. */
function wantedOn(line: Lifeline, host: Host | undefined, connections: Connections): Wanted[] {
  const one = primary(host);
  const sockets = line.lanes > 1 ? [...(host?.sockets.values() ?? [])] : one ? [one] : [];
  return sockets.flatMap((sock) => {
    // The delayed acknowledgment is over in less than its label would take to read.
    const armed = sock.timers.filter((a) => a.timer !== "delack").sort((a, b) => b.at - a.at)[0];
    if (!armed) return [];
    const key = `${line.host} ${sock.sock} ${armed.timer} ${armed.setAt} ${armed.at} ${sock.state}`;
    return { line, lane: connections.laneOf(sock.steps.at(-1)?.seq ?? 0), armed, family: familyOf(sock.state), key };
  });
}
