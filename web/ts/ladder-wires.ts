// The segments of the ladder that are near the view. Those that another layout has in their place are kept.
import { onFrame } from "./clock.ts";
import { s, set } from "./dom.ts";
import { flight, type Flight } from "./flight.ts";
import { duration } from "./format.ts";
import type { Window } from "./ladder-still.ts";
import { LadderWire } from "./ladder-wire.ts";
import type { Phrases } from "./phrases.ts";
import type { Scene } from "./scene.ts";
import type { Store } from "./store.ts";
import type { Wire } from "./wire.ts";

const soon = 24; // segments beyond those shown whose labels are placed in time
const atOnce = 2; // labels placed in a frame
const mostNew = 2; // segments that appear in a frame of a run that plays, at 1×
const mostHaloes = 8; // segments in flight, beyond which they are drawn with less

export class LadderWires {
  readonly el = s("g", {});
  /** Labels and remarks, above all wires. */
  readonly notes = s("g", {});
  #say: Phrases;
  #top: number;
  #scene: Scene | undefined;
  #drawn = new Map<number, LadderWire>();
  #last = 0; // index of the last wire that is shown
  #room = Infinity; // segments that may yet appear in this frame
  #inTab: LadderWire | undefined; // the segment that is in the order of Tab
  #pointed: number | undefined; // the segment under the pointer, or with the focus

  /** top is the height of the drawing above the lens. */
  constructor(say: Phrases, top: number) {
    [this.#say, this.#top] = [say, top];
  }

  /** Shows the segments that have been sent and are within the height that is drawn, and takes the others away. While the
   * run plays, those of a burst appear over the next frames; whether all are there. */
  show(store: Store, scene: Scene, window: Window): boolean {
    if (scene !== this.#scene) this.#forget(scene);
    this.#scene = scene;
    this.#last = 0;
    this.#room = store.playing && this.#drawn.size > 0 ? Math.ceil(mostNew * Math.max(1, store.speed)) : Infinity;
    for (const w of scene.wires) this.#showWire(w, store, window);
    this.rove();
    onFrame(this.#prepare);
    return this.#room >= 0;
  }

  /** Places the labels that are needed soon, a few in each frame: all at once would hold a frame up. */
  #prepare = (): boolean => this.#scene?.texts.prepare(this.#last + soon, atOnce) ?? false;

  /** Lets go what another layout has no place for. */
  #forget(scene: Scene): void {
    const ids = new Set(scene.wires.map((w) => w.segment.sent.id));
    for (const id of [...this.#drawn.keys()]) if (!ids.has(id)) this.#remove(id);
  }

  #remove(id: number): void {
    this.#drawn.get(id)?.remove();
    this.#drawn.delete(id);
  }

  #showWire(w: Wire, store: Store, { from, to }: Window): void {
    const { at, current, lens, track, selected } = store;
    const { sent, delivers, fates } = w.segment;
    const { id } = sent;
    if (!this.#drawn.has(id) && (sent.seq >= at.n || this.#top + w.y > to)) return;
    const f = flight(w.segment, at.n);
    const last = delivers.at(-1);
    const yTo = Math.max(w.yTo, last ? (track.y[last.seq] ?? 0) : 0, lens.atTime(f.arrives).y);
    const near = this.#top + yTo >= from && this.#top + w.y <= to;
    if (f.status === "unsent" || !near) {
      if (this.#drawn.get(id)?.el !== document.activeElement) this.#remove(id);
      return;
    }
    if (!this.#drawn.has(id) && --this.#room < 0) return;
    const d = this.#wireOf(w);
    d.update(f, at.n, current.log, lens, track);
    const chosen = selected !== undefined && (selected === sent.seq || [...delivers, ...fates].some((x) => x.seq === selected));
    d.el.classList.toggle("sel", chosen);
    d.raise(chosen || id === this.#pointed);
    this.#tell(d, w, f, at.t);
    this.#last = w.index;
  }

  /** The drawing of a segment: the one that is there, where it is right. */
  #wireOf(w: Wire): LadderWire {
    const { id } = w.segment.sent;
    const text = this.#scene!.texts.of(w.index);
    const kept = this.#drawn.get(id);
    if (kept?.retake(w, text)) return kept;
    if (kept) this.#remove(id);
    const d = new LadderWire(w, this.#say, text, this.#top);
    this.#drawn.set(id, d);
    this.el.append(d.el);
    this.notes.append(d.label);
    return d;
  }

  /** Says in the segment's name how it is; while it is in flight that is of the last event. */
  #tell(d: LadderWire, w: Wire, f: Flight, t: number): void {
    const told = f.status === "flying" ? "" : `${f.status} ${f.arrives}`;
    if (told !== "" && told === d.told) return;
    d.told = told;
    const say = this.#say;
    const how = f.status === "flying" ? say.text("ladder.flying", { time: duration(Math.max(0, f.arrives - t)) })
      : f.status === "lost" ? say.text("ladder.lost") : say.text("ladder.delivered", { time: duration(f.arrives) });
    const { sent } = w.segment;
    set(d.el, "aria-label", say.text("ladder.segment", {
      segment: this.#nameOf(w), from: say.host(sent.from), time: duration(sent.t), again: sent.retransmission ? say.text("ladder.again") : "", how,
    }));
  }

  /** What stands on the wire, and in full where it is shortened. */
  #nameOf(w: Wire): string {
    const { flags, figures, full, shown } = this.#scene!.texts.of(w.index);
    return !shown || figures === full || figures === "" ? `${flags} ${full}` : `${flags} ${figures} (${full})`;
  }

  /** Lets those in flight reach height y of the lens. */
  move(y: number): void {
    const flying = [...this.#drawn.values()].filter((d) => d.flying);
    for (const d of flying) d.move(y, flying.length > mostHaloes);
  }

  /** The label of the segment that is looked at says all of it. */
  point(id: number | undefined): void {
    const before = this.#pointed;
    if (before === id) return;
    this.#pointed = id;
    const was = before === undefined ? undefined : this.#drawn.get(before);
    if (was && !was.el.classList.contains("sel")) was.raise(false);
    if (id !== undefined) this.#drawn.get(id)?.raise(true);
  }

  /** One segment is in the order of Tab: the focused one, else the newest that is in flight, else the newest. */
  rove(): void {
    let chosen: LadderWire | undefined;
    for (const d of this.#drawn.values()) {
      if (d.el === document.activeElement) {
        chosen = d;
        break;
      }
      if (!chosen || d.flying || !chosen.flying) chosen = d;
    }
    if (chosen === this.#inTab) return;
    if (this.#inTab) set(this.#inTab.el, "tabindex", -1);
    if (chosen) set(chosen.el, "tabindex", 0);
    this.#inTab = chosen;
  }

  of(id: number): LadderWire | undefined {
    return this.#drawn.get(id);
  }

  /** The segment after another one in the order of sending, or before it. */
  beside(id: number, back: boolean): LadderWire | undefined {
    const ids = [...this.#drawn.keys()].sort((a, b) => a - b);
    return this.#drawn.get(ids[ids.indexOf(id) + (back ? -1 : 1)] ?? -1);
  }
}
