// <tcp-ladder>: the time-sequence diagram. It draws what is near the playhead, and in a frame touches what moves only.
import { afterDrawing } from "./clock.ts";
import { button, h, hide, s, set, setText } from "./dom.ts";
import { axisTime, duration, nowTime } from "./format.ts";
import { LadderChoice } from "./ladder-choice.ts";
import { LadderHosts } from "./ladder-hosts.ts";
import { LadderMarks } from "./ladder-marks.ts";
import { LadderOpen } from "./ladder-open.ts";
import { LadderOther } from "./ladder-other.ts";
import { LadderTimers } from "./ladder-timers.ts";
import { drawWire, type DrawnWire } from "./ladder-wire.ts";
import { flight } from "./flight.ts";
import { addressesOfNoHost, type Columns, columns, type Lifeline } from "./lifelines.ts";
import { primary, type RunLog } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import { buildScene, type Scene } from "./scene.ts";
import { prefix } from "./search.ts";
import { changed, type Panel, type Store } from "./store.ts";
import type { Wire } from "./wire.ts";

/** The height of the drawing above the lens, in px. */
export const ladderTop = 18;
const top = ladderTop;
const least = 160; // px of the ladder in sight, below which its whole view counts
const sights = Array.from({ length: 41 }, (_, i) => i / 40);
const mostHaloes = 8; // segments in flight, beyond which they are drawn with less
const margin = 240; // px beyond the view that are drawn ahead
const rungs = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1e6, 2e6, 5e6, 1e7, 3e7, 6e7, 3e8, 6e8, 3.6e9]; // µs

interface Drawn {
  el: SVGElement;
  y: number;
  yTo: number;
  seq: number;
}

export class TcpLadder extends HTMLElement implements Panel {
  readonly hosts = new LadderHosts();
  #say!: Phrases;
  #store!: Store;
  #scene: Scene | undefined;
  #heads = s("svg", { class: "lad heads", height: 46, "aria-hidden": "true" });
  #scroll = h("div", { class: "ladscroll", tabindex: 0 });
  #svg = s("svg", { class: "lad", role: "group" });
  #static = s("g", {});
  #bands = s("g", {});
  #timers!: LadderTimers;
  #other = new LadderOther(top);
  #marks!: LadderMarks;
  #choice = new LadderChoice(top);
  #labels = s("g", {});
  #wires = s("g", {});
  #notes = s("g", {});
  #now = s("g", { class: "now", "aria-hidden": "true" });
  #nowText = s("text", { class: "tick nowt", x: 45, y: 4, "text-anchor": "end" });
  #open = new LadderOpen(top);
  #life = s("path", { class: "life" });
  #drawn = new Map<string, Drawn>();
  #segments = new Map<number, DrawnWire>();
  #ahead = s("path", { class: "life ahead" });
  #width = 0;
  #height = 0;
  #visible = { from: 0, height: 0 }; // the part of the view that is within the window
  #top = 0; // scrolled to
  #follow = true;
  #setTop = -1; // what the last frame scrolled to
  #from = Infinity; // what is drawn
  #to = -Infinity;
  #contentHeight = 0;
  #yNow = 0;
  #paper = false;
  #hint = h("div", { class: "ladhint" });
  #scale = 0; // of what is drawn
  #anchor: number | undefined; // where in the view the playhead is to stay, px
  #rest = 0; // what rounding left of it, so that many steps do not add up
  #pointed: number | undefined; // the segment under the pointer, or with the focus

  attach(store: Store, say: Phrases): void {
    this.#store = store;
    this.#say = say;
    this.#timers = new LadderTimers(say);
    this.#svg.setAttribute("aria-label", say.text("ladder.label"));
    this.#scroll.setAttribute("aria-label", say.text("ladder.label"));
    this.#scroll.setAttribute("role", "region");
    this.#now.append(s("path", { class: "nowtag", d: "M3 -9h42l6 9l-6 9h-42a3 3 0 0 1 -3 -3v-12a3 3 0 0 1 3 -3z" }), this.#nowText);
    this.#svg.append(this.#ahead, this.#static, this.#life, this.#timers.bands, this.#other.el, this.#bands, this.#open.el,
      this.#now, this.#wires, this.#notes, this.#labels, this.#choice.el, this.#timers.rings);
    this.#scroll.append(this.#svg);
    this.#hint.append(button("btn primary", "play", say.text("play.play"), () => store.play()), h("p", {}, say.text("stage.hint")));
    this.append(this.#heads, this.hosts.el, this.#scroll, this.#hint);
    new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.#width = Math.round(entry.contentRect.width);
      this.#height = Math.round(entry.contentRect.height);
      if (this.#visible.height === 0) this.#visible.height = this.#height;
      store.invalidate(changed.all);
    }).observe(this.#scroll);
    new IntersectionObserver((entries) => {
      const { intersectionRect: seen, boundingClientRect: whole } = entries.at(-1)!;
      this.#visible = seen.height < least ? { from: 0, height: whole.height } : { from: seen.top - whole.top, height: seen.height };
    }, { threshold: sights, rootMargin: "-48px 0px 0px 0px" }).observe(this.#scroll);
    this.#scroll.addEventListener("scroll", () => {
      const y = this.#scroll.scrollTop;
      if (y !== this.#setTop) this.#rest = 0;
      if (Math.abs(y - this.#setTop) > 2) this.#follow = false;
      this.#top = y;
      if (y < this.#from || y + this.#height > this.#to) store.invalidate(changed.events);
    }, { passive: true });
    const point = (e: Event): void => this.#point(e.type === "pointerout" || e.type === "focusout" ? null : e.target);
    for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) this.#svg.addEventListener(type, point);
    this.#svg.addEventListener("click", (e) => {
      const seq = e.target instanceof Element ? e.target.closest<SVGElement>("[data-seq]")?.dataset["seq"] : undefined;
      if (seq !== undefined) store.select(Number(seq));
    });
    store.subscribe(this);
  }

  /** The label of the segment that is looked at says all of it. */
  #point(target: EventTarget | null): void {
    const before = this.#pointed;
    this.#pointed = this.segmentOf(target);
    if (before === this.#pointed) return;
    const chosen = before !== undefined && this.#segments.get(before)?.el.classList.contains("sel");
    if (before !== undefined && !chosen) this.#segments.get(before)?.raise(false);
    if (this.#pointed !== undefined) this.#segments.get(this.#pointed)?.raise(true);
  }

  /** Lays the run so far out in full, for paper; or, false, as a view that scrolls. */
  print(paper: boolean): void {
    this.#paper = paper;
    this.#contentHeight = 0;
    this.draw(this.#store, changed.all);
  }

  /** The segment group that has, or last had, the focus of the keyboard. */
  segmentOf(target: EventTarget | null): number | undefined {
    if (!(target instanceof Element)) return undefined;
    const id = target.closest<SVGGElement>("g[data-id]")?.dataset["id"];
    return id === undefined ? undefined : Number(id);
  }

  /** Moves the keyboard's focus among the segments shown; false where there is none further on. */
  focusNext(from: number, back: boolean): boolean {
    const ids = [...this.#segments].filter(([, d]) => d.shown).map(([id]) => id).sort((a, b) => a - b);
    const next = ids[ids.indexOf(from) + (back ? -1 : 1)];
    if (next === undefined) return false;
    this.#segments.get(next)?.el.focus();
    return true;
  }

  focusSegment(id: number): void {
    this.#segments.get(id)?.el.focus();
  }

  /** The host of the first lifeline, or of the last one. */
  hostAt(end: "first" | "last"): string | undefined {
    const hosts = this.#scene?.columns.lines.filter((l) => l.host !== "") ?? [];
    return hosts.at(end === "first" ? 0 : -1)?.host;
  }

  /** Where a segment's head is, in px of this element, for a menu beside it. */
  headOf(id: number): { x: number; y: number } | undefined {
    const d = this.#segments.get(id);
    return d && { x: d.head.x, y: d.head.y + this.#scroll.offsetTop - this.#top };
  }

  draw(store: Store, bits: number): void {
    if (this.#width === 0) return;
    hide(this.#hint, store.playing || store.at.n !== 1 || store.failure !== undefined);
    const focused = bits & ~(changed.time | changed.status) ? this.segmentOf(document.activeElement) : undefined;
    if (bits & changed.log || !this.#scene || this.#scene.columns.width !== this.#width) this.#rebuild();
    if (bits & (changed.log | changed.events | changed.select)) this.#reveal();
    if (focused !== undefined && !this.segmentOf(document.activeElement)) this.#refocus(focused);
    if (bits & changed.status && (store.playing || store.stepping)) this.#follow = true;
    if (bits & ~changed.status) this.#move();
  }

  /** Gives the keyboard back to a segment that was drawn anew, or else to the ladder: it stays in the stage. */
  #refocus(id: number): void {
    afterDrawing(() => {
      const el = this.#segments.get(id)?.el ?? this.#scroll;
      el.focus({ preventScroll: true });
      this.#rove();
    });
  }

  #y(y: number): number {
    return top + y;
  }

  #rebuild(): void {
    const { current, compared, track, lens } = this.#store;
    this.#scene = buildScene(current.log, track, lens, columns(this.#width, compared ? [current.log, compared.log] : [current.log]));
    for (const g of [this.#static, this.#bands, this.#labels, this.#wires, this.#notes]) g.replaceChildren();
    this.#drawn.clear();
    this.#segments.clear();
    this.#from = Infinity;
    this.#contentHeight = 0;
    this.#drawHeads();
    const c = this.#scene.columns;
    this.#now.querySelectorAll(".nowline").forEach((el) => el.remove());
    this.#now.prepend(...nowLines(c));
    if (this.#scale !== this.#store.scale) {
      this.#scale = this.#store.scale;
      this.#anchor ??= this.#yNow - this.#top - this.#rest;
    }
    this.#marks = new LadderMarks(this.#say, c, top, (name) => this.#timers.name(name));
    this.#timers.reset(c);
    this.#other.rebuild(this.#store, c);
  }

  #drawHeads(): void {
    const c = this.#scene!.columns;
    this.#heads.setAttribute("viewBox", `0 0 ${c.width} 46`);
    this.#heads.replaceChildren(s("text", { class: "tick", x: c.axis, y: 20, "text-anchor": "end" }, this.#say.text("ladder.ms")));
    this.hosts.place(c, this.#say);
    for (const line of c.lines) this.#heads.append(...headOf(line, this.#store.current.log, this.#say));
  }

  /** Shows what has happened and lies near the view, and takes the rest away. */
  #reveal(): void {
    const scene = this.#scene!;
    const { at, world } = this.#store;
    this.#from = this.#paper ? -Infinity : Math.max(0, this.#top - margin);
    this.#to = this.#paper ? Infinity : this.#top + this.#height + margin;
    const [first, last] = [Math.max(0, this.#from), Math.min(this.#to, Math.max(this.#y(this.#store.lens.height), this.#timers.bottom) + 2000)];
    this.#ahead.setAttribute("d", scene.columns.lines.map((l) => `M${l.x} ${first}V${last}`).join(""));
    const near = (y: number, yTo: number): boolean => this.#y(yTo) >= this.#from && this.#y(y) <= this.#to;
    const keep = new Set<string>();
    const show = (key: string, parent: SVGGElement, seq: number, y: number, yTo: number, make: () => SVGElement): void => {
      if (seq >= at.n || !near(y, yTo)) return;
      keep.add(key);
      if (this.#drawn.has(key)) return;
      const el = make();
      this.#drawn.set(key, { el, y, yTo, seq });
      parent.append(el);
    };
    const c = scene.columns;
    for (const tick of scene.ticks) {
      show(`t${tick.seq}`, this.#static, tick.seq, tick.y, tick.y, () => s("g", {},
        s("path", { class: "rule", d: `M${c.axis + 4} ${Math.round(this.#y(tick.y)) + 0.5}H${c.width}` }),
        s("text", { class: "tick", x: c.axis, y: this.#y(tick.y) + 4, "text-anchor": "end" }, tick.text)));
    }
    for (const r of this.#rungs(scene)) {
      show(`r${r.t}`, this.#static, 0, r.y, r.y, () => s("text", { class: "tick", x: c.axis, y: this.#y(r.y) + 4, "text-anchor": "end" }, axisTime(r.t)));
    }
    for (const g of scene.gaps) show(`g${g.seq}`, this.#static, g.seq, g.y, g.yTo, () => this.#marks.gap(g));
    for (const b of scene.bands) {
      if (b.toSeq < at.n) show(`b${b.seq}`, this.#bands, b.toSeq, b.y, b.yTo, () => this.#marks.band(b));
    }
    for (const l of scene.labels) show(`l${l.seq}`, this.#labels, l.seq, l.y, l.y, () => this.#marks.label(l));
    for (const w of scene.waits) {
      show(`w${w.seq}`, this.#labels, w.seq, w.y, w.yTo, () => this.#marks.wait(w));
    }
    for (const [key, d] of this.#drawn) {
      if (keep.has(key)) continue;
      d.el.remove();
      this.#drawn.delete(key);
    }
    this.#open.set(scene.bands.filter((b) => b.seq < at.n && b.toSeq >= at.n));
    for (const w of scene.wires) this.#revealWire(w, near);
    this.#choice.show(this.#store, scene, (seq) => this.#drawn.get(`l${seq}`)?.el ?? this.#drawn.get(`w${seq}`)?.el);
    this.#rove();
    this.#timers.set(world, scene, this.#store);
    for (const [i, { host }] of scene.columns.lines.length > 2 ? [] : scene.columns.lines.entries()) {
      const text = this.#heads.querySelectorAll(".addr")[i];
      const local = primary(world.hosts.get(host))?.local;
      if (text && local) setText(text, local);
    }
  }

  /** On the linear scale the axis says the time also where nothing happens, as far as now. */
  #rungs(scene: Scene): { t: number; y: number }[] {
    const { lens, at, scale } = this.#store;
    if (scale < 1) return [];
    const end = Math.min(at.t, lens.atHeight(this.#to - top).t);
    const per = rungs.find((us) => lens.atTime(end).y - lens.atTime(end - us).y >= 60) ?? rungs.at(-1)!;
    const found: { t: number; y: number }[] = [];
    for (let t = Math.ceil(lens.atHeight(Math.max(0, this.#from - top)).t / per) * per; t <= end && found.length < 60; t += per) {
      const { y } = lens.atTime(t);
      const taken = prefix(scene.ticks.length, (i) => scene.ticks[i]!.y < y - 13);
      if (!(scene.ticks[taken] && scene.ticks[taken].y < y + 13)) found.push({ t, y });
    }
    return found;
  }

  #revealWire(w: Wire, near: (y: number, yTo: number) => boolean): void {
    const { at, current, lens, track, selected } = this.#store;
    const { id } = w.segment.sent;
    let d = this.#segments.get(id);
    if (!d && (w.segment.sent.seq >= at.n || this.#y(w.y) > this.#to)) return;
    const f = flight(w.segment, at.n);
    const last = w.segment.delivers.at(-1);
    const yTo = Math.max(w.yTo, last ? (track.y[last.seq] ?? 0) : 0, lens.atTime(f.arrives).y);
    if (f.status === "unsent" || !near(w.y, yTo)) {
      if (d && d.el !== document.activeElement) {
        d.el.remove();
        d.label.remove();
        d.note.remove();
        this.#segments.delete(id);
      }
      return;
    }
    if (!d) {
      d = drawWire(w, this.#say, this.#scene!.texts.of(w.index));
      this.#segments.set(id, d);
      this.#wires.append(d.el);
      this.#notes.append(d.label, d.note);
    }
    d.update(f, at.n, current.log, lens, track, top);
    const chosen = selected === w.segment.sent.seq || w.segment.delivers.some((x) => x.seq === selected)
      || w.segment.fates.some((x) => x.seq === selected);
    d.el.classList.toggle("sel", chosen);
    d.raise(chosen || id === this.#pointed);
    const told = f.status === "flying" ? "" : `${f.status} ${f.arrives}`;
    if (told !== "" && told === d.told) return;
    d.told = told;
    const say = this.#say;
    const how = f.status === "flying" ? say.text("ladder.flying", { time: duration(Math.max(0, f.arrives - at.t)) })
      : f.status === "lost" ? say.text("ladder.lost") : say.text("ladder.delivered", { time: duration(f.arrives) });
    set(d.el, "aria-label", say.text("ladder.segment", {
      segment: this.#nameOf(w), from: say.host(w.segment.sent.from), time: duration(w.segment.sent.t),
      again: w.segment.sent.retransmission ? say.text("ladder.again") : "", how,
    }));
  }

  /** What stands on the wire, and in full where it is shortened. */
  #nameOf(w: Wire): string {
    const { flags, figures, full, shown } = this.#scene!.texts.of(w.index);
    return !shown || figures === full || figures === "" ? `${flags} ${full}` : `${flags} ${figures} (${full})`;
  }

  /** One segment is in the order of Tab: the focused one, else the newest that is in flight, else the newest. */
  #rove(): void {
    let chosen: DrawnWire | undefined;
    for (const d of this.#segments.values()) {
      if (d.el === document.activeElement) {
        chosen = d;
        break;
      }
      if (d.shown && (!chosen || d.flying || !chosen.flying)) chosen = d;
    }
    for (const d of this.#segments.values()) set(d.el, "tabindex", d === chosen ? 0 : -1);
  }

  #move(): void {
    const { at } = this.#store;
    const y = (this.#yNow = this.#y(at.y));
    this.#now.setAttribute("transform", `translate(0 ${y.toFixed(1)})`);
    setText(this.#nowText, nowTime(at.t));
    this.#open.move(at.y);
    this.#life.setAttribute("d", this.#scene!.columns.lines.filter((l) => l.host !== "").map((l) => `M${l.x} 0V${y.toFixed(1)}`).join(""));
    const flying = [...this.#segments.values()].filter((d) => d.flying);
    for (const d of flying) d.move(at.y, flying.length > mostHaloes);
    this.#timers.move(at, y);
    this.#other.move(at.y);
    const below = this.#height - this.#visible.from - this.#visible.height;
    const end = this.#paper ? Math.max(y, this.#timers.bottom) + 24 : Math.max(this.#y(this.#store.lens.height), this.#timers.bottom) + 52 + below;
    const content = Math.ceil(end);
    if (content !== this.#contentHeight) {
      this.#contentHeight = content;
      const height = this.#paper ? content : Math.max(content, this.#height);
      this.#svg.setAttribute("height", String(height));
      this.#svg.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    }
    this.#scrollTo(y);
  }

  #scrolls(): void {
    const to = this.#top;
    afterDrawing(() => (this.#scroll.scrollTop = to));
  }

  /** Keeps now in the upper part of what is in sight, with room ahead. */
  #scrollTo(y: number): void {
    if (this.#anchor !== undefined) {
      const exact = Math.max(0, y - this.#anchor);
      this.#top = this.#setTop = Math.round(exact);
      this.#rest = exact - this.#top;
      this.#anchor = undefined;
      this.#follow = false; // until the next step: what is in sight stays where it is
      this.#scrolls();
      this.#store.invalidate(changed.events);
    }
    if (this.#paper || (!this.#follow && !this.#store.playing)) return;
    const last = Math.max(0, this.#contentHeight - this.#height);
    const { from, height } = this.#visible;
    const low = y - from - height * 0.62;
    const high = y - from - height * 0.2;
    const want = Math.round(Math.max(0, Math.min(last, this.#top < low ? low : this.#top > high ? high : this.#top)));
    if (want === this.#top) return;
    this.#top = want;
    this.#setTop = want;
    this.#scrolls();
    if (want < this.#from || want + this.#height > this.#to) this.#store.invalidate(changed.events);
  }
}

/** A lifeline's head: its host's name and address, or the address that no host has. */
function headOf(line: Lifeline, log: RunLog, say: Phrases): SVGElement[] {
  const at = { x: line.x, "text-anchor": "middle" };
  const name = line.host === "" ? say.text("ladder.nohost") : say.hostHeading(line.host);
  const addr = line.host === "" ? addressesOfNoHost(log).join(" ") : (log.meta?.hosts.find((x) => x.name === line.host)?.addr ?? "");
  return [s("text", { class: "host", ...at, y: 20 }, name), s("text", { class: "addr", ...at, y: 35 }, addr)];
}

/** The line of now, to the left and to the right of the lifelines, and between them. */
function nowLines({ axis, lines, width }: Columns): SVGElement[] {
  const first = lines[0]?.x ?? width;
  const last = lines.at(-1)?.x ?? width;
  const between = lines.slice(1).map((l, i) => `M${lines[i]!.x + 6} 0H${l.x - 6}`);
  return [s("path", { class: "nowline", d: `M${axis + 4} 0H${first - 6}M${last + 6} 0H${width}` }), s("path", { class: "nowline in", d: between.join("") })];
}
