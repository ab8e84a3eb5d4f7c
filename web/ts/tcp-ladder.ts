// <tcp-ladder>: the time-sequence diagram. It draws what is near the playhead, and in a frame touches what moves only.
import { afterDrawing } from "./clock.ts";
import { button, h, hide, s, set, setText } from "./dom.ts";
import { nowTime, tenth } from "./format.ts";
import { LadderChoice } from "./ladder-choice.ts";
import { LadderHosts } from "./ladder-hosts.ts";
import { LadderMarks } from "./ladder-marks.ts";
import { LadderOpen } from "./ladder-open.ts";
import { LadderOther } from "./ladder-other.ts";
import { LadderStill } from "./ladder-still.ts";
import { LadderTimers } from "./ladder-timers.ts";
import { LadderWires } from "./ladder-wires.ts";
import { addressesOfNoHost, type Columns, columns, type Lifeline, textWidth } from "./lifelines.ts";
import { primary } from "./model.ts";
import type { Phrases } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";
import { buildScene, type Scene } from "./scene.ts";
import { same } from "./same.ts";
import { changed, inTurn, type Panel, type Store } from "./store.ts";
import { onTextSize } from "./text-size.ts";

/** The height of the drawing above the lens, in px. */
export const ladderTop = 18;
const top = ladderTop;
const least = 160; // px of the ladder in sight, below which its whole view counts
const narrowest = 340; // px of the drawing, below which larger text would have no room
const narrowestMore = 90; // px, for each lifeline after the second
const headHeight = 46;
const betweenEnds = 12; // px
const sights = Array.from({ length: 41 }, (_, i) => i / 40);
const tallest = 140; // px of a segment that its menu keeps clear
const margin = 240; // px beyond the view that are drawn ahead

export class TcpLadder extends HTMLElement implements Panel {
  readonly hosts = new LadderHosts();
  #say!: Phrases;
  #store!: Store;
  #scene: Scene | undefined;
  #heads = s("svg", { class: "lad heads", height: headHeight, "aria-hidden": "true" });
  #addresses: SVGElement[] = [];
  #scroll = h("div", { class: "ladscroll", tabindex: 0 });
  #svg = s("svg", { class: "lad", role: "group" });
  #timers!: LadderTimers;
  #other = new LadderOther(top);
  #marks!: LadderMarks;
  #choice = new LadderChoice(top);
  #still = new LadderStill(top);
  #wires!: LadderWires;
  #now = s("g", { class: "now", "aria-hidden": "true" });
  #nowTag = s("path", { class: "nowtag" });
  #nowText = s("text", { class: "tick nowt", y: 4, "text-anchor": "end" });
  #open = new LadderOpen(top);
  #life = s("g", {});
  #ahead = s("path", { class: "life ahead" });
  #box = { width: 0, height: 0 }; // of the view on the page; all else is in px of the drawing
  #textSize = 1;
  #zoom = 1; // px of the page for one of the drawing
  #width = 0;
  #height = 0;
  #visible = { from: 0, height: 0 }; // the part of the view that is within the window
  #top = 0; // scrolled to
  #follow = true;
  #setTop = -1; // what the last frame scrolled to
  #from = Infinity; // what is drawn
  #to = -Infinity;
  #late = false; // something of a burst is yet to appear
  #contentHeight = 0;
  #yNow = 0;
  #paper = false;
  #hint = h("div", { class: "ladhint" });
  #scale = 0; // of what is drawn
  #anchor: number | undefined; // where in the view the playhead is to stay, px
  #rest = 0; // what rounding left of it, so that many steps do not add up

  attach(store: Store, say: Phrases): void {
    this.#store = store;
    this.#say = say;
    this.#timers = new LadderTimers(say);
    this.#wires = new LadderWires(say, top);
    this.#svg.setAttribute("aria-label", say.text("ladder.label"));
    this.#scroll.setAttribute("aria-label", say.text("ladder.label"));
    this.#scroll.setAttribute("role", "region");
    this.#now.append(this.#nowTag, this.#nowText);
    this.#svg.append(this.#ahead, this.#still.axis, this.#life, this.#timers.bands, this.#other.el, this.#still.bands, this.#open.el,
      this.#now, this.#wires.el, this.#wires.notes, this.#still.labels, this.#choice.el, this.#timers.rings);
    this.#scroll.append(this.#svg);
    this.#hint.append(button("btn primary", "play", say.text("play.play"), () => store.play()), h("p", {}, say.text("stage.hint")));
    this.append(h("div", { class: "headbox" }, this.#heads), this.hosts.el, h("div", { class: "ladbox" }, this.#scroll), this.#hint);
    new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.#box = entry.contentRect;
      store.invalidate(changed.all);
    }).observe(this.#scroll);
    onTextSize((size) => {
      this.#textSize = size;
      store.invalidate(changed.all);
    });
    new IntersectionObserver((entries) => {
      const { intersectionRect: seen, boundingClientRect: whole } = entries.at(-1)!;
      const [from, height] = seen.height < least ? [0, whole.height] : [seen.top - whole.top, seen.height];
      this.#visible = { from: from / this.#zoom, height: height / this.#zoom };
    }, { threshold: sights, rootMargin: "-48px 0px 0px 0px" }).observe(this.#scroll);
    this.#scroll.addEventListener("scroll", () => {
      const y = this.#scroll.scrollTop / this.#zoom;
      if (Math.abs(y - this.#setTop) >= 1) this.#rest = 0;
      if (Math.abs(y - this.#setTop) > 2) this.#follow = false;
      this.#top = y;
      if (y < this.#from || y + this.#height > this.#to) store.invalidate(changed.events);
    }, { passive: true });
    const point = (e: PointerEvent | FocusEvent): void => {
      const id = this.segmentOf(e.type === "pointerout" || e.type === "focusout" ? e.relatedTarget : e.target);
      if (id !== undefined || e.type !== "focusin") this.#wires.point(id); // a press beside segments takes nothing from the pointer
    };
    for (const type of ["pointerover", "pointerout", "focusin", "focusout"] as const) this.#svg.addEventListener(type, point);
    this.#svg.addEventListener("click", (e) => {
      const seq = e.target instanceof Element ? e.target.closest<SVGElement>("[data-seq]")?.dataset["seq"] : undefined;
      if (seq !== undefined) store.select(Number(seq));
    });
    store.subscribe(this);
    store.subscribe(inTurn(changed.time | changed.events | changed.log, ({ at }) => setText(this.#nowText, nowTime(at.t))));
  }

  /** Gives the drawing as much room as the size of its text leaves it. */
  #fit(): void {
    const more = Math.max(0, (this.#store.current.log.meta?.hosts.length ?? 0) - 2);
    this.#zoom = Math.max(1, Math.min(this.#textSize, this.#box.width / (narrowest + more * narrowestMore)));
    this.#width = Math.round(this.#box.width / this.#zoom);
    this.#height = Math.round(this.#box.height / this.#zoom);
    if (this.#visible.height === 0) this.#visible.height = this.#height;
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
    const next = this.#wires.beside(from, back);
    next?.el.focus();
    return next !== undefined;
  }

  focusSegment(id: number): void {
    this.#wires.of(id)?.el.focus();
  }

  /** The host of the first lifeline, or of the last one. */
  hostAt(end: "first" | "last"): string | undefined {
    const hosts = this.#scene?.columns.lines.filter((l) => l.host !== "") ?? [];
    return hosts.at(end === "first" ? 0 : -1)?.host;
  }

  /** Where a segment's head is, and how high what is drawn of it, in px of this element, for a menu beside it. */
  placeOf(id: number): { x: number; y: number; yTo: number } | undefined {
    const d = this.#wires.of(id);
    const down = (y: number): number => this.#scroll.offsetTop + (y - this.#top) * this.#zoom;
    return d && { x: d.head.x * this.#zoom, y: down(Math.max(d.from, d.head.y - tallest)), yTo: down(d.head.y) };
  }

  draw(store: Store, bits: number): void {
    if (this.#box.width === 0) return;
    hide(this.#hint, store.playing || store.at.n !== 1 || store.failure !== undefined);
    const focused = bits & ~(changed.time | changed.status) ? this.segmentOf(document.activeElement) : undefined;
    if (bits & changed.log) this.#fit();
    if (bits & changed.log || !this.#scene || this.#scene.columns.width !== this.#width) this.#rebuild();
    if (this.#late || bits & (changed.log | changed.events | changed.select)) this.#reveal();
    if (focused !== undefined && !this.segmentOf(document.activeElement)) this.#refocus(focused);
    if (bits & changed.status && (store.playing || store.stepping)) this.#follow = true;
    if (bits & ~changed.status) this.#move();
  }

  /** Gives the keyboard back to a segment that was drawn anew, or else to the ladder: it stays in the stage. */
  #refocus(id: number): void {
    afterDrawing(() => {
      const el = this.#wires.of(id)?.el ?? this.#scroll;
      el.focus({ preventScroll: true });
      this.#wires.rove();
    });
  }

  #y(y: number): number {
    return top + y;
  }

  /** Lays the run out. What has its place as before stays drawn. */
  #rebuild(): void {
    const { current, compared, track, lens } = this.#store;
    const laid = columns(this.#width, compared ? [current.log, compared.log] : [current.log]);
    const before = this.#scene?.columns;
    const c = before && same(laid, before) ? before : laid;
    if (c !== before) this.#setColumns(c);
    this.#scene = buildScene(current.log, track, lens, c);
    this.#from = Infinity;
    this.#contentHeight = 0;
    this.#drawHeads();
    if (this.#scale !== this.#store.scale) {
      this.#scale = this.#store.scale;
      this.#anchor ??= this.#yNow - this.#top - this.#rest;
    }
    this.#other.rebuild(this.#store, c);
  }

  #setColumns(c: Columns): void {
    this.#still.clear();
    this.#life.replaceChildren(...c.lines.filter((l) => l.host !== "").map((l) => s("line", { class: "life", x1: l.x, x2: l.x, y1: 0 })));
    this.#now.querySelectorAll(".nowline").forEach((el) => el.remove());
    this.#now.prepend(...nowLines(c));
    set(this.#nowTag, "d", `M3 -9h${42 + c.more}l6 9l-6 9h${-42 - c.more}a3 3 0 0 1 -3 -3v-12a3 3 0 0 1 3 -3z`);
    set(this.#nowText, "x", 45 + c.more);
    this.#marks = new LadderMarks(this.#say, c, top, (name) => this.#timers.name(name));
    this.#timers.reset(c);
  }

  #drawHeads(): void {
    const c = this.#scene!.columns;
    set(this.#heads, "viewBox", `0 0 ${c.width} ${headHeight}`);
    set(this.#heads, "height", headHeight * this.#zoom);
    this.#heads.replaceChildren(s("text", { class: "tick", x: c.axis, y: 20, "text-anchor": "end" }, this.#say.text("ladder.ms")));
    this.hosts.place(c, this.#zoom, this.#say);
    this.#addresses = c.lines.map((line) => {
      const [name, address] = headOf(line, this.#store.current.log, this.#say);
      this.#heads.append(name, address);
      return address;
    });
  }

  /** Shows what has happened and lies near the view, and takes the rest away. */
  #reveal(): void {
    const scene = this.#scene!;
    const { at, world } = this.#store;
    this.#from = this.#paper ? -Infinity : Math.max(0, this.#top - margin);
    this.#to = this.#paper ? Infinity : this.#top + this.#height + margin;
    const [first, last] = [Math.max(0, this.#from), Math.min(this.#to, Math.max(this.#y(this.#store.lens.height), this.#timers.bottom) + 2000)];
    this.#ahead.setAttribute("d", scene.columns.lines.map((l) => `M${l.x} ${first}V${last}`).join(""));
    const window = { from: this.#from, to: this.#to };
    const all = this.#still.show(this.#store, scene, this.#marks, window);
    this.#open.set(scene.bands.filter((b) => b.seq < at.n && b.toSeq >= at.n));
    this.#late = !this.#wires.show(this.#store, scene, window) || !all;
    this.#choice.show(this.#store, scene, (seq) => this.#still.named(seq));
    this.#timers.set(world, scene, this.#store);
    this.#nameEnds(scene.columns.lines);
  }

  /** Of two hosts, says which ports they use, where that has room between the lifelines. */
  #nameEnds(lines: readonly Lifeline[]): void {
    const [a, b, third] = lines;
    if (!a || third) return;
    const ends = lines.map(({ host }) => primary(this.#store.world.hosts.get(host))?.local ?? "");
    if (b && ends.reduce((sum, end) => sum + textWidth(end), 0) / 2 + betweenEnds > b.x - a.x) return;
    ends.forEach((end, i) => end !== "" && setText(this.#addresses[i]!, end));
  }

  #move(): void {
    const { at } = this.#store;
    const y = (this.#yNow = this.#y(at.y));
    this.#now.style.transform = `translateY(${tenth(y)}px)`;
    this.#open.move(at.y);
    const yText = String(tenth(y));
    for (const l of this.#life.children) l.setAttribute("y2", yText);
    this.#wires.move(at.y);
    this.#timers.move(at, y);
    this.#other.move(at.y);
    const below = this.#height - this.#visible.from - this.#visible.height;
    const end = this.#paper ? Math.max(y, this.#timers.bottom) + 24 : Math.max(this.#y(this.#store.lens.height), this.#timers.bottom) + 52 + below;
    const content = Math.ceil(end);
    if (content !== this.#contentHeight) {
      this.#contentHeight = content;
      const height = this.#paper ? content : Math.max(content, this.#height);
      this.#svg.setAttribute("height", String(height * this.#zoom));
      this.#svg.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    }
    this.#scrollTo(y);
  }

  #scrolls(): void {
    const to = this.#top;
    afterDrawing(() => (this.#scroll.scrollTop = to * this.#zoom));
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
function headOf(line: Lifeline, log: RunLog, say: Phrases): [name: SVGElement, address: SVGElement] {
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
