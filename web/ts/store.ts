// The stage's store: the runs it holds, the playhead, and what the reader chose. Panels subscribe, and draw what is true
// at the playhead; nothing else is state.
import type { Do, LogEvent } from "./events.gen.ts";
import { type Branch, newBranch, nextName, runOf } from "./branch.ts";
import { Lens, type Track } from "./lens.ts";
import { canIntervene } from "./flight.ts";
import type { World } from "./model.ts";
import { upTo } from "./search.ts";
import type { Listener, OpenRequest } from "./stream.ts";

/** What changed since the last frame, as bits. */
export const changed = { log: 1, events: 2, time: 4, select: 8, status: 16, all: 31 } as const;

/** The playhead: n events are shown, the time is t, and w and y are its place on the lens. */
export interface Playhead {
  n: number;
  t: number;
  w: number;
  y: number;
}

export interface Panel {
  /** Called within a frame with the bits that changed. It must not read layout. */
  draw(store: Store, bits: number): void;
}

export interface Failure {
  code: string;
  message: string;
}

/** How a learner's intervention went. */
export type ForkResult = "done" | "none" | "late" | "offline" | Failure;

/** Where runs come from. */
export interface Source {
  readonly live: boolean;
  /** Opens a run and gives the name to close it by. */
  open(request: OpenRequest, listener: Listener): string;
  close(name: string): void;
  /** More may be wanted of the open runs. */
  pump(): void;
  retry(): void;
}

const lookAhead = 4096; // events
const mostBranches = 4;

export class Store {
  branches: Branch[] = [];
  current: Branch;
  at: Playhead = { n: 0, t: 0, w: 0, y: 0 };
  /** The time lens of the current run: its ladder, and how it plays. */
  lens: Lens;
  /** One axis for all runs: the scrubber. */
  axis: Lens;
  playing = false;
  /** The last move was one step: what came of it is read out. */
  stepping = false;
  speed = 1;
  selected: number | undefined;
  /** The run that the ladder shows faintly behind the current one. */
  compared: Branch | undefined;
  failure: Failure | undefined;
  /** How long the server lets a run wait, in ms; 0 when it does not. */
  waits = 0;
  busy = false;
  /** Moves by events, one a second, instead of in time. */
  reduced = false;
  source = "";
  onMove: () => void = () => {};

  #link: Source;
  #schedule: () => void;
  #panels: Panel[] = [];
  #bits = 0;
  #world: World | undefined;
  #lastFrame = 0;
  #owed = 0;
  #relens = false;
  #pendingAt: { t?: number | undefined; seq?: number | undefined } | undefined;
  #streams = new Map<Branch, string>();

  constructor(link: Source, schedule: () => void) {
    this.#link = link;
    this.#schedule = schedule;
    this.current = newBranch("A", [], undefined, 0);
    this.branches = [this.current];
    this.lens = this.axis = new Lens([this.current.log]);
  }

  subscribe(p: Panel): void {
    this.#panels.push(p);
  }

  /** The hosts at the playhead. */
  get world(): World {
    return (this.#world ??= this.current.replay.at(this.at.n));
  }

  get track(): Track {
    return this.lens.tracks[0]!;
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

  get atEnd(): boolean {
    const { log } = this.current;
    return log.end !== undefined && this.at.n >= log.events.length;
  }

  invalidate(bits: number): void {
    this.#bits |= bits;
    this.#schedule();
  }

  /** Drops all runs and opens this one, to stand at t µs or just after event seq. */
  open(request: OpenRequest, at: { t?: number | undefined; seq?: number | undefined } = {}): void {
    for (const name of this.#streams.values()) this.#link.close(name);
    this.#streams.clear();
    this.current = newBranch("A", request.run?.inputs ?? [], undefined, 0);
    this.branches = [this.current];
    Object.assign(this, { playing: false, stepping: false, selected: undefined, compared: undefined, failure: undefined, waits: 0, busy: false });
    this.at = { n: 0, t: 0, w: 0, y: 0 };
    this.#pendingAt = at;
    this.#relens = true;
    this.#listen(this.current, request);
    this.invalidate(changed.all);
  }

  #listen(b: Branch, request: OpenRequest, settle?: (r: ForkResult) => void): void {
    const arrived = (list: LogEvent[]): void => {
      b.log.append(list);
      b.inputs = b.log.meta?.inputs ?? b.inputs;
      if (settle) {
        if (b.log.length <= b.forkAt && !b.log.end) return;
        settle("done");
        settle = undefined;
      }
      if (!this.branches.includes(b)) return;
      this.#relens = true;
      this.invalidate(changed.log | changed.events);
    };
    this.#streams.set(b, this.#link.open(request, {
      opened: (token) => {
        b.token = token;
        this.waits = 0;
        this.invalidate(changed.status);
      },
      events: arrived,
      ended: () => {
        this.#streams.delete(b);
        arrived([]);
      },
      failed: (code, message) => {
        this.#streams.delete(b);
        this.waits = 0;
        if (settle) settle({ code, message });
        else this.failure = { code, message };
        this.invalidate(changed.all);
      },
      waits: (ms) => {
        this.waits = ms;
        this.invalidate(changed.status);
      },
      wanted: () => (this.#pendingAt ? Infinity : this.at.n + lookAhead - b.log.events.length),
    }));
  }

  play(): void {
    this.#unselect();
    if (this.atEnd) this.#place(this.current.log.countAtStop(-1));
    this.playing = true;
    this.stepping = false;
    this.#lastFrame = 0;
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
    const { log } = this.current;
    const here = log.stopsBefore(this.at.n) - 1;
    // Between two events, one step back is to the one that is just past.
    const past = this.at.n > 0 && this.at.t > (log.events[this.at.n - 1]?.t ?? 0);
    const to = here + count + (past && count < 0 ? 1 : 0);
    this.#stand(log.countAtStop(Math.max(-1, Math.min(log.stops.length - 1, to))));
  }

  /** Moves to the first or the last event. */
  jump(end: boolean): void {
    this.#stand(end ? this.current.log.events.length : this.current.log.countAtStop(-1));
  }

  /** Moves to just after event seq. */
  seekEvent(seq: number): void {
    const { log } = this.current;
    const stop = log.stopsBefore(seq + 1) - 1;
    this.#stand(log.stops[stop] === seq ? log.countAtStop(stop) : seq + 1);
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
    if (this.#relens) this.#rebuild();
    t = Math.max(0, Math.min(t, this.current.log.length));
    this.#go(t, this.current.log.countAt(t));
    this.stepping = false;
    this.onMove();
  }

  select(seq: number | undefined): void {
    this.selected = seq;
    this.invalidate(changed.select);
  }

  /** What was selected is let go when the playhead moves: then the latest event is the one that is explained. */
  #unselect(): void {
    if (this.selected !== undefined) this.select(undefined);
  }

  /** Compares the current run with the one that it was forked from, or with its latest fork; or no longer. */
  compare(): boolean {
    const { branches, current } = this;
    const other = branches.find((b) => b === current.parent) ?? branches.findLast((b) => b.parent === current) ?? branches.find((b) => b !== current);
    if (!this.compared && !other) return false;
    this.compared = this.compared ? undefined : other;
    this.#rebuild();
    this.#go(this.at.t, this.at.n);
    this.invalidate(changed.all);
    return true;
  }

  /** Shows another run at the same time. */
  show(b: Branch): void {
    if (b === this.current) return;
    if (this.compared === b) this.compared = this.current;
    this.current = b;
    this.selected = undefined;
    this.#rebuild();
    this.#go(this.at.t, b.log.countAt(this.at.t));
    this.invalidate(changed.all);
    this.onMove();
  }

  /** Makes the run in which `action` happens now, and goes on with it. */
  async intervene(action: Do): Promise<ForkResult> {
    const base = this.current;
    const at = Math.floor(this.at.t);
    const id = (action.drop ?? action.delay ?? action.duplicate)?.segment;
    const segment = id === undefined ? undefined : base.log.segments.get(id);
    if (id !== undefined && (!segment || !canIntervene(segment, this.at.n, at))) return segment ? "late" : "none";
    const run = runOf(base, this.source);
    if (!run || !base.token || !this.#link.live) {
      this.#link.retry();
      return "offline";
    }
    const inputs = [...base.inputs.filter((i) => i.at <= at), { at, do: action }];
    const branch = newBranch(nextName(this.branches), inputs, base, at);
    this.busy = true;
    const result = await new Promise<ForkResult>((settle) => {
      this.#listen(branch, { run: { ...run, inputs }, base: base.token }, settle);
    });
    this.busy = false;
    this.#lastFrame = 0;
    if (result === "done" && this.current === base) this.#adopt(branch);
    return result;
  }

  /** Whether there is something of the reader's to take back. */
  get canUndo(): boolean {
    const { inputs, parent } = this.current;
    return inputs.length > 0 && (this.#link.live || (parent !== undefined && this.branches.includes(parent)));
  }

  /** Goes back to the run that the current one was forked from; one that came by a link is without a parent until then. */
  undo(): boolean {
    if (!this.canUndo) return false;
    const { current } = this;
    if (!current.parent || !this.branches.includes(current.parent)) {
      const run = runOf(current, this.source);
      if (!run) return false;
      const inputs = current.inputs.slice(0, -1);
      if (this.branches.length === 1) current.name = "B";
      const parent = newBranch(this.branches.some((b) => b.name === "A") ? nextName(this.branches) : "A", inputs, current.parent?.parent, inputs.at(-1)?.at ?? 0);
      current.parent = parent;
      current.forkAt = current.inputs.at(-1)!.at;
      this.branches.splice(this.branches.indexOf(current), 0, parent);
      this.#listen(parent, { run: { ...run, inputs } });
      this.#pendingAt = { t: this.at.t };
    }
    this.show(current.parent);
    return true;
  }

  #adopt(b: Branch): void {
    if (this.branches.length >= mostBranches) {
      const old = this.branches.find((x) => x !== this.branches[0] && x !== this.current);
      this.branches = this.branches.filter((x) => x !== old);
    }
    if (this.compared) this.compared = this.current;
    this.branches.push(b);
    this.current = b;
    this.selected = undefined;
    this.#rebuild();
    this.#go(this.at.t, b.log.countAt(this.at.t));
    this.invalidate(changed.all);
    this.onMove();
  }

  /** Stands at the last of the first n events. */
  #place(n: number): void {
    if (this.#relens) this.#rebuild();
    const e = this.current.log.events[n - 1];
    const { w, y } = this.track;
    this.at = { n, t: e?.t ?? 0, w: w[n - 1] ?? 0, y: y[n - 1] ?? 0 };
    this.#moved();
  }

  #go(t: number, n: number): void {
    if (this.#relens) this.#rebuild();
    const place = this.lens.atTime(t);
    const { w, y } = this.track;
    this.at = { n, t, w: Math.max(place.w, w[n - 1] ?? 0), y: Math.max(place.y, y[n - 1] ?? 0) };
    this.#moved();
  }

  #moved(): void {
    this.#world = undefined;
    this.current.seen = Math.max(this.current.seen, this.at.n);
    this.#link.pump();
    this.invalidate(changed.events | changed.time);
  }

  #rebuild(): void {
    this.#relens = false;
    this.lens = new Lens(this.compared ? [this.current.log, this.compared.log] : [this.current.log]);
    this.axis = this.branches.length > 1 ? new Lens(this.branches.map((b) => b.log)) : this.lens;
  }

  /** One frame. Returns whether the next one is wanted. */
  frame(now: number): boolean {
    if (this.#relens) {
      this.#rebuild();
      this.#settle();
    }
    if (this.playing && !this.busy) this.#advance(this.#lastFrame === 0 ? 0 : Math.min(100, now - this.#lastFrame));
    this.#lastFrame = now;
    const bits = this.#bits;
    this.#bits = 0;
    if (bits !== 0) for (const p of this.#panels) p.draw(this, bits);
    return this.playing || this.#bits !== 0;
  }

  /** After new events: stands where it was asked to, or where it stood. */
  #settle(): void {
    const { log } = this.current;
    const p = this.#pendingAt;
    if (p && log.events.length > 0) {
      const there = log.end || (p.seq !== undefined ? log.events.length > p.seq : log.length > (p.t ?? 0));
      if (there) {
        this.#pendingAt = undefined;
        if (p.seq !== undefined) this.#place(Math.min(p.seq + 1, log.events.length));
        else if (p.t !== undefined) this.#go(Math.min(p.t, log.length), log.countAt(p.t));
        else this.#place(log.countAtStop(-1));
        this.onMove();
        return;
      }
    }
    this.#go(this.at.t, this.at.n);
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
  }
}
