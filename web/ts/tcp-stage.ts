// <tcp-stage>: a run on the stage. It opens the run, puts the panels together, and keeps the address.
import { Acts } from "./acts.ts";
import { branchName } from "./branch-name.ts";
import { Beats } from "./beats.ts";
import { onFrame } from "./clock.ts";
import type { HostPress } from "./ladder-hosts.ts";
import { restoreRuns, withRuns } from "./kept-runs.ts";
import { Keyboard } from "./keyboard.ts";
import { Phrases } from "./phrases.ts";
import { Scenarios } from "./scenarios.ts";
import { numberOf, type StageData } from "./stage-data.ts";
import { StageFrame } from "./stage-frame.ts";
import { changed, type Moment, Store } from "./store.ts";
import { Link, type LinkState, type OpenRequest } from "./stream.ts";
import { fullPage } from "./takeaway.ts";
import type { TcpPredict } from "./tcp-predict.ts";

/** A run to take in place of the page's own: its text and hosts, and its token. quiet leaves the page where it is scrolled to. */
interface OwnRun {
  data: StageData;
  token: string;
  at?: number;
  quiet?: boolean;
}

const addressDelay = 250; // ms
const patience = 2000; // ms that a run is waited for

export class TcpStage extends HTMLElement {
  #store!: Store;
  #link!: Link;
  #say!: Phrases;
  #data: StageData = {};
  #base = "/";
  #view!: StageFrame;
  #acts!: Acts;
  #scenarios!: Scenarios;
  #addressTimer = 0;
  #touched = false; // the reader has changed the run, so that the address follows
  #beats!: Beats;
  #predict: TcpPredict | undefined;
  #off: AbortController | undefined;

  connectedCallback(): void {
    if (this.#off) return;
    this.#off = new AbortController();
    this.#read();
    this.#base = this.getAttribute("base") ?? "/";
    this.#link = new Link(this.#base, this.#say.lang, (state) => this.#view.showLink(state));
    const frame = (now: number): boolean => this.#store.frame(now);
    this.#store = new Store(this.#link, () => onFrame(frame));
    this.#store.onMove = () => {
      this.#writeAddress();
      const { n, t } = this.#store.at;
      this.#tell("fw-seek", { n, t, run: this.#store.current.token });
    };
    this.#store.onSelect = () => this.#tell("fw-select", { seq: this.#store.selected, run: this.#store.current.token });
    this.#store.onShow = () => this.#scenarios.show();
    this.#view = new StageFrame(this.#store, this.#say, this.#base, this.#data, {
      share: () => this.#share(), help: () => this.#view.keys.show(), drop: (segment) => void this.#acts.intervene({ drop: { segment } }), openSegment: (id) => this.#acts.openSegment(id),
      undo: () => this.#acts.undo(), redo: () => this.#acts.redo(),
      compare: () => this.#compare(), twin: (list) => this.#store.setTwin(list), overlay: () => this.#store.overlay(true), choices: () => (this.#scenarios.varies(this.#store.current) ? () => void this.#compareChoices() : undefined),
      branchName: (b, when) => branchName(b, this.#store.first, this.#say, when), retry: () => this.#retry(),
    });
    this.#scenarios = new Scenarios(this.#store, this.#base, this.#view.codes);
    this.#acts = new Acts(this.#store, this.#say, () => this.#view.ladderOf(this.#store.current), {
      tell: (text) => this.#view.tell(text), errorText: (code, message) => this.#view.errorText(code, message), showWhy: () => this.#view.showWhy(),
      changed: (action) => {
        this.#touched = true;
        this.#writeAddress();
        this.#tell("fw-intervene", { do: action, run: this.#store.current.token });
      },
    });
    this.#view.take(this.#acts.dialog.el);
    this.#predict = document.querySelector<TcpPredict>("tcp-predict[hold]") ?? undefined;
    if (this.#predict) this.#view.ask(this.#predict, this.#off.signal);
    this.#view.keepNotice(this.querySelector(".still > .note[role=status]"));
    // What the server drew stays for paper: a run that was not played yet is printed as a whole.
    const still = this.querySelector(".still");
    this.#view.headAs(still?.querySelector(".shead") ?? null);
    this.replaceChildren(...(still ? [still, this.#view.el] : [this.#view.el]));
    this.#beats = new Beats(this.#store);
    this.#watchMotion();
    this.#watchPaper();
    this.#listen(this.#off.signal);
    this.#openOwn({ t: numberOf(this.getAttribute("at")) });
    this.#scenarios.shows(this.#store.current.family);
    void this.#restore();
  }

  /** After a reload: the other runs that were there. */
  async #restore(): Promise<void> {
    for (const b of await restoreRuns(history.state, this.#store, patience)) void this.#scenarios.fetch(b.token, b.family);
  }

  /** Lets the page around the stage know. */
  #tell(event: "fw-seek" | "fw-select" | "fw-intervene" | "fw-compare", detail: object): void {
    this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, detail }));
  }

  #openOwn(at: Moment): void {
    this.#store.open(this.#request(), at, this.#data.source?.text, this.#predict?.hold);
    this.#scenarios.learn(this.#store.current.family, this.#data);
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
      if (paper) this.#store.pause();
      this.#store.flush();
      this.classList.toggle("played", this.#store.at.n > 1);
      this.#view.ladder.print(paper);
    };
    const query = matchMedia("print");
    query.addEventListener("change", () => print(query.matches), { signal });
    window.addEventListener("beforeprint", () => print(true), { signal });
    window.addEventListener("afterprint", () => print(false), { signal });
  }

  #listen(signal: AbortSignal): void {
    const keyboard = new Keyboard(this.#store, this.#view, this.#acts, {
      aimed: (target) => this.#aimed(target), compare: () => this.#compare(), predict: (choice) => this.#predict?.choose(choice) ?? false,
    });
    this.addEventListener("keydown", (e) => keyboard.press(e), { signal });
    this.#view.el.addEventListener("click", (e) => {
      const id = this.#aimed(e.target);
      if (id === undefined) return;
      if (this.#acts.inFlight(id)) void this.#acts.intervene({ drop: { segment: id } });
      else this.#store.select(this.#store.current.log.segments.get(id)?.sent.seq);
    }, { signal });
    this.#view.el.addEventListener("contextmenu", (e) => {
      const id = this.#aimed(e.target);
      if (id === undefined) return;
      e.preventDefault();
      this.#acts.openSegment(id);
    }, { signal });
    this.addEventListener("fw-host", (e) => {
      this.#aimed(e.target);
      this.#acts.openHost((e as CustomEvent<HostPress>).detail.host);
    }, { signal });
    document.addEventListener("click", (e) => {
      if (e.target instanceof Node) this.#view.pressed(e.target);
      if (e.target instanceof Node && !this.#acts.menu.el.contains(e.target)) this.#acts.menu.close(false);
      const beat = e.target instanceof Element ? e.target.closest<HTMLElement>("a[data-at]") : null;
      if (beat && !this.contains(beat)) this.#beats.follow(e, beat);
    }, { signal });
    document.addEventListener("fw-open-run", (e) => {
      e.preventDefault();
      const { token, seq, at } = (e as CustomEvent<{ token: string; seq?: number; at?: number }>).detail;
      void this.#openRun(token, { t: at, seq });
    }, { signal });
    document.addEventListener("fw-own-choices", (e) => {
      this.#scenarios.learnChoices(this.#store.first.family, (e as CustomEvent<Pick<StageData, "vary">>).detail.vary ?? []);
      this.#store.invalidate(changed.status);
    }, { signal });
    document.addEventListener("fw-compare-choices", () => void this.#compareChoices(), { signal });
    document.addEventListener("fw-own-run", (e) => this.#takeOwn((e as CustomEvent<OwnRun>).detail), { signal });
    document.addEventListener("fw-predict", () => {
      this.scrollIntoView({ block: "nearest", behavior: this.#store.reduced ? "auto" : "smooth" });
      this.querySelector<HTMLElement>("tcp-transport [role=slider]")?.focus({ preventScroll: true });
    }, { signal });
    addEventListener("popstate", () => this.#followAddress(), { signal });
  }

  /** The page's own run is another one from now on. Who says so keeps the address. */
  #takeOwn({ data, token, at, quiet }: OwnRun): void {
    clearTimeout(this.#addressTimer);
    this.setAttribute("token", token);
    this.#predict = undefined;
    this.#data = { ...this.#data, ...data, token };
    this.#openOwn({ t: at });
    this.#scenarios.show();
    if (!quiet) this.scrollIntoView({ block: "nearest", behavior: this.#store.reduced ? "auto" : "smooth" });
  }

  /** Opens a run beside the learner's own. The browser's Back leads to the one that is shown now. */
  async #openRun(token: string, at: Moment): Promise<void> {
    this.scrollIntoView({ block: "nearest", behavior: this.#store.reduced ? "auto" : "smooth" });
    clearTimeout(this.#addressTimer);
    if (this.#store.current.token) history.replaceState(history.state, "", this.#address());
    const result = await this.#store.openBeside({ token }, at);
    if (result !== "done") {
      if (typeof result === "object") this.#view.tell(this.#view.errorText(result.code, result.message));
      return;
    }
    this.#touched = true;
    history.pushState(null, "", this.#address());
    void this.#scenarios.fetch(token, this.#store.current.family);
  }

  /** After Back or Forward: shows the run that the address names, where the stage has it. Of the entry that was left, nothing
   * more is written into the address. */
  #followAddress(): void {
    clearTimeout(this.#addressTimer);
    this.#store.pause();
    const url = new URL(location.href);
    const token = url.searchParams.get("run");
    const { runs, first, current } = this.#store;
    const b = token ? runs.kept.find((x) => x.token === token) : first;
    if (!b || b === current) return;
    this.#store.show(b);
    const at = numberOf(url.searchParams.get("at"));
    if (at !== undefined) this.#store.seek(at);
  }

  /** The segment that an element is of. Of runs side by side, the one that is aimed at is the current one then. */
  #aimed(target: EventTarget | null): number | undefined {
    const b = target instanceof Element ? this.#view.twin.runAt(target) : undefined;
    if (b) this.#store.show(b);
    return this.#view.ladder.segmentOf(target);
  }

  /** Side by side: the run and its counterpart, else the choices of the scenario; or, where that is so, the one run alone again. */
  #compare(): void {
    const store = this.#store;
    const { counterpart, current, runs } = store;
    store.release();
    if (store.twin.length > 0) store.setTwin([]);
    else if (store.compared) store.overlay(false);
    else if (counterpart) store.setTwin(runs.kept.filter((b) => b === current || b === counterpart));
    else if (this.#scenarios.varies(current)) void this.#compareChoices();
    else this.#view.tell(this.#say.text("twin.none"));
    this.#touched = true;
    this.#writeAddress();
    this.#tell("fw-compare", { runs: store.twin.map((b) => b.token) });
  }

  async #compareChoices(): Promise<void> {
    await this.#store.whole(this.#store.current, patience); // it may just have been asked for
    const failure = await this.#scenarios.compare();
    this.#touched = true;
    this.#writeAddress();
    if (failure) this.#view.tell(this.#view.errorText(failure.code, failure.message));
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
      if (this.#store.current.token) history.replaceState(withRuns(history.state, this.#store), "", this.#address());
    }, addressDelay);
  }

  #share(): void {
    const { token, log } = this.#store.current;
    if (!token || !log.meta) return;
    this.#store.pause();
    const page = this.#address();
    history.replaceState(history.state, "", page);
    this.#touched = true;
    const base = new URL(this.#base, location.href);
    this.#view.takeAway({ token, meta: log.meta, at: this.#store.at.t, page: fullPage(page, base), base, title: log.meta.title[this.#say.lang] });
  }

  #retry(): void {
    if (this.#store.first.log.events.length === 0) this.#openOwn({ t: this.#store.at.t });
    this.#link.retry();
  }

  /** How many of the run's events the playhead has passed, for tests and for pages around the stage. */
  get passed(): number {
    return this.#store.at.n;
  }

  /** How the connection is, for tests and for pages around the stage. */
  get connection(): LinkState {
    return this.#view.connection;
  }
}
