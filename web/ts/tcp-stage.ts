// <tcp-stage>: a run on the stage. It opens the run, puts the panels together, and takes the keyboard.
import type { Branch } from "./branch.ts";
import { Beats } from "./beats.ts";
import { onFrame } from "./clock.ts";
import type { Do } from "./events.gen.ts";
import { canIntervene, flight } from "./flight.ts";
import { duration, segmentText } from "./format.ts";
import { Phrases } from "./phrases.ts";
import type { SegmentChoice } from "./segment-menu.ts";
import { verbOf } from "./sentences.ts";
import { numberOf, programOf, type StageData } from "./stage-data.ts";
import { StageFrame } from "./stage-frame.ts";
import { type ForkResult, Store } from "./store.ts";
import { Link, type LinkState, type OpenRequest } from "./stream.ts";

const delayBy = 300_000; // µs
const addressDelay = 250; // ms

export class TcpStage extends HTMLElement {
  #store!: Store;
  #link!: Link;
  #say!: Phrases;
  #data: StageData = {};
  #base = "/";
  #view!: StageFrame;
  #addressTimer = 0;
  #touched = false; // the reader has changed the run, so that the address follows
  #beats!: Beats;
  #off: AbortController | undefined;

  connectedCallback(): void {
    if (this.#off) return;
    this.#off = new AbortController();
    this.#read();
    this.#base = this.getAttribute("base") ?? "/";
    this.#link = new Link(this.#base, this.#say.lang, (state) => this.#view.showLink(state));
    const frame = (now: number): boolean => this.#store.frame(now);
    this.#store = new Store(this.#link, () => onFrame(frame));
    this.#store.source = this.#data.source?.text ?? "";
    this.#store.onMove = () => this.#writeAddress();
    this.#view = new StageFrame(this.#store, this.#say, this.#base, this.#data, {
      share: () => void this.#share(), help: () => this.#view.keys.show(), undo: () => this.#undo(),
      branchName: (b) => this.#branchName(b), retry: () => this.#retry(),
    });
    this.#view.keepNotice(this.querySelector(".still > .note[role=status]"));
    // What the server drew stays for paper: a run that was not played yet is printed as a whole.
    const still = this.querySelector(".still");
    this.replaceChildren(...(still ? [still, this.#view.el] : [this.#view.el]));
    this.#beats = new Beats(this.#store);
    this.#watchMotion();
    this.#watchPaper();
    this.#listen(this.#off.signal);
    this.#store.open(this.#request(), { t: numberOf(this.getAttribute("at")) });
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#link.shut();
  }

  #read(): void {
    const text = this.querySelector('script[data-role="stage"]')?.textContent;
    this.#data = text ? (JSON.parse(text) as StageData) : {};
    const lang = (this.getAttribute("lang") ?? document.documentElement.lang).startsWith("zh") ? "zh" : "en";
    this.#say = new Phrases(lang, this.#data.phrases ?? {});
  }

  #request(): OpenRequest {
    const token = this.getAttribute("token");
    if (token) return { token };
    const run = { scenario: this.getAttribute("scenario") ?? "", seed: numberOf(this.getAttribute("seed")) ?? 1, inputs: [] };
    return { run, ...(this.#data.token && { fallback: this.#data.token }) };
  }

  #watchMotion(): void {
    const query = matchMedia("(prefers-reduced-motion: reduce)");
    const apply = (): void => {
      this.#store.reduced = query.matches;
      this.#view.el.classList.toggle("reduced", query.matches);
    };
    apply();
    query.addEventListener("change", apply, { signal: this.#off!.signal });
  }

  #watchPaper(): void {
    const signal = this.#off!.signal;
    const print = (paper: boolean): void => {
      this.classList.toggle("played", this.#store.at.n > 1);
      this.#view.ladder.print(paper);
    };
    const query = matchMedia("print");
    query.addEventListener("change", () => print(query.matches), { signal });
    window.addEventListener("beforeprint", () => print(true), { signal });
    window.addEventListener("afterprint", () => print(false), { signal });
  }

  #listen(signal: AbortSignal): void {
    this.addEventListener("keydown", (e) => this.#key(e), { signal });
    this.#view.ladder.addEventListener("click", (e) => {
      const id = this.#view.ladder.segmentOf(e.target);
      if (id === undefined) return;
      if (this.#inFlight(id)) void this.#intervene({ drop: { segment: id } });
      else this.#store.select(this.#store.current.log.segments.get(id)?.sent.seq);
    }, { signal });
    this.#view.ladder.addEventListener("contextmenu", (e) => {
      const id = this.#view.ladder.segmentOf(e.target);
      if (id === undefined) return;
      e.preventDefault();
      this.#openMenu(id);
    }, { signal });
    document.addEventListener("click", (e) => {
      if (e.target instanceof Node && !this.#view.menu.el.contains(e.target)) this.#view.menu.close(false);
      const beat = e.target instanceof Element ? e.target.closest<HTMLElement>("a[data-at]") : null;
      if (beat && !this.contains(beat)) this.#beats.follow(e, beat);
    }, { signal });
    document.addEventListener("fw-open-run", (e) => {
      const { token, seq, at } = (e as CustomEvent<{ token: string; seq?: number; at?: number }>).detail;
      this.#touched = true;
      this.#store.open({ token }, { t: at, seq });
      void this.#fetchProgram(token);
      this.scrollIntoView({ block: "nearest", behavior: this.#store.reduced ? "auto" : "smooth" });
    }, { signal });
  }

  /** The programs of a run that another element opened: it may be of another scenario than the page's. */
  async #fetchProgram(token: string): Promise<void> {
    const answer = await fetch(`${this.#base}api/v1/runs/program?run=${encodeURIComponent(token)}`).catch(() => undefined);
    const program = answer?.ok ? programOf((await answer.json()) as StageData) : undefined;
    if (program) for (const pane of this.#view.codes) pane.show(program, this.#store);
  }

  #key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented) return;
    const target = e.target as HTMLElement;
    if (target.closest("input, select, textarea, dialog")) return;
    if (this.#act(e, target)) e.preventDefault();
  }

  /** Does what the key asks for; whether it meant anything. */
  #act(e: KeyboardEvent, target: HTMLElement): boolean {
    const store = this.#store;
    const segment = this.#view.ladder.segmentOf(target);
    switch (e.key) {
      case " ":
        if (target.closest("button, a, summary")) return false;
        if (store.playing) store.pause();
        else store.play();
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        store.step((e.key === "ArrowLeft" ? -1 : 1) * (e.shiftKey ? 10 : 1));
        return true;
      case "Home":
      case "End":
        store.jump(e.key === "End");
        return true;
      case "Enter":
        if (segment === undefined) return false;
        this.#openMenu(segment);
        return true;
      case "Tab":
        return segment !== undefined && this.#view.ladder.focusNext(segment, e.shiftKey);
      case "Escape":
        if (store.selected === undefined) return false;
        store.select(undefined);
        return true;
      case "[":
      case "]":
        this.#nextBranch(e.key === "]" ? 1 : -1);
        return true;
    }
    return this.#view.keys.letters && this.#letter(e.key.toLowerCase(), segment);
  }

  #letter(key: string, focused: number | undefined): boolean {
    switch (key) {
      case "?":
        this.#view.keys.show();
        return true;
      case "c":
        return this.#store.compare();
      case "z":
        this.#undo();
        return true;
      case "w":
        if (focused !== undefined) this.#store.select(this.#store.current.log.segments.get(focused)?.sent.seq);
        this.#view.showWhy();
        return true;
      case "d":
      case "l":
      case "u": {
        const id = focused ?? this.#onlyInFlight();
        if (id === undefined) this.#view.tell(this.#say.text("fork.none"));
        else void this.#intervene(actionOf(key === "d" ? "drop" : key === "l" ? "delay" : "duplicate", id));
        return true;
      }
    }
    return false;
  }

  #inFlight(id: number): boolean {
    const s = this.#store.current.log.segments.get(id);
    return s !== undefined && canIntervene(s, this.#store.at.n, this.#store.at.t);
  }

  #onlyInFlight(): number | undefined {
    const ids = [...this.#store.current.log.segments.keys()].filter((id) => this.#inFlight(id));
    return ids.length === 1 ? ids[0] : undefined;
  }

  #openMenu(id: number): void {
    const at = this.#view.ladder.headOf(id);
    const s = this.#store.current.log.segments.get(id);
    if (!at || !s) return;
    this.#store.pause();
    this.#store.select(s.sent.seq);
    const f = flight(s, this.#store.at.n);
    const left = this.#inFlight(id) ? duration(Math.max(0, f.arrives - this.#store.at.t)) : undefined;
    const pick = (choice: SegmentChoice): void => {
      if (choice === "why") this.#view.showWhy();
      else void this.#intervene(actionOf(choice, id));
    };
    const room = { width: this.#view.ladder.clientWidth, height: this.#view.ladder.clientHeight };
    this.#view.menu.show(at, room, segmentText(s.sent), left, pick, () => this.#view.ladder.focusSegment(id));
  }

  async #intervene(action: Do): Promise<void> {
    const from = this.#store.current;
    const at = Math.floor(this.#store.at.t);
    const result = await this.#store.intervene(action);
    if (result === "done") {
      this.#touched = true;
      const b = this.#store.current;
      this.#view.tell(this.#say.text("fork.done", { what: this.#branchName(b), time: duration(at), run: b.name, old: from.name }));
      this.#writeAddress();
    } else this.#view.tell(this.#refusal(result));
  }

  #refusal(r: Exclude<ForkResult, "done">): string {
    if (typeof r === "string") return this.#say.text(`fork.${r}`);
    return this.#view.errorText(r.code, r.message);
  }

  #undo(): void {
    if (!this.#store.undo()) return;
    this.#view.tell(this.#say.text("fork.undone", { run: this.#store.current.name }));
  }

  #nextBranch(step: number): void {
    const { branches, current } = this.#store;
    const next = branches[branches.indexOf(current) + step];
    if (next) this.#store.show(next);
  }

  #branchName(b: Branch): string {
    const last = b.inputs.at(-1);
    if (!last) return this.#say.text("branch.first");
    const verb = verbOf(last.do);
    const id = (last.do.drop ?? last.do.delay ?? last.do.duplicate)?.segment;
    const sent = b.log.segments.get(id ?? -1)?.sent;
    if (!sent || (verb !== "drop" && verb !== "delay" && verb !== "duplicate")) return this.#say.text("branch.other");
    return this.#say.text(`branch.${verb}`, { segment: segmentText(sent).replace(/ ack=-?\d+/, "") });
  }

  /** The address of exactly this: the run, and the moment. */
  #address(): URL {
    const url = new URL(location.href);
    url.searchParams.set("run", this.#store.current.token);
    url.searchParams.set("at", String(Math.floor(this.#store.at.t)));
    url.hash = "";
    return url;
  }

  #writeAddress(): void {
    if (!this.#touched && !this.hasAttribute("token")) return;
    clearTimeout(this.#addressTimer);
    this.#addressTimer = window.setTimeout(() => {
      if (this.#store.current.token) history.replaceState(history.state, "", this.#address());
    }, addressDelay);
  }

  async #share(): Promise<void> {
    if (!this.#store.current.token) return;
    const url = this.#address().href;
    history.replaceState(history.state, "", url);
    this.#touched = true;
    try {
      await navigator.clipboard.writeText(url);
      this.#view.tell(this.#say.text("play.shared"));
    } catch {
      this.#view.showLinkText(url);
    }
  }

  #retry(): void {
    this.#store.open(this.#request(), { t: this.#store.at.t });
    this.#link.retry();
  }

  /** How the connection is, for tests and for pages around the stage. */
  get connection(): LinkState {
    return this.#view.connection;
  }
}

function actionOf(choice: Exclude<SegmentChoice, "why">, segment: number): Do {
  if (choice === "delay") return { delay: { segment, by: delayBy } };
  return choice === "drop" ? { drop: { segment } } : { duplicate: { segment } };
}
