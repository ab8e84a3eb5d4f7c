// The stage's own markup: its head, its panels and tabs, and what it tells the reader.
import type { Branch } from "./branch.ts";
import { button, h, setText } from "./dom.ts";
import { duration } from "./format.ts";
import { KeysDialog } from "./keys-dialog.ts";
import { LensSwitch } from "./lens-switch.ts";
import { textWidth } from "./lifelines.ts";
import type { Pace } from "./pace.ts";
import { isPhraseKey, type PhraseKey, type Phrases } from "./phrases.ts";
import { programOf } from "./program.ts";
import type { StageData } from "./stage-data.ts";
import { changed, type Failure, type Panel, type Store } from "./store.ts";
import type { LinkState } from "./stream.ts";
import { TcpCode } from "./tcp-code.ts";
import { TcpHeader } from "./tcp-header.ts";
import { TcpLadder } from "./tcp-ladder.ts";
import type { TcpPredict } from "./tcp-predict.ts";
import { TcpSockets } from "./tcp-sockets.ts";
import { TcpStates } from "./tcp-states.ts";
import { TcpTranscript } from "./tcp-transcript.ts";
import { TcpTwin } from "./tcp-twin.ts";
import { TcpTransport, type TransportActions } from "./tcp-transport.ts";
import type { Taken } from "./takeaway.ts";
import { TakeawayDialog } from "./takeaway-dialog.ts";
import { TcpWhy } from "./tcp-why.ts";

const tabs = ["states", "code", "sockets", "header", "transcript", "why"] as const;
const toastTime = 6000; // ms, and as much again for each
const toastText = 90; // characters
const updates: readonly string[] = ["engine_changed", "content_changed"];

const liveWords: Record<LinkState, PhraseKey> = {
  live: "stage.live", connecting: "stage.connecting", reconnecting: "stage.connecting", whole: "stage.run", offline: "stage.run",
};

export interface FrameActions extends TransportActions {
  retry(): void;
  /** One run behind the other in one ladder. */
  overlay(): void;
}

export class StageFrame implements Panel {
  readonly el = h("section", { class: "frame" });
  readonly ladder = new TcpLadder();
  readonly codes = [new TcpCode(), new TcpCode()];
  readonly twin = new TcpTwin();
  readonly lens: LensSwitch;
  readonly keys: KeysDialog;
  connection: LinkState = "connecting";
  #takeaway: TakeawayDialog;
  #transport = new TcpTransport();
  #why = new TcpWhy();
  #say: Phrases;
  #store: Store;
  #actions: FrameActions;
  #title = h("h2", {});
  #facts = h("span", { class: "meta" });
  #live = h("span", { class: "live" });
  #trouble = h("p", { class: "trouble", role: "status" });
  #fail = h("div", { class: "fail", role: "alert" });
  #toast = h("p", { class: "toast", role: "status" });
  #toastTimer = 0;
  #waits = 0; // what the status line says of it

  constructor(store: Store, say: Phrases, base: string, data: StageData, actions: FrameActions) {
    this.#store = store;
    this.#say = say;
    this.#actions = actions;
    this.lens = new LensSwitch(store, say);
    this.keys = new KeysDialog(say);
    this.#takeaway = new TakeawayDialog(store, say);
    this.el.dataset["tab"] = "states";
    this.#trouble.hidden = this.#fail.hidden = true;
    this.#title.textContent = say.text("stage.run");
    const widest = Object.values(liveWords).map((key) => say.text(key)).reduce((a, b) => (textWidth(b) > textWidth(a) ? b : a));
    const head = h("div", { class: "shead" }, this.#title, this.#facts, h("span", { class: "r" }, h("span", { class: "livebox", "data-widest": widest }, this.#live), this.lens.el));
    const [body, lower] = this.#panels(base, data);
    // What is looked at while a run plays is one block, so that it can be as high as the window.
    this.el.append(h("div", { class: "first" }, head, this.#trouble, this.#fail, body), lower, this.keys.el, this.#takeaway.el);
    store.subscribe(this);
  }

  #panels(base: string, data: StageData): [body: HTMLElement, lower: HTMLElement] {
    const [store, say] = [this.#store, this.#say];
    const states = [new TcpStates(), new TcpStates()];
    const transport = this.#transport;
    const sockets = new TcpSockets();
    const transcript = new TcpTranscript();
    const header = new TcpHeader();
    this.ladder.attach(store, say);
    states.forEach((p, i) => p.attach(store, say, i));
    const program = programOf(data);
    this.codes.forEach((p, i) => p.attach(store, say, i, program));
    transport.attach(store, say, base, this.#actions);
    transport.append(this.#toast);
    sockets.attach(store, say);
    header.attach(store, say, base);
    this.#why.attach(store, say, base);
    transcript.attach(store, say);
    this.twin.attach(store, say, { branchName: this.#actions.branchName, close: () => this.#actions.twin([]), overlay: () => this.#actions.overlay() });
    const place = (cls: string, el: HTMLElement, pane?: (typeof tabs)[number]): HTMLElement => {
      el.classList.add(cls);
      if (pane) el.dataset["pane"] = pane;
      return el;
    };
    const body = h("div", { class: "body" }, place("p-lad", this.ladder), place("p-twin", this.twin), place("transport", transport), this.twin.table, this.#tabs(),
      place("p-sc", states[0]!, "states"), place("p-ss", states[1]!, "states"),
      place("p-cc", this.codes[0]!, "code"), place("p-cs", this.codes[1]!, "code"));
    return [body, h("div", { class: "lower" },
      place("p-sock", sockets, "sockets"), place("p-hdr", header, "header"), place("p-tr", transcript, "transcript"), place("p-why", this.#why, "why"))];
  }

  #tabs(): HTMLElement {
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": this.#say.text("tab.label") });
    for (const name of tabs) {
      const b = h("button", { type: "button", role: "tab", "data-tab": name }, this.#say.text(`tab.${name}`));
      b.addEventListener("click", () => this.#choose(list, name));
      list.append(b);
    }
    list.addEventListener("keydown", (e) => {
      const all = [...list.querySelectorAll("button")].filter(isShown);
      const here = all.findIndex((b) => b === document.activeElement);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (step === undefined || here < 0) return;
      const next = all[(here + step + all.length) % all.length]!;
      next.click();
      next.focus();
      e.preventDefault();
      e.stopPropagation();
    });
    this.#choose(list, "states");
    return list;
  }

  #choose(list: HTMLElement, name: string): void {
    this.el.dataset["tab"] = name;
    for (const b of list.querySelectorAll("button")) {
      const on = b.dataset["tab"] === name;
      b.setAttribute("aria-selected", String(on));
      // Where only the first tabs are shown, one of them is in the order of Tab whatever was chosen before.
      b.tabIndex = on || (b.dataset["tab"] === "states" && name !== "code") ? 0 : -1;
    }
  }

  get pace(): Pace {
    return this.#transport.pace;
  }

  /** The ladder that shows a run: its own beside others, or the one. */
  ladderOf(b: Branch): TcpLadder {
    return this.twin.ladderOf(b) ?? this.ladder;
  }

  /** Takes in the dialog of interventions. */
  take(dialog: HTMLElement): void {
    this.el.append(dialog);
  }

  /** Something of the page was pressed: what is open beside it closes. */
  pressed(target: Node): void {
    this.#transport.pressed(target);
  }

  /** Takes over the question that the page asks before the run goes on. Where the stage stands below the text, the question
   * begins the text until it is answered. */
  ask(predict: TcpPredict, signal: AbortSignal): void {
    predict.attach(this.#store, this.#say);
    if (!predict.closest("article")) {
      this.#trouble.before(predict);
      return;
    }
    const home = document.createComment("the question");
    predict.before(home);
    const beside = matchMedia("(min-width: 1180px)");
    predict.onPlace = () => (predict.onStage(beside.matches) ? this.#trouble : home).before(predict);
    beside.addEventListener("change", predict.onPlace, { signal });
    predict.onPlace();
  }

  /** Heads the stage as the server headed what it drew, until the run itself says who it is. */
  headAs(drawn: Element | null): void {
    const text = (selector: string): string => drawn?.querySelector(selector)?.textContent ?? "";
    if (text("strong")) this.#head(text("strong"), text(".meta"));
  }

  #head(title: string, facts: string): void {
    const whole = this.#say.text("stage.label", { title });
    setText(this.#title, whole);
    this.el.setAttribute("aria-label", whole);
    setText(this.#facts, facts);
  }

  /** Takes over what the page says of the run, e.g. that a link is out of date. */
  keepNotice(notice: Element | null): void {
    if (notice) this.#trouble.before(notice);
  }

  /** Opens the panel of reasons, and brings the keyboard there. */
  showWhy(): void {
    const tab = this.el.querySelector<HTMLButtonElement>('.tabs [data-tab="why"]');
    if (tab && isShown(tab)) tab.click();
    this.#why.enter();
  }

  /** Offers the run in all its forms. */
  takeAway(taken: Taken): void {
    this.#takeaway.show(taken);
  }

  /** Says something for some seconds, to eyes and to a screen reader. */
  tell(text: string): void {
    clearTimeout(this.#toastTimer);
    setText(this.#toast, text);
    this.#toast.classList.add("on");
    this.#toastTimer = window.setTimeout(() => this.#toast.classList.remove("on"), toastTime * (1 + Math.floor(text.length / toastText)));
  }

  errorText(code: string, message: string): string {
    const key = `error.${code}`;
    if (isPhraseKey(key)) return this.#say.text(key);
    return message ? this.#say.text("error.other", { message }) : this.#say.text("error.lost");
  }

  showLink(state: LinkState): void {
    this.connection = state;
    setText(this.#live, this.#say.text(liveWords[state]));
    this.#live.dataset["state"] = state;
    this.#showTrouble();
  }

  /** The status line: how the connection is, where that matters, else what the server lets the reader wait for. */
  #showTrouble(): void {
    const [say, state, { waits }] = [this.#say, this.connection, this.#store];
    const well = state === "live" || state === "connecting";
    this.#waits = waits;
    this.#trouble.hidden = well && waits === 0;
    if (well && waits > 0) setText(this.#trouble, say.text("stage.waits", { time: duration(Math.ceil(waits / 1000) * 1e6) }));
    if (state === "reconnecting") setText(this.#trouble, say.text("stage.reconnecting", { n: this.#store.current.log.events.length }));
    if (state === "whole") setText(this.#trouble, say.text("stage.whole"));
    const held = this.#store.current.log.events.length;
    if (state === "offline") this.#trouble.replaceChildren(held > 0 ? say.text("stage.gone", { n: held }) : say.text("stage.offline"), " ", this.#retryButton());
  }

  #retryButton(): HTMLButtonElement {
    return button("btn", undefined, this.#say.text("stage.retry"), () => this.#actions.retry());
  }

  draw(store: Store, bits: number): void {
    const say = this.#say;
    const { meta } = store.current.log;
    if (bits & changed.log && meta) {
      this.el.classList.toggle("alone", meta.hosts.length < 2);
      this.el.classList.toggle("many", meta.hosts.length > 2);
      const choices = Object.entries(meta.vary ?? {}).map(([k, v]) => `${k}=${v}`);
      const facts = [say.text("stage.seed", { seed: meta.seed }), say.text("stage.delay", { delay: duration(meta.link.delay_us) }), ...choices];
      this.#head(meta.title[say.lang], facts.join(" · "));
    }
    if (!(bits & changed.status)) return;
    this.el.classList.toggle("twinned", store.twin.length > 0);
    this.#drawFailure(store.failure);
    if (store.waits !== this.#waits) this.#showTrouble();
  }

  #drawFailure(failure: Failure | undefined): void {
    this.#fail.hidden = !failure;
    this.#fail.replaceChildren();
    if (!failure) return;
    const held = this.#store.first.log.events.length > 0;
    if (held && updates.includes(failure.code)) this.#fail.append(h("p", {}, this.#say.text("error.updated")));
    else this.#fail.append(h("strong", {}, this.#say.text("error.title")), h("p", {}, this.errorText(failure.code, failure.message)), this.#retryButton());
  }
}

/** Whether the layout shows an element at all: some have no tabs, or only the first. */
function isShown(el: HTMLElement): boolean {
  return el.getClientRects().length > 0;
}
