// The playhead of a stage: where it stands in what is shown, and how it moves. One clock for all panels.
import type { Branch } from "./branch.ts";
import { Lens, type Track } from "./lens.ts";
import type { World } from "./model.ts";
import { changed, type Moment, type Panel, type Playhead } from "./panel.ts";
import { upTo } from "./search.ts";
import { Turns } from "./turns.ts";

export abstract class Playback {
  at: Playhead = { n: 0, t: 0, w: 0, y: 0 };
  /** The time lens of the current run, and of those it is shown with: its ladder, and how it plays. */
  lens: Lens;
  /** How far the ladder's time is from the lens' own scale, 0, to the linear one, 1. */
  scale = 0;
  /** One axis for all lanes: the scrubber. */
  axis: Lens;
  playing = false;
  /** The last move was one step: what came of it is read out. */
  stepping = false;
  speed = 1;
  selected: number | undefined;
  /** The run that the ladder shows faintly behind the current one. */
  compared: Branch | undefined;
  /** The runs side by side, two to four, in their order; empty where one is shown. */
  twin: readonly Branch[] = [];
  busy = false;
  /** Moves by events, one a second, instead of in time. */
  reduced = false;
  onMove: () => void = () => {};
  /** The run waits for the reader, who wants it to go on. */
  onHeld: () => void = () => {};

  protected lastFrame = 0;
  /** Runs have grown since the lens was laid. */
  protected relens = false;
  protected pendingAt: Moment | undefined;
  #schedule: () => void;
  #panels = new Turns<Panel>();
  #bits = 0;
  #world: World | undefined;
  #owed = 0;
  #followed: Track | undefined; // where the run lies on the lens of the playhead that this one follows
  #laid: readonly Branch[] = []; // the runs of the lens, the current one first

  constructor(schedule: () => void) {
    this.#schedule = schedule;
    this.lens = this.axis = new Lens([]);
  }

  /** The run that is shown. */
  abstract get current(): Branch;
  /** The runs that have a lane. */
  abstract get branches(): readonly Branch[];
  protected abstract drawPanel(p: Panel, bits: number): void;
  /** The playhead has moved: more events may be wanted. */
  protected abstract pump(): void;

  subscribe(p: Panel): void {
    this.#panels.add(p);
  }

  /** The hosts at the playhead. */
  get world(): World {
    return (this.#world ??= this.current.replay.at(this.at.n));
  }

  get track(): Track {
    return this.#followed ?? this.lens.tracks[0]!;
  }

  /** Where a run's events lie on the lens; undefined for one that is not laid out. */
  trackOf(b: Branch): Track | undefined {
    return this.lens.tracks[this.#laid.indexOf(b)];
  }

  /** Where the playhead is on the axis of all runs. */
  get axisY(): number {
    const track = this.axis.tracks[this.branches.indexOf(this.current)];
    return Math.max(this.axis.atTime(this.at.t).y, track?.y[this.at.n - 1] ?? 0);
  }

  /** Index of the latest event shown that a step stops at; -1 before the first. */
  get latest(): number {
    const { log } = this.current;
    return log.stops[log.stopsBefore(this.at.n) - 1] ?? -1;
  }

  /** The run waits, at all that may be seen of it. */
  get held(): boolean {
    const { hold, log } = this.current;
    return hold !== undefined && hold.reached(log.events.length) && log.stopsBefore(this.at.n) >= log.stops.length;
  }

  get atEnd(): boolean {
    const { log } = this.current;
    if (this.twin.some((b) => !b.log.end || this.at.t < b.log.length)) return false;
    return log.end !== undefined && this.at.n >= log.events.length;
  }

  /** The length of what is shown in µs. */
  get #length(): number {
    return Math.max(...[this.current, ...this.twin].map((b) => b.log.length));
  }

  invalidate(bits: number): void {
    this.#bits |= bits;
    this.#schedule();
  }

  play(): void {
    if (this.held) {
      this.onHeld();
      return;
    }
    this.#unselect();
    if (this.atEnd) this.#place(this.current.log.countAtStop(-1));
    this.playing = true;
    this.stepping = false;
    this.lastFrame = 0;
    this.#owed = 1000;
    this.invalidate(changed.status | changed.time);
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.invalidate(changed.status);
    this.onMove();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.invalidate(changed.status);
  }

  /** Moves by count events, negative for back. */
  step(count: number): void {
    if (this.twin.length > 0) {
      this.#stepTwin(count);
      return;
    }
    const { log } = this.current;
    const here = log.stopsBefore(this.at.n) - 1;
    // Between two events, one step back is to the one that is just past.
    const past = this.at.n > 0 && this.at.t > (log.events[this.at.n - 1]?.t ?? 0);
    const to = here + count + (past && count < 0 ? 1 : 0);
    const wait = this.held && count > 0;
    this.#stand(log.countAtStop(Math.max(-1, Math.min(log.stops.length - 1, to))));
    if (wait) this.onHeld();
  }

  /** Of runs side by side, a step is to the next moment at which any of them has an event. */
  #stepTwin(count: number): void {
    let { t } = this.at;
    for (let i = Math.abs(count); i > 0; i--) {
      const times = this.twin.map(({ log }) => {
        const n = log.stopsBefore(log.countAt(count > 0 ? t : Math.ceil(t) - 1));
        return log.events[log.stops[count > 0 ? n : n - 1] ?? -1]?.t ?? (count > 0 ? Infinity : 0);
      });
      const next = count > 0 ? Math.min(...times) : Math.max(...times);
      if (next !== Infinity) t = next;
    }
    this.#standAt(t);
  }

  #standAt(t: number): void {
    this.#unselect();
    this.playing = false;
    this.go(t, this.current.log.countAt(t));
    this.stepping = true;
    this.invalidate(changed.status);
    this.onMove();
  }

  /** Moves to the first or the last event. */
  jump(end: boolean): void {
    if (end && this.twin.length > 0) this.#standAt(this.#length);
    else this.#stand(end ? this.current.log.events.length : this.current.log.countAtStop(-1));
    if (end && this.held) this.onHeld();
  }

  /** Moves to just after event seq. */
  seekEvent(seq: number): void {
    const { log } = this.current;
    const stop = log.stopsBefore(seq + 1) - 1;
    this.#stand(log.stops[stop] === seq ? log.countAtStop(stop) : Math.min(seq + 1, log.events.length));
    if (this.held && seq >= log.events.length) this.onHeld();
  }

  /** Stops playing and stands behind the first n events. */
  #stand(n: number): void {
    this.#unselect();
    this.playing = false;
    this.stepping = true;
    this.#place(n);
    this.invalidate(changed.status);
    this.onMove();
  }

  /** Moves to a time in µs. */
  seek(t: number): void {
    this.#unselect();
    if (this.relens) this.rebuild();
    t = Math.max(0, Math.min(t, this.#length));
    this.go(t, this.current.log.countAt(t));
    this.stepping = false;
    this.onMove();
  }

  /** Draws the ladder's time in another scale; the playhead stays. */
  setScale(scale: number): void {
    this.scale = scale;
    this.rebuild();
    this.go(this.at.t, this.at.n);
    this.invalidate(changed.log | changed.events | changed.time | changed.status);
  }

  select(seq: number | undefined): void {
    this.selected = seq;
    this.invalidate(changed.select);
  }

  /** What was selected is let go when the playhead moves: then the latest event is the one that is explained. */
  #unselect(): void {
    if (this.selected !== undefined) this.select(undefined);
  }

  /** Stands at the last of the first n events. */
  #place(n: number): void {
    if (this.relens) this.rebuild();
    const e = this.current.log.events[n - 1];
    const { w, y } = this.track;
    this.at = { n, t: e?.t ?? 0, w: w[n - 1] ?? 0, y: y[n - 1] ?? 0 };
    this.#moved();
  }

  protected go(t: number, n: number): void {
    if (this.relens) this.rebuild();
    const place = this.lens.atTime(t);
    const { w, y } = this.track;
    this.at = { n, t, w: Math.max(place.w, w[n - 1] ?? 0), y: Math.max(place.y, y[n - 1] ?? 0) };
    this.#moved();
  }

  #moved(): void {
    this.#world = undefined;
    this.current.seen = Math.max(this.current.seen, this.at.n);
    this.pump();
    this.invalidate(changed.events | changed.time);
  }

  protected rebuild(): void {
    this.relens = false;
    const others = this.twin.length > 0 ? this.twin.filter((b) => b !== this.current) : this.compared ? [this.compared] : [];
    this.#laid = [this.current, ...others];
    this.lens = new Lens(this.#laid.map((b) => b.log), this.scale);
    this.axis = this.branches.length > 1 || this.scale > 0 ? new Lens(this.branches.map((b) => b.log)) : this.lens;
  }

  /** One frame. Returns whether the next one is wanted. */
  frame(now: number): boolean {
    if (this.relens) {
      this.rebuild();
      this.settle();
    }
    if (this.playing && !this.busy) this.#advance(this.lastFrame === 0 ? 0 : Math.min(100, now - this.lastFrame));
    this.lastFrame = now;
    this.flush();
    return this.playing || this.#bits !== 0;
  }

  /** Lets the panels draw what has changed, each in its turn. */
  flush(): void {
    const bits = this.#bits;
    this.#bits = 0;
    this.#panels.draw(bits, this.playing, (p, due) => this.drawPanel(p, due));
  }

  /** How many events of another run are shown, which lies beside the current one on the lens. */
  shownOf(b: Branch): number {
    const { log } = this.current;
    if (b === this.current) return this.at.n;
    const next = log.events[this.at.n];
    const track = this.trackOf(b);
    return !track || !next || next.t > this.at.t ? b.log.countAt(this.at.t) : upTo(track.w, this.at.w);
  }

  /** Shows a run of another playhead's twin at the moment where that one stands. */
  protected follow(leader: Playback, b: Branch, bits: number): void {
    const n = leader.shownOf(b);
    this.lens = this.axis = leader.lens;
    this.#laid = [b];
    this.#followed = leader.trackOf(b);
    this.at = { ...leader.at, n };
    this.#world = undefined;
    Object.assign(this, { playing: leader.playing, stepping: leader.stepping, reduced: leader.reduced, scale: leader.scale, selected: b === leader.current ? leader.selected : undefined });
    this.invalidate(bits);
    this.flush();
  }

  /** After new events: stands where it was asked to, or where it stood. */
  protected settle(): void {
    const { log } = this.current;
    const p = this.pendingAt;
    if (p && log.events.length > 0 && (log.end || (p.seq !== undefined ? log.events.length > p.seq : log.length > (p.t ?? 0)))) {
      this.pendingAt = undefined;
      this.goTo(p);
    } else this.go(this.at.t, this.at.n);
  }

  protected goTo(p: Moment): void {
    const { log } = this.current;
    if (p.seq !== undefined) this.#place(Math.min(p.seq + 1, log.events.length));
    else if (p.t !== undefined) this.go(Math.min(p.t, log.length), log.countAt(p.t));
    else this.#place(log.countAtStop(-1));
    this.onMove();
  }

  #advance(dt: number): void {
    if (this.reduced) {
      this.#owed += dt * this.speed;
      if (this.#owed < 1000) return;
      this.#owed -= 1000;
      const { log } = this.current;
      this.#place(log.countAtStop(log.stopsBefore(this.at.n)));
    } else {
      const place = this.lens.atWall(this.at.w + dt * this.speed);
      const n = Math.max(this.at.n, upTo(this.track.w, place.w));
      const more = n !== this.at.n;
      this.at = { ...place, n };
      if (more) this.#moved();
      else this.invalidate(changed.time);
    }
    if (this.atEnd) this.pause();
    if (this.held) {
      this.pause();
      this.onHeld();
    }
  }
}
