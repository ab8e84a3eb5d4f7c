// The scrubber: the time of all runs on one axis, by the lens; a tick for each segment that was seen.
import { h, s, set } from "./dom.ts";
import { axisTime, clockTime, duration, segmentKind } from "./format.ts";
import type { Branch } from "./branch.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";
import { onTextSize } from "./text-size.ts";

const pad = 14;
const laneGap = 24;
const textHeight = 12; // px, with the usual text
const charWidth = 6.7;
const belowText = 14; // px from the times to the first lane

export class Scrubber {
  readonly el: HTMLDivElement;
  #svg = s("svg", { class: "scrub", height: textHeight + belowText + 20, "aria-hidden": "true" });
  #lanes = s("g", {});
  #done = s("path", { class: "lane done" });
  #ticks = s("g", {});
  #knob = s("circle", { class: "knob", r: 7.5 });
  #store: Store;
  #say: Phrases;
  #nameOf: (b: Branch) => string;
  #width = 0;
  #em = 1; // how large text is
  #left = 0;
  #seen = -1; // events whose ticks are drawn
  #lastTime = 0; // x of the last time that is written
  #end = 0; // x of the last event
  #dragging = false;

  constructor(store: Store, say: Phrases, nameOf: (b: Branch) => string) {
    this.#store = store;
    this.#say = say;
    this.#nameOf = nameOf;
    this.#svg.append(this.#lanes, this.#done, this.#ticks, this.#knob);
    this.el = h("div", { class: "scrubber", role: "slider", tabindex: 0, "aria-label": say.text("play.time"), "aria-valuemin": 0, "aria-valuenow": 0, "aria-valuemax": 0 });
    this.el.append(this.#svg);
    new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.#width = Math.round(entry.contentRect.width);
      this.#seen = -1;
      store.invalidate(changed.all);
    }).observe(this.el);
    onTextSize((size) => {
      this.#em = Math.max(1, size);
      this.#seen = -1;
      store.invalidate(changed.all);
    });
    this.#listen();
  }

  #listen(): void {
    const to = (e: PointerEvent): void => {
      const share = (e.clientX - this.#left - pad) / Math.max(1, this.#end - pad);
      this.#store.seek(this.#store.axis.atHeight(Math.max(0, Math.min(1, share)) * this.#store.axis.height).t);
    };
    this.el.addEventListener("pointerdown", (e) => {
      if (e.button !== 0) return;
      this.#left = this.el.getBoundingClientRect().left;
      this.#dragging = true;
      this.el.setPointerCapture(e.pointerId);
      this.#store.pause();
      to(e);
    });
    this.el.addEventListener("pointermove", (e) => {
      if (this.#dragging) to(e);
    });
    const stop = (): void => {
      this.#dragging = false;
    };
    this.el.addEventListener("pointerup", stop);
    this.el.addEventListener("pointercancel", stop);
  }

  /** The names of the runs stand to the right of their lanes. */
  #names(): string[] {
    const { branches } = this.#store;
    if (branches.length < 2) return [];
    return branches.map((b) => (this.#width < 560 ? b.name : `${b.name}  ${this.#nameOf(b)}`));
  }

  #x(y: number): number {
    return pad + (y / Math.max(1, this.#store.axis.height)) * (this.#end - pad);
  }

  get #firstLane(): number {
    return textHeight * this.#em + belowText;
  }

  #laneY(b: Branch): number {
    return this.#firstLane + laneGap * this.#store.branches.indexOf(b);
  }

  draw(bits: number): void {
    if (this.#width === 0) return;
    const { current } = this.#store;
    if (bits & (changed.log | changed.status) || this.#seen < 0) this.#drawLanes();
    if (bits & (changed.log | changed.status) || this.#seen < 0 || this.#seen > current.seen) this.#clearTicks();
    if (this.#seen !== current.seen) this.#drawTicks();
    if (!(bits & (changed.time | changed.events | changed.log))) return;
    // Nobody sees less than half a pixel, and in most frames it is less.
    const [x, y] = [Math.round(2 * this.#x(this.#store.axisY)) / 2, this.#laneY(current)];
    set(this.#knob, "transform", `translate(${x} ${y})`);
    set(this.#done, "d", this.#path(current, x));
    if (bits & changed.events || !this.#store.playing) this.#describe();
  }

  #describe(): void {
    const { at, current } = this.#store;
    set(this.el, "aria-valuemax", Math.round(current.log.length / 1000));
    set(this.el, "aria-valuenow", Math.round(at.t / 1000));
    set(this.el, "aria-valuetext", this.#say.text("play.value", {
      time: clockTime(at.t), n: current.log.stopsBefore(at.n), all: current.log.stops.length, run: current.name,
    }));
  }

  /** A run's line up to x: along its parent's lane to the fork, and from there along its own. */
  #path(b: Branch, x: number): string {
    const y = this.#laneY(b);
    if (!b.parent || !this.#store.branches.includes(b.parent)) return `M${pad} ${y}H${x.toFixed(1)}`;
    const fork = this.#x(this.#store.axis.atTime(b.forkAt).y);
    if (x <= fork + 4) return this.#path(b.parent, x);
    const bend = Math.min(18, x - fork);
    return `${this.#path(b.parent, fork)}C${fork + bend / 2} ${this.#laneY(b.parent)} ${fork + bend / 2} ${y} ${fork + bend} ${y}H${x.toFixed(1)}`;
  }

  #drawLanes(): void {
    const { branches, current, axis } = this.#store;
    const height = this.#firstLane + laneGap * (branches.length - 1) + 20;
    set(this.#svg, "viewBox", `0 0 ${this.#width} ${height}`);
    set(this.#svg, "height", height);
    const names = this.#names();
    const widest = Math.max(0, ...names.map((n) => n.length));
    this.#end = this.#width - pad - (widest > 0 ? Math.min(this.#width * 0.36, widest * charWidth * this.#em + 10) : 0);
    this.#lanes.replaceChildren();
    for (const [i, b] of branches.entries()) {
      const to = this.#x(axis.atTime(b.log.length).y);
      this.#lanes.append(s("path", { class: b === current ? "lane" : "lane alt", d: this.#path(b, to) }));
      if (branches.length < 2) continue;
      this.#lanes.append(s("text", { class: b === current ? "b" : "a", x: this.#end + 12, y: this.#laneY(b) + 4 }, names[i] ?? ""));
      if (!b.parent || !branches.includes(b.parent)) continue;
      const fork = this.#x(axis.atTime(b.forkAt).y);
      this.#lanes.append(s("circle", { class: "fk", cx: fork, cy: this.#laneY(b.parent), r: 4.5 }));
      if (fork > 130 * this.#em) {
        this.#lanes.append(s("text", { x: fork - 8, y: this.#laneY(b) + 6, "text-anchor": "end" }, this.#say.text("branch.at", { time: duration(b.forkAt) })));
      }
    }
  }

  #time(x: number, text: string, anchor = "middle"): void {
    this.#ticks.append(s("text", { x, y: textHeight * this.#em, "text-anchor": anchor }, text));
  }

  #clearTicks(): void {
    const { axis, branches } = this.#store;
    this.#ticks.replaceChildren();
    this.#seen = 0;
    this.#lastTime = pad;
    this.#time(pad, "0", "start");
    if (axis.height > 0) this.#time(this.#end, duration(Math.max(...branches.map((b) => b.log.length))), "end");
  }

  /** The run in whose lane the current one is at time t: the one that it had not forked from yet. */
  #bearer(t: number): Branch {
    const { branches, current } = this.#store;
    let b = current;
    while (b.parent && branches.includes(b.parent) && t <= b.forkAt) b = b.parent;
    return b;
  }

  /** Draws the ticks of what was seen since the last time. */
  #drawTicks(): void {
    const { axis, branches, current } = this.#store;
    const track = axis.tracks[branches.indexOf(current)];
    const from = this.#seen;
    this.#seen = current.seen;
    for (const { sent } of current.log.segments.values()) {
      if (sent.seq < from) continue;
      if (sent.seq >= current.seen) break;
      const x = this.#x(track?.y[sent.seq] ?? 0);
      const y = this.#laneY(this.#bearer(sent.t));
      this.#ticks.append(s("path", { class: `tk seg-${segmentKind(sent)}`, d: `M${x.toFixed(1)} ${y - 6}v12` }));
      if (x - this.#lastTime < 44 * this.#em || x > this.#end - 64 * this.#em) continue;
      this.#time(x, axisTime(sent.t));
      this.#lastTime = x;
    }
  }
}
