// The stage's store: the runs it holds, the playhead, and what the reader chose. Panels subscribe, and draw what is true
// at the playhead; nothing else is state.
import type { Do } from "./events.gen.ts";
import { type Branch, newBranch, runOf } from "./branch.ts";
import { Branches } from "./branches.ts";
import { Hold } from "./hold.ts";
import { type Failure, Feed, type Source } from "./feed.ts";
import { canIntervene } from "./flight.ts";
import { Focus } from "./focus.ts";
import { changed, type Moment, type Panel } from "./panel.ts";
import { Playback } from "./playback.ts";
import type { OpenRequest } from "./stream.ts";

export type { Failure, Source } from "./feed.ts";
export { changed, inTurn, type Moment, type Panel, type Playhead } from "./panel.ts";

/** How a learner's intervention went. */
export type ForkResult = "done" | "none" | "late" | "offline" | Failure;

const lookAhead = 4096; // events
const mostTwins = 4; // runs side by side

export class Store extends Playback {
  failure: Failure | undefined;
  /** How long the server lets a run wait, in ms; 0 when it does not. */
  waits = 0;
  /** Another run is shown than before, or others beside it. */
  onShow: () => void = () => {};
  /** An event was chosen, or none any more. */
  onSelect: () => void = () => {};

  readonly focus = new Focus();
  runs = new Branches(newBranch("A", [], { source: "" }));
  #feed: Feed;
  #asked = new Map<Branch, (r: ForkResult) => void>();
  #begun = new Map<Branch, () => void>();
  #awaited = new Map<Branch, () => void>();

  constructor(source: Source, schedule: () => void) {
    super(schedule);
    this.#feed = new Feed(source, {
      opened: (b) => {
        this.#begun.get(b)?.();
        this.#wait(0);
      },
      grown: (b) => this.#grown(b),
      failed: (b, f) => this.#failed(b, f),
      waits: (ms) => this.#wait(ms),
      wanted: (b) => (this.pendingAt ? Infinity : this.at.n + lookAhead - b.log.events.length - (b.hold?.size ?? 0)),
    });
    this.rebuild();
  }

  get current(): Branch {
    return this.runs.current;
  }

  /** The runs that have a lane: those side by side, else those of the current one's family. */
  get branches(): readonly Branch[] {
    return this.twin.length > 0 ? this.twin : this.runs.lanes;
  }

  /** The page's own run. */
  get first(): Branch {
    return this.runs.kept[0]!;
  }

  /** Shows one of another store's runs as that one's playhead has it. */
  mirror(leader: Store, b: Branch, bits: number): void {
    if (this.current !== b) {
      this.runs = new Branches(b);
      bits = changed.all;
    }
    this.follow(leader, b, bits);
  }

  protected drawPanel(p: Panel, bits: number): void {
    p.draw(this, bits);
  }

  protected pump(): void {
    this.#feed.pump();
  }

  /** Opens the page's own run, to stand at a moment of it. source is its scenario's text, where that has no name; hold is the
   * event after which it waits until it is released. */
  open(request: OpenRequest, at: Moment = {}, source = "", hold?: number): void {
    this.#feed.dropAll();
    this.#asked.clear();
    this.focus.reset();
    const first = newBranch("A", request.run?.inputs ?? [], { source });
    if (hold !== undefined) first.hold = new Hold(hold);
    Object.assign(this, { runs: new Branches(first), playing: false, stepping: false, selected: undefined, compared: undefined, twin: [], failure: undefined, waits: 0, busy: false });
    this.at = { n: 0, t: 0, w: 0, y: 0 };
    this.pendingAt = at;
    this.relens = true;
    this.#feed.fill(first, request);
    this.invalidate(changed.all);
  }

  /** Lets the page's own run go on. */
  release(): void {
    const { first } = this;
    const rest = first.hold?.release();
    first.hold = undefined;
    if (!rest) return;
    first.log.append(rest);
    this.#grown(first);
    this.invalidate(changed.status);
    this.pump();
  }

  override select(seq: number | undefined): void {
    if (seq !== undefined) this.focus.reveal(this.current.log, seq);
    super.select(seq);
    this.onSelect();
  }

  /** Opens another run beside those that are kept, and shows it at a moment. */
  async openBeside(request: OpenRequest, at: Moment = {}, source = ""): Promise<ForkResult> {
    const there = this.runs.kept.find((b) => b.token !== "" && b.token === request.token);
    if (there) {
      this.show(there);
      this.pause();
      this.goTo(at);
      return "done";
    }
    const b = newBranch("", request.run?.inputs ?? [], { source });
    const result = await this.#ask(b, request);
    if (result !== "done") return result;
    this.runs.add(b, true);
    this.focus.reset();
    this.pause();
    this.#shown();
    this.pendingAt = at;
    this.settle();
    return result;
  }

  /** Opens runs without showing one: for a twin. */
  async fetch(requests: readonly OpenRequest[], source = ""): Promise<Branch[] | Failure> {
    const list = requests.map((request) => {
      const b = newBranch("", request.run?.inputs ?? [], { source });
      return { b, result: this.#ask(b, request) };
    });
    for (const { b, result } of list) {
      const r = await result;
      if (typeof r === "object") return r;
      this.runs.add(b, false);
    }
    return list.map(({ b }) => b);
  }

  /** Takes in the runs of a list by their tokens, around the page's own, which is one of it: all of them or, where one does
   * not come or the page has another run meanwhile, none. */
  async bringBack(own: Branch, list: readonly { b: Branch; token: string }[]): Promise<readonly Branch[]> {
    const others = list.filter(({ b }) => b !== own);
    const results = await Promise.all(others.map(({ b, token }) => this.#ask(b, { token })));
    if (this.first !== own || results.some((r) => r !== "done")) {
      for (const { b } of others) this.#feed.drop(b);
      return [];
    }
    const at = list.findIndex(({ b }) => b === own);
    list.forEach(({ b }, i) => b !== own && this.runs.add(b, false, i < at ? own : undefined));
    return others.map(({ b }) => b);
  }

  /** Asks for a run and waits until it has come past its fork. */
  #ask(b: Branch, request: OpenRequest): Promise<ForkResult> {
    return new Promise((settle) => {
      this.#asked.set(b, settle);
      this.#feed.fill(b, request);
    });
  }

  /** Waits until a run has its token. */
  async begun(b: Branch): Promise<void> {
    if (b.token) return;
    await new Promise<void>((done) => this.#begun.set(b, done));
    this.#begun.delete(b);
  }

  /** Waits for a run to come to its end, for so many ms at most. */
  async whole(b: Branch, ms: number): Promise<void> {
    if (b.log.end) return;
    await new Promise<void>((done) => {
      this.#awaited.set(b, done);
      setTimeout(done, ms);
    });
    this.#awaited.delete(b);
  }

  #answer(b: Branch, r: ForkResult): boolean {
    const settle = this.#asked.get(b);
    this.#asked.delete(b);
    settle?.(r);
    return settle !== undefined;
  }

  #grown(b: Branch): void {
    if (this.#asked.has(b)) {
      if (b.log.length <= b.forkAt && !b.log.end) return;
      this.#answer(b, "done");
    }
    if (b.log.end) this.#awaited.get(b)?.();
    if (!this.runs.kept.includes(b)) return;
    this.relens = true;
    this.invalidate(changed.log | changed.events);
  }

  #failed(b: Branch, f: Failure): void {
    this.waits = 0;
    if (!this.#answer(b, f)) this.failure = f;
    this.invalidate(changed.all);
  }

  #wait(ms: number): void {
    this.waits = ms;
    this.invalidate(changed.status);
  }

  /** The run that the current one is compared with: that which it was forked from, or its latest fork, or any other. */
  get counterpart(): Branch | undefined {
    const { branches, current } = this;
    return branches.find((b) => b === current.parent) ?? branches.findLast((b) => b.parent === current) ?? branches.find((b) => b !== current);
  }

  /** Shows the run's counterpart faintly behind it, or no longer. */
  overlay(on = !this.compared): boolean {
    const other = this.counterpart;
    if (on && !other) return false;
    this.compared = on ? other : undefined;
    this.twin = [];
    this.#shown();
    return true;
  }

  /** Puts runs side by side, or with none shows the current one alone. */
  setTwin(list: readonly Branch[]): void {
    this.twin = list.length > 1 ? list : [];
    if (list.length > 1) this.compared = undefined;
    if (list.length > 1 && !list.includes(this.current)) this.runs.show(list[0]!);
    this.#shown();
  }

  /** Shows another run at the same time. */
  show(b: Branch): void {
    if (b === this.current) return;
    if (this.compared) this.compared = this.compared === b ? this.current : undefined;
    if (!this.twin.includes(b)) this.twin = [];
    if (b.family !== this.current.family) this.focus.reset();
    this.runs.show(b);
    this.#shown();
  }

  /** Lets a run go for good. */
  remove(b: Branch): void {
    this.#feed.drop(b);
    this.#drop(b);
    this.runs.remove(b);
    this.#shown();
  }

  #drop(b: Branch): void {
    if (this.compared === b) this.compared = undefined;
    if (this.twin.includes(b)) this.twin = [];
  }

  /** After another run is shown, or others beside it. */
  #shown(): void {
    for (const b of [this.compared, ...this.twin]) if (b && !this.runs.kept.includes(b)) this.#drop(b);
    this.selected = undefined;
    this.rebuild();
    this.go(this.at.t, this.current.log.countAt(this.at.t));
    this.invalidate(changed.all);
    this.onShow();
    this.onMove();
  }

  /** Makes the run in which `action` happens now, and goes on with it. */
  async intervene(action: Do): Promise<ForkResult> {
    const base = this.current;
    const at = Math.floor(this.at.t);
    const id = (action.drop ?? action.delay ?? action.duplicate)?.segment;
    const segment = id === undefined ? undefined : base.log.segments.get(id);
    if (id !== undefined && (!segment || !canIntervene(segment, this.at.n, at))) return segment ? "late" : "none";
    this.release();
    const run = runOf(base);
    if (!run || !base.token || !this.#feed.reachable) {
      this.#feed.retry();
      return "offline";
    }
    const inputs = [...base.inputs.filter((i) => i.at <= at), { at, do: action }];
    const same = this.runs.kept.find((b) => b.family === base.family && JSON.stringify(b.inputs) === JSON.stringify(inputs));
    if (same) {
      this.#goOn(same, () => this.runs.show(same));
      return "done";
    }
    const branch = newBranch("", inputs, base.family, base, at);
    this.busy = true;
    const result = await this.#ask(branch, { run: { ...run, inputs }, base: base.token });
    this.busy = false;
    this.lastFrame = 0;
    if (result === "done" && this.current === base) this.#adopt(branch);
    return result;
  }

  #adopt(b: Branch): void {
    this.#goOn(b, () => this.runs.add(b, true));
  }

  /** Goes on with a fork of the current run. */
  #goOn(b: Branch, show: () => void): void {
    const base = this.current;
    if (this.twin.length > 0 && !this.twin.includes(b)) {
      const last = this.twin.length < mostTwins ? undefined : this.twin.findLast((x) => x !== base); // makes room
      this.twin = [...this.twin.filter((x) => x !== last), b];
    }
    if (this.compared) this.compared = base;
    show();
    this.#shown();
  }

  /** Whether there is something of the reader's to take back. */
  get canUndo(): boolean {
    const { inputs, parent } = this.current;
    return inputs.length > 0 && (this.#feed.reachable || parent !== undefined);
  }

  /** Goes back to the run that the current one was forked from; one that came by a link is without a parent until then. */
  undo(): boolean {
    if (!this.canUndo) return false;
    const { current } = this;
    if (!current.parent) {
      const run = runOf(current);
      if (!run) return false;
      const parent = this.runs.adoptParent(current);
      this.#feed.fill(parent, { run: { ...run, inputs: parent.inputs } });
      this.pendingAt = { t: this.at.t };
    }
    this.#takeBack(() => this.runs.undo());
    return true;
  }

  /** Goes on to the run that was taken back last. */
  redo(): boolean {
    if (!this.runs.canRedo) return false;
    this.#takeBack(() => void this.runs.redo());
    return true;
  }

  #takeBack(move: () => void): void {
    const before = this.current;
    move();
    if (this.compared) this.compared = before;
    if (!this.twin.includes(this.current)) this.twin = [];
    this.#shown();
  }
}
