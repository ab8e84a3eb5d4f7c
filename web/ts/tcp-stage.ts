// <tcp-stage>: a run on the stage. It opens the run, puts the panels together, and takes the keyboard.
import type { Do } from "./events.gen.ts";
import type { Branch } from "./branch.ts";
import { onFrame } from "./clock.ts";
import { button, h, setText } from "./dom.ts";
import { duration, segmentText } from "./format.ts";
import { KeysDialog, keysLine } from "./keys-dialog.ts";
import { canIntervene, flight } from "./flight.ts";
import { isPhraseKey, Phrases } from "./phrases.ts";
import { type SegmentChoice, SegmentMenu } from "./segment-menu.ts";
import { verbOf } from "./sentences.ts";
import { changed, type ForkResult, Store } from "./store.ts";
import { Link, type LinkState, type OpenRequest } from "./stream.ts";
import { type Program, TcpCode } from "./tcp-code.ts";
import { TcpLadder } from "./tcp-ladder.ts";
import { TcpSockets } from "./tcp-sockets.ts";
import { TcpStates } from "./tcp-states.ts";
import { TcpTranscript } from "./tcp-transcript.ts";
import { TcpTransport } from "./tcp-transport.ts";
import { TcpWhy } from "./tcp-why.ts";

/** What the page tells the stage, as JSON in its markup. */
interface StageData {
  source?: { file: string; text: string };
  hosts?: { name: string; program?: { from: number; to: number } }[];
  phrases?: Record<string, string>;
  token?: string;
}

const tabs = ["states", "code", "sockets", "why", "transcript"] as const;
const delayBy = 300_000; // µs
const addressDelay = 250; // ms

export class TcpStage extends HTMLElement {
  #store!: Store;
  #link!: Link;
  #say!: Phrases;
  #data: StageData = {};
  #notice: Element | undefined; // why the run that was asked for is not the one shown
  #base = "/";
  #ladder = new TcpLadder();
  #codes = [new TcpCode(), new TcpCode()];
  #why = new TcpWhy();
  #menu!: SegmentMenu;
  #keys!: KeysDialog;
  #frame = h("section", { class: "frame" });
  #title = h("h2", {});
  #facts = h("span", { class: "meta" });
  #live = h("span", { class: "live" });
  #trouble = h("p", { class: "trouble", role: "status" });
  #toast = h("p", { class: "toast", role: "status" });
  #toastTimer = 0;
  #fail = h("div", { class: "fail", role: "alert" });
  #addressTimer = 0;
  #touched = false; // the reader has changed the run, so that the address follows
  #linkState: LinkState = "connecting";
  #beat: Element | undefined;
  #off: AbortController | undefined;

  connectedCallback(): void {
    if (this.#off) return;
    this.#off = new AbortController();
    this.#read();
    this.#base = this.getAttribute("base") ?? "/";
    this.#link = new Link(this.#base, this.#say.lang, (state) => this.#showLink(state));
    const frame = (now: number): boolean => this.#store.frame(now);
    this.#store = new Store(this.#link, () => onFrame(frame));
    this.#store.source = this.#data.source?.text ?? "";
    this.#store.onMove = () => this.#writeAddress();
    this.#build();
    this.#watchMotion();
    this.#listen(this.#off.signal);
    this.#store.open(this.#request(), { t: numberOf(this.getAttribute("at")) });
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#link.shut();
  }

  #read(): void {
    this.#notice = this.querySelector(".still > .note[role=status]") ?? undefined;
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

  #build(): void {
    const say = this.#say;
    const store = this.#store;
    this.#menu = new SegmentMenu(say);
    this.#keys = new KeysDialog(say);
    const transport = new TcpTransport();
    const transcript = new TcpTranscript();
    const sockets = new TcpSockets();
    const side = (cls: string, el: HTMLElement, pane?: (typeof tabs)[number]): HTMLElement => {
      el.classList.add(cls);
      if (pane) el.dataset["pane"] = pane;
      return el;
    };
    const states = [new TcpStates(), new TcpStates()];
    const codes = this.#codes;
    const right = h("span", { class: "r" }, this.#live);
    const head = h("div", { class: "shead" }, this.#title, this.#facts, right);
    const body = h("div", { class: "body" }, side("p-lad", this.#ladder), side("transport", transport), this.#tabs());
    body.append(side("p-sc", states[0]!, "states"), side("p-ss", states[1]!, "states"), side("p-cc", codes[0]!, "code"), side("p-cs", codes[1]!, "code"));
    body.append(h("div", { class: "lower" }, side("p-sock", sockets, "sockets"), side("p-tr", transcript, "transcript"), side("p-why", this.#why, "why")));
    this.#frame.dataset["tab"] = "states";
    this.#trouble.hidden = this.#fail.hidden = true;
    if (this.#notice) this.#frame.append(this.#notice);
    this.#frame.prepend(head);
    this.#frame.append(this.#trouble, this.#fail, body, this.#keys.el);
    this.replaceChildren(this.#frame);
    store.subscribe({ draw: (_, bits) => this.#draw(bits) });
    this.#ladder.attach(store, say);
    this.#ladder.append(this.#menu.el, this.#toast);
    states.forEach((p, i) => p.attach(store, say, i));
    const program = programOf(this.#data);
    codes.forEach((p, i) => p.attach(store, say, i, program));
    transport.attach(store, say, this.#base, {
      share: () => void this.#share(), help: () => this.#keys.show(), undo: () => this.#undo(), branchName: (b) => this.#branchName(b),
    });
    transport.append(keysLine(say));
    sockets.attach(store, say);
    this.#why.attach(store, say, this.#base);
    transcript.attach(store, say);
  }

  #tabs(): HTMLElement {
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": this.#say.text("tab.label") });
    const choose = (name: string): void => {
      this.#frame.dataset["tab"] = name;
      for (const b of list.querySelectorAll("button")) {
        const on = b.dataset["tab"] === name;
        b.setAttribute("aria-selected", String(on));
        b.tabIndex = on ? 0 : -1;
      }
    };
    for (const name of tabs) {
      const b = h("button", { type: "button", role: "tab", "data-tab": name }, this.#say.text(`tab.${name}`));
      b.addEventListener("click", () => choose(name));
      list.append(b);
    }
    list.addEventListener("keydown", (e) => {
      const all = [...list.querySelectorAll("button")];
      const here = all.findIndex((b) => b === document.activeElement);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (step === undefined || here < 0) return;
      const next = all[(here + step + all.length) % all.length]!;
      choose(next.dataset["tab"] ?? "states");
      next.focus();
      e.preventDefault();
      e.stopPropagation();
    });
    choose("states");
    return list;
  }

  #watchMotion(): void {
    const query = matchMedia("(prefers-reduced-motion: reduce)");
    const apply = (): void => {
      this.#store.reduced = query.matches;
      this.#frame.classList.toggle("reduced", query.matches);
    };
    apply();
    query.addEventListener("change", apply, { signal: this.#off!.signal });
  }

  #listen(signal: AbortSignal): void {
    this.addEventListener("keydown", (e) => this.#key(e), { signal });
    this.#ladder.addEventListener("click", (e) => {
      const id = this.#ladder.segmentOf(e.target);
      if (id === undefined) return;
      if (this.#inFlight(id)) void this.#intervene({ drop: { segment: id } });
      else this.#store.select(this.#store.current.log.segments.get(id)?.sent.seq);
    }, { signal });
    this.#ladder.addEventListener("contextmenu", (e) => {
      const id = this.#ladder.segmentOf(e.target);
      if (id === undefined) return;
      e.preventDefault();
      this.#openMenu(id);
    }, { signal });
    document.addEventListener("click", (e) => {
      if (e.target instanceof Node && !this.#menu.el.contains(e.target)) this.#menu.close(false);
      this.#followBeat(e);
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
    if (program) for (const pane of this.#codes) pane.show(program, this.#store);
  }

  /** A link of the lesson's text that names a moment of the run moves the playhead there. */
  #followBeat(e: MouseEvent): void {
    if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || !(e.target instanceof Element)) return;
    const a = e.target.closest<HTMLElement>("a[data-at]");
    if (!a || this.contains(a)) return;
    const at = numberOf(a.dataset["at"] ?? null);
    const seq = numberOf(a.dataset["seq"] ?? null);
    if (at === undefined) return;
    e.preventDefault();
    const first = this.#store.branches[0]!;
    if (this.#store.current !== first) this.#store.show(first);
    if (seq !== undefined && first.log.events[seq]?.t === at) this.#store.seekEvent(seq);
    else this.#store.seek(at);
    this.#store.playing = false;
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
    const segment = this.#ladder.segmentOf(target);
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
        return segment !== undefined && this.#ladder.focusNext(segment, e.shiftKey);
      case "Escape":
        if (store.selected === undefined) return false;
        store.select(undefined);
        return true;
      case "[":
      case "]":
        this.#nextBranch(e.key === "]" ? 1 : -1);
        return true;
    }
    return this.#keys.letters && this.#letter(e.key.toLowerCase(), segment);
  }

  #letter(key: string, focused: number | undefined): boolean {
    switch (key) {
      case "?":
        this.#keys.show();
        return true;
      case "c":
        return this.#store.compare();
      case "z":
        this.#undo();
        return true;
      case "w":
        if (focused !== undefined) this.#store.select(this.#store.current.log.segments.get(focused)?.sent.seq);
        this.#showWhy();
        return true;
      case "d":
      case "l":
      case "u": {
        const id = focused ?? this.#onlyInFlight();
        if (id === undefined) this.#tell(this.#say.text("fork.none"));
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
    const at = this.#ladder.headOf(id);
    const s = this.#store.current.log.segments.get(id);
    if (!at || !s) return;
    this.#store.pause();
    this.#store.select(s.sent.seq);
    const f = flight(s, this.#store.at.n);
    const left = this.#inFlight(id) ? duration(Math.max(0, f.arrives - this.#store.at.t)) : undefined;
    const pick = (choice: SegmentChoice): void => {
      if (choice === "why") this.#showWhy();
      else void this.#intervene(actionOf(choice, id));
    };
    const room = { width: this.#ladder.clientWidth, height: this.#ladder.clientHeight };
    this.#menu.show(at, room, segmentText(s.sent), left, pick, () => this.#ladder.focusSegment(id));
  }

  #showWhy(): void {
    this.#frame.querySelector<HTMLButtonElement>('.tabs [data-tab="why"]')?.click();
    this.#why.enter();
  }

  async #intervene(action: Do): Promise<void> {
    const from = this.#store.current;
    const at = Math.floor(this.#store.at.t);
    const result = await this.#store.intervene(action);
    if (result === "done") {
      this.#touched = true;
      this.#frame.classList.add("forked");
      const b = this.#store.current;
      this.#tell(this.#say.text("fork.done", { what: this.#branchName(b), time: duration(at), run: b.name, old: from.name }));
      this.#writeAddress();
    } else this.#tell(this.#refusal(result));
  }

  #refusal(r: Exclude<ForkResult, "done">): string {
    if (typeof r === "string") return this.#say.text(`fork.${r}`);
    return this.#errorText(r.code, r.message);
  }

  #errorText(code: string, message: string): string {
    const key = `error.${code}`;
    if (isPhraseKey(key)) return this.#say.text(key);
    return message ? this.#say.text("error.other", { message }) : this.#say.text("error.lost");
  }

  #undo(): void {
    if (!this.#store.undo()) return;
    this.#tell(this.#say.text("fork.undone", { run: this.#store.current.name }));
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

  #tell(text: string): void {
    clearTimeout(this.#toastTimer);
    setText(this.#toast, text);
    this.#toast.classList.add("on");
    this.#toastTimer = window.setTimeout(() => this.#toast.classList.remove("on"), 6000);
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
      this.#tell(this.#say.text("play.shared"));
    } catch {
      window.prompt(this.#say.text("play.copy"), url);
    }
  }

  #showLink(state: LinkState): void {
    this.#linkState = state;
    setText(this.#live, this.#say.text(state === "live" ? "stage.live" : state === "whole" || state === "offline" ? "stage.run" : "stage.connecting"));
    this.#live.dataset["state"] = state;
    const n = this.#store?.current.log.events.length ?? 0;
    this.#trouble.hidden = state === "live" || state === "connecting";
    if (state === "reconnecting") setText(this.#trouble, this.#say.text("stage.reconnecting", { n }));
    if (state === "whole") setText(this.#trouble, this.#say.text("stage.whole"));
    if (state === "offline") this.#trouble.replaceChildren(this.#say.text("stage.offline"), " ", button("btn", undefined, this.#say.text("stage.retry"), () => this.#retry()));
  }

  #retry(): void {
    this.#store.open(this.#request(), { t: this.#store.at.t });
    this.#link.retry();
  }

  #draw(bits: number): void {
    const { current, failure } = this.#store;
    const { meta } = current.log;
    if (bits & changed.log && meta) {
      setText(this.#title, this.#say.text("stage.label", { title: meta.title[this.#say.lang] }));
      this.#frame.setAttribute("aria-label", this.#title.textContent ?? "");
      const facts = [this.#say.text("stage.seed", { seed: meta.seed }), this.#say.text("stage.delay", { delay: duration(meta.link.delay_us) }), ...Object.entries(meta.vary ?? {}).map(([k, v]) => `${k}=${v}`)];
      setText(this.#facts, facts.join(" · "));
    }
    if (bits & changed.status) this.#drawFailure(failure);
    if (bits & changed.events) this.#lightBeat();
  }

  #drawFailure(failure: { code: string; message: string } | undefined): void {
    this.#fail.hidden = !failure;
    if (!failure) {
      this.#fail.replaceChildren();
      return;
    }
    this.#fail.replaceChildren(h("strong", {}, this.#say.text("error.title")), h("p", {}, this.#errorText(failure.code, failure.message)),
      button("btn", undefined, this.#say.text("stage.retry"), () => this.#retry()));
  }

  /** The part of the lesson's text that speaks of now. */
  #lightBeat(): void {
    const { at, branches, current } = this.#store;
    let now: Element | undefined;
    if (current === branches[0] && at.n > 1) {
      for (const a of document.querySelectorAll<HTMLElement>(".beat a[data-at]")) {
        if (Number(a.dataset["at"]) <= at.t) now = a.closest(".beat") ?? undefined;
      }
    }
    if (now === this.#beat) return;
    this.#beat?.classList.remove("now");
    now?.classList.add("now");
    this.#beat = now;
  }

  /** How the connection is, for tests and for pages around the stage. */
  get connection(): LinkState {
    return this.#linkState;
  }
}

function actionOf(choice: Exclude<SegmentChoice, "why">, segment: number): Do {
  if (choice === "delay") return { delay: { segment, by: delayBy } };
  return choice === "drop" ? { drop: { segment } } : { duplicate: { segment } };
}

function numberOf(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const n = Number(text);
  return Number.isFinite(n) ? n : undefined;
}

function programOf({ source, hosts }: StageData): Program | undefined {
  if (!source) return undefined;
  const lines = new Map<string, { from: number; to: number }>();
  for (const x of hosts ?? []) if (x.program) lines.set(x.name, x.program);
  return { file: source.file, text: source.text, lines };
}
