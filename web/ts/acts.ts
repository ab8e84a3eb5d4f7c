// What the learner does to a run: the menus of segments and hosts, and the inputs that they make.
import { ActDialog } from "./act-dialog.ts";
import { branchName } from "./branch-name.ts";
import { consequence } from "./consequence.ts";
import type { CallAction, Do } from "./events.gen.ts";
import { canIntervene, flight } from "./flight.ts";
import { duration, segmentText } from "./format.ts";
import { cutFrom, type Descriptor, descriptors, isOff, living, sysctlOf } from "./host-facts.ts";
import { type MenuItem, Menu } from "./menu.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";
import type { TcpLadder } from "./tcp-ladder.ts";

const delays = [10, 50, 200] as const; // ms
const firstDelay = 200; // ms, of the letter L

const patience = 600; // ms that the end of a fork is waited for, before its consequence is told

/** What the stage does for an intervention. */
export interface ActsHost {
  /** Tells the reader something for some seconds. */
  tell(text: string): void;
  errorText(code: string, message: string): string;
  showWhy(): void;
  /** The run has been changed by the reader. */
  changed(action: Do): void;
}

export class Acts {
  readonly menu = new Menu();
  readonly dialog: ActDialog;
  #store: Store;
  #say: Phrases;
  #ladderOf: () => TcpLadder;
  #ladder!: TcpLadder; // on which the menu is open
  #stage: ActsHost;
  #delay: number = firstDelay;

  constructor(store: Store, say: Phrases, ladderOf: () => TcpLadder, stage: ActsHost) {
    this.#store = store;
    this.#say = say;
    this.#ladderOf = ladderOf;
    this.#stage = stage;
    this.dialog = new ActDialog(say);
  }

  inFlight(id: number): boolean {
    const s = this.#store.current.log.segments.get(id);
    return s !== undefined && canIntervene(s, this.#store.at.n, this.#store.at.t);
  }

  /** Drops, delays or duplicates a segment, or where none is meant the one that is in flight. */
  byLetter(letter: "d" | "l" | "u", focused: number | undefined): void {
    const flying = [...this.#store.current.log.segments.keys()].filter((id) => this.inFlight(id));
    const segment = focused ?? (flying.length === 1 ? flying[0] : undefined);
    if (segment === undefined) this.#stage.tell(this.#say.text("fork.none"));
    else if (letter === "l") this.#delayBy(segment, this.#delay);
    else void this.intervene(letter === "d" ? { drop: { segment } } : { duplicate: { segment } });
  }

  /** The menu goes to the ladder of the run that is shown. */
  #goThere(): void {
    this.#ladder = this.#ladderOf();
    if (this.menu.el.parentElement !== this.#ladder) this.#ladder.append(this.menu.el);
  }

  openSegment(id: number): void {
    this.#goThere();
    const store = this.#store;
    const say = this.#say;
    const at = this.#ladder.placeOf(id);
    const s = store.current.log.segments.get(id);
    if (!at || !s) return;
    store.pause();
    store.select(s.sent.seq);
    const f = flight(s, store.at.n);
    const flies = this.inFlight(id);
    const why = flies ? undefined : say.text(f.status === "lost" ? "menu.lost" : "menu.late");
    const name = segmentText(s.sent);
    const back = (): void => this.#ladder.focusSegment(id);
    const delay = (ms: number): MenuItem => ({ text: `${ms} ms`, label: say.text("menu.delay.by", { by: `${ms} ms` }), small: true, why, act: () => this.#delayBy(id, ms) });
    const own = (): void => this.dialog.delay(this.#delay, (ms) => this.#delayBy(id, ms), back);
    this.menu.show({ ...at, ...this.#room() }, {
      label: say.text("menu.label", { segment: name }),
      head: flies ? say.text("menu.head", { time: duration(Math.max(0, f.arrives - store.at.t)) }) : name,
      groups: [
        [{ icon: "cross", text: say.text("menu.drop"), key: "D", why, act: () => void this.intervene({ drop: { segment: id } }) },
          { icon: "clock", text: say.text("menu.delay.by", { by: `${this.#delay} ms` }), key: "L", why, act: () => this.#delayBy(id, this.#delay) }],
        flies ? [...delays.map(delay), { text: say.text("menu.delay.own"), label: say.text("menu.delay.own.label"), small: true, act: own }] : [],
        [{ icon: "copy", text: say.text("menu.duplicate"), key: "U", why, act: () => void this.intervene({ duplicate: { segment: id } }) },
          { icon: "help", text: say.text("menu.why"), key: "W", act: () => this.#stage.showWhy() }],
      ],
    }, back);
  }

  #delayBy(segment: number, ms: number): void {
    this.#delay = ms;
    void this.intervene({ delay: { segment, by: Math.round(ms * 1000) } });
  }

  /** A menu may reach below the ladder, as far as the window and the stage go. */
  #room(): { width: number; height: number } {
    const ladder = this.#ladder.getBoundingClientRect();
    const stage = this.#ladder.closest(".frame")!.getBoundingClientRect();
    return { width: ladder.width, height: Math.min(stage.bottom, Math.max(ladder.bottom, innerHeight)) - ladder.top };
  }

  openHost(host: string): void {
    this.#goThere();
    const store = this.#store;
    const say = this.#say;
    const at = this.#ladder.hosts.at(host);
    if (!at) return;
    store.pause();
    const { log } = store.current;
    const { n } = store.at;
    const off = isOff(log, n, host) ? say.text("onhost.why.off") : undefined;
    const open = descriptors(log, n, host);
    const back = (): void => this.#ladder.hosts.focus(host);
    const name = say.host(host);
    this.menu.show({ ...at, ...this.#room() }, {
      label: say.text("onhost.menu", { host: name }), head: say.text("onhost.menu.head", { host: name, time: duration(store.at.t) }),
      groups: [this.#calls(host, open, off, back), this.#ends(host, living(log, n, host), off), this.#links(host, cutFrom(log, n)), [{
        icon: "slider", text: say.text("onhost.sysctl"), key: "S", why: off, act: () => this.dialog.sysctl(host, (x) => sysctlOf(log, n, host, x),
          (sysctl, value) => void this.intervene({ sysctl: { host, name: sysctl, value } }), back),
      }]],
    }, back);
  }

  #calls(host: string, open: readonly Descriptor[], off: string | undefined, back: () => void): MenuItem[] {
    const say = this.#say;
    const none = off ?? (open.length > 0 ? undefined : say.text("onhost.why.fd"));
    const item = (call: CallAction, why?: string): MenuItem => ({
      icon: "call", text: say.text("onhost.call", { call: `${call.call}(${call.args.join(", ")})` }), why, act: () => void this.intervene({ call }),
    });
    const connections = open.filter((d) => d.kind === "connection").slice(-2);
    const items = connections.flatMap((d) => [
      item({ host, proc: d.proc, call: "close", args: [d.fd] }, off),
      item({ host, proc: d.proc, call: "shutdown", args: [d.fd, "SHUT_WR"] }, off ?? (d.shut ? say.text("onhost.why.shut") : undefined)),
    ]);
    items.push({ icon: "call", text: say.text("onhost.call.other"), key: "A", why: none, act: () => this.dialog.call(host, open, (call) => void this.intervene({ call }), back) });
    return items;
  }

  #ends(host: string, procs: readonly string[], off: string | undefined): MenuItem[] {
    const say = this.#say;
    const kills: MenuItem[] = procs.map((proc) => ({ icon: "kill", text: say.text("onhost.kill", { proc }), key: procs.length === 1 ? "K" : "", why: off, act: () => void this.intervene({ kill: { host, proc } }) }));
    if (kills.length === 0) kills.push({ icon: "kill", text: say.text("onhost.kill.none"), why: off ?? say.text("onhost.why.proc"), act: () => {} });
    return [...kills, { icon: "power", text: say.text("onhost.off"), key: "P", why: off, act: () => void this.intervene({ "power-off": { host } }) }];
  }

  #links(host: string, cut: ReadonlySet<string>): MenuItem[] {
    const say = this.#say;
    const all = this.#store.current.log.meta?.hosts.every((h) => cut.has(h.name)) ?? false;
    const isCut = say.text("onhost.why.cut");
    return [
      { icon: "cut", text: say.text("onhost.cut"), key: "X", why: all ? isCut : undefined, act: () => void this.intervene({ cut: {} }) },
      { icon: "cut", text: say.text("onhost.cut.from", { host: say.host(host) }), why: cut.has(host) ? isCut : undefined, act: () => void this.intervene({ cut: { from: host } }) },
      { icon: "heal", text: say.text("onhost.heal"), key: "E", why: cut.size > 0 ? undefined : say.text("onhost.why.whole"), act: () => void this.intervene({ heal: {} }) },
    ];
  }

  async intervene(action: Do): Promise<void> {
    const store = this.#store;
    const from = store.current;
    const at = Math.floor(store.at.t);
    const result = await store.intervene(action);
    if (result !== "done") {
      this.#stage.tell(typeof result === "string" ? this.#say.text(`fork.${result}`) : this.#stage.errorText(result.code, result.message));
      return;
    }
    const b = store.current;
    this.#stage.changed(action);
    await store.whole(b, patience);
    b.note = consequence(from.log, b.log, this.#say);
    const done = this.#say.text("fork.done", { what: branchName(b, store.first, this.#say), time: duration(at), run: b.name, old: from.name });
    this.#stage.tell(`${done}${this.#say.lang === "zh" ? "" : " "}${b.note}`);
    store.invalidate(changed.status);
  }

  undo(): void {
    if (this.#store.undo()) this.#stage.tell(this.#say.text("fork.undone", { run: this.#store.current.name }));
    else this.#stage.tell(this.#say.text("fork.undo.none"));
  }

  redo(): void {
    if (this.#store.redo()) this.#stage.tell(this.#say.text("fork.redone", { run: this.#store.current.name }));
    else this.#stage.tell(this.#say.text("fork.redo.none"));
  }
}
