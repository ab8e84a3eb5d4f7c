// <tcp-playground>: where a scenario is written and run. The source is the one truth: controls change it, and show what it
// says. What ran last stays on the stage until another run has come.
import { type Draft } from "./drafts.ts";
import { h, setText } from "./dom.ts";
import { FaultRules } from "./fault-rules.ts";
import type { Outline } from "./language.gen.ts";
import { mapOutline } from "./outline-map.ts";
import { draftOf, type PageRun, PlaygroundMemory } from "./playground-memory.ts";
import { type CheckAnswer, type Experiment, type MadeRun, PlaygroundServer, type RunAnswer, Unanswered } from "./playground-server.ts";
import { expectations, PlaygroundBar, Section, StatusLine, troubleText } from "./playground-view.ts";
import { PlaygroundWords } from "./playground-words.ts";
import { blank, type Pick, ScenarioPicker } from "./scenario-picker.ts";
import { SettingList } from "./setting-list.ts";
import { SourceCheck } from "./source-check.ts";
import type { Change } from "./source-edits.ts";
import type { Lang } from "./starlark-language.ts";
import { type Mapping, type SourceError, TcpScenario } from "./tcp-scenario.ts";

interface ControlEdit {
  make(o: Outline): Change[] | undefined;
  done: boolean; // the reader has let go of the control
}

const dragPause = 120; // ms between two readings while a slider is moved
const chosenBy = 1000; // ms to choose a word from the list before it counts as written
const keepAfter = 500; // ms
const runAfter = 250; // ms after a control was let go
const roomy = "(min-width: 720px)";

export class TcpPlayground extends HTMLElement {
  #say!: PlaygroundWords;
  #server!: PlaygroundServer;
  #memory = new PlaygroundMemory();
  #editor = new TcpScenario();
  #bar!: PlaygroundBar;
  #picker!: ScenarioPicker;
  #check!: SourceCheck;
  #settings!: SettingList;
  #rules = new FaultRules();
  #status = new StatusLine();
  #kept = h("span", { class: "r" });
  #locked = h("p", { class: "quiet lock" });
  #sections!: { sysctl: Section; faults: Section; expects: Section };
  #expects = h("div", {});

  #draft!: Draft; // what is being written
  #library: { name: string; text: string } | undefined; // of which scenario the text came, where it is one of the library
  #ran: Experiment = { source: "", scenario: "", vary: {}, seed: 0 }; // what is on the stage
  #ranToken = "";
  #outline: Outline | undefined;
  #error: SourceError | undefined; // in the text: the controls have nothing to write to
  #runError: SourceError | undefined; // of the run of just this draft
  #trouble: Unanswered | undefined;
  #stale = true; // the outline is of an earlier text
  #pending = new Map<string, ControlEdit>(); // that wait for an outline of this text
  #previous: Draft | undefined; // what another text has just replaced
  #compares = false; // the choices, as soon as the server has read the text
  #running: AbortController | undefined;
  #keepTimer = 0;
  #runTimer = 0;

  connectedCallback(): void {
    const page = JSON.parse(this.querySelector('script[data-role="playground"]')?.textContent ?? "{}") as PageRun & { phrases: Record<string, string> };
    const lang: Lang = (this.getAttribute("lang") ?? "").startsWith("zh") ? "zh" : "en";
    this.#say = new PlaygroundWords(lang, page.phrases);
    this.#server = new PlaygroundServer(this.getAttribute("base") ?? "/");
    const { scenario, vary, seed, token } = page;
    const run = { source: lines(page.source), scenario, vary, seed, token };
    this.#ran = experiment(run);
    this.#ranToken = token;
    this.#draft = this.#memory.begin(run);
    this.#library = libraryOf(this.#draft);
    this.#check = new SourceCheck(this.#server, () => experiment(this.#draft), (a, x) => this.#checked(a, x), (e) => this.#lost(e));
    this.#build();
    this.#listen();
    this.#shown();
    this.#check.soon(0);
    // A text that has not run stays so beside the run that the address names; without one, the stage follows the text.
    if (this.#isRan() || new URLSearchParams(location.search).has("run")) void this.#judge();
    else void this.#run(false);
  }

  #build(): void {
    const say = this.#say;
    this.#bar = new PlaygroundBar(say, this.#draft.vary, {
      run: () => void this.#run(true), share: () => void this.#share(),
      vary: (name, choice) => this.#set({ vary: { ...this.#draft.vary, [name]: choice } }),
      seed: (seed) => this.#set({ seed }), compare: () => void this.#compare(),
    });
    this.#picker = new ScenarioPicker(say, this, (pick) => void this.#pick(pick));
    this.#settings = new SettingList(say, { source: () => this.#draft.source, edit: (key, make, done) => this.#edit(key, make, done) });
    const open = matchMedia(roomy).matches;
    this.#sections = {
      sysctl: new Section(say, "sysctl", open, this.#settings.el), faults: new Section(say, "faults", open, this.#rules),
      expects: new Section(say, "expects", open, this.#expects),
    };
    this.#sections.sysctl.note.textContent = say.say("sysctl.note");
    this.#locked.textContent = say.say("locked");
    const source = h("details", { class: "src", open: true }, h("summary", {}, say.say("source.hide")), this.#editor);
    this.replaceChildren(
      h("section", { class: "sec write", "aria-label": say.say("scenario") },
        h("div", { class: "ph" }, h("h2", {}, say.say("scenario")), this.#kept), this.#picker.el, this.#bar.el, this.#status.el, source,
        h("a", { class: "words", href: "#reference" }, say.say("words"))),
      this.#locked, this.#sections.sysctl.el, this.#sections.faults.el, this.#sections.expects.el);
    this.#editor.attach({
      lang: say.lang, label: say.say("source.label"), hint: say.say("source.hint"), at: (line) => say.say("source.line", { line }),
      run: () => void this.#run(true), changed: (map, byControl) => this.#typed(map, byControl),
    }, this.#draft.source);
    let unique = 0;
    this.#rules.attach(say, { source: () => this.#draft.source, edit: (make) => this.#edit(`rule ${++unique}`, make, true) });
  }

  #listen(): void {
    addEventListener("popstate", (e) => {
      const draft = draftOf(e.state);
      if (draft) void this.#back(draft);
    });
    addEventListener("pagehide", () => this.#keep());
    document.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.defaultPrevented) return;
      e.preventDefault();
      void this.#run(true);
    });
  }

  // ---- the text -----------------------------------------------------------

  #typed(map: Mapping, byControl: boolean): void {
    const source = this.#editor.text;
    if (source === this.#draft.source) return;
    if (this.#outline) this.#outline = mapOutline(this.#outline, map);
    if (!byControl) this.#stale = true;
    this.#trouble = this.#trouble?.code === "offline" ? this.#trouble : undefined;
    this.#previous = undefined;
    this.#change({ source });
    this.#check.soon();
  }

  /** Takes on a change of the draft; its first one makes it one of this browser's. */
  #change(part: Partial<Draft>): void {
    const next = { ...this.#draft, ...part, at: Date.now(), id: this.#draft.id || crypto.getRandomValues(new Uint32Array(2)).join("-") };
    next.scenario = this.#library && next.source === this.#library.text ? this.#library.name : "";
    this.#draft = next;
    this.#compares = false;
    if (this.#runError) {
      this.#runError = undefined;
      this.#editor.showError(this.#error);
    }
    clearTimeout(this.#keepTimer);
    this.#keepTimer = window.setTimeout(() => this.#keep(), keepAfter);
    this.#shown();
  }

  #keep(): void {
    clearTimeout(this.#keepTimer);
    const kept = this.#memory.keep(this.#draft, this.#ran.source);
    setText(this.#kept, this.#draft.id && kept ? this.#say.say("state.kept") : "");
    if (!kept) this.#status.show(this.#say.say("state.unkept"), "bad");
  }

  /** Puts another text into the editor. The one that was there stays among the drafts, and can be brought back. */
  #load(draft: Draft, offer = true): void {
    const before = this.#draft;
    this.#draft = draft;
    this.#library = libraryOf(draft);
    this.#stale = true;
    this.#pending.clear();
    this.#error = this.#runError = this.#trouble = undefined;
    clearTimeout(this.#keepTimer);
    this.#editor.replace(draft.source);
    this.#previous = offer && before.id !== "" && before.source !== draft.source ? before : undefined;
    this.#shown();
    this.#check.soon(0);
  }

  async #pick(pick: Pick): Promise<void> {
    this.#keep();
    const fresh = { id: "", vary: {}, seed: 1, token: "", at: 0 };
    if (pick === "blank") this.#load({ ...fresh, source: blank(this.#say), scenario: "" });
    else if ("draft" in pick) {
      const draft = this.#memory.drafts.find(pick.draft);
      if (draft) this.#load(draft);
    } else {
      try {
        const source = lines(await this.#server.text(pick.scenario));
        this.#load({ ...fresh, source, scenario: pick.scenario });
      } catch (e) {
        this.#lost(e);
        this.#shown();
        return;
      }
    }
    await this.#run(true);
  }

  #bringBack(previous: Draft): void {
    this.#keep();
    this.#load(previous);
    this.#keep();
  }

  // ---- the server's reading of it -------------------------------------------

  #checked(answer: CheckAnswer, about: Experiment): void {
    if (about.source !== this.#draft.source) return;
    if (!answer.ok && this.#editor.chooses(answer.error.line)) {
      this.#check.soon(chosenBy);
      return;
    }
    this.#trouble = undefined;
    const otherChoices = !answer.ok && answer.error.code === "bad_vary" && Object.keys(this.#draft.vary).length > 0;
    this.#error = answer.ok || otherChoices ? undefined : answer.error;
    this.#editor.showError(this.#error ?? this.#runError);
    if (answer.ok) {
      this.#outline = answer;
      this.#stale = false;
      this.#tellChoices();
      this.#editor.hosts = answer.hosts.map((x) => x.name);
    } else if (otherChoices) {
      this.#change({ vary: {} }); // the text has other choices now
      this.#check.soon(0);
      return;
    }
    this.#flush();
    this.#shown();
  }

  /** Makes a control's edit: at once where the outline is of this text, else when the server has read it. */
  #edit(key: string, make: (o: Outline) => Change[] | undefined, done: boolean): void {
    this.#pending.delete(key);
    this.#pending.set(key, { make, done });
    if (this.#stale) this.#check.soon(done ? 0 : dragPause);
    else this.#flush();
    if (done) this.#runSoon();
  }

  /** Makes the first edit that waits; after it the text has to be read anew. */
  #flush(): void {
    if (this.#error) this.#pending.clear();
    for (const [key, { make, done }] of this.#pending) {
      if (this.#stale || !this.#outline) return;
      this.#pending.delete(key);
      const changes = make(this.#outline);
      if (!changes || changes.length === 0) continue;
      this.#stale = true;
      this.#editor.apply(changes);
      this.#check.soon(done ? 0 : dragPause);
    }
  }

  #set(part: Partial<Draft>): void {
    this.#change(part);
    this.#check.soon(0);
    this.#runSoon();
  }

  // ---- runs -------------------------------------------------------------------

  /** Runs a little later, where nothing is wrong, and without an entry in the history: a control asked for it. */
  #runSoon(): void {
    clearTimeout(this.#runTimer);
    this.#runTimer = window.setTimeout(() => {
      if (this.#pending.size > 0 && !this.#error && !this.#trouble) this.#runSoon();
      else if (!this.#error) void this.#run(false);
    }, runAfter);
  }

  /** Has the draft computed and puts it on the stage; whether that went well. fresh makes an entry in the history. */
  async #run(fresh: boolean): Promise<boolean> {
    clearTimeout(this.#runTimer);
    this.#running?.abort();
    const asking = (this.#running = new AbortController());
    const about = experiment(this.#draft);
    this.#bar.busy = true;
    this.#trouble = undefined;
    this.#status.show(this.#say.say("state.running"));
    try {
      const answer = await this.#server.run(about, asking.signal);
      if (answer.ok) this.#put(answer, about, fresh);
      else if (answer.error.code === "bad_vary" && Object.keys(about.vary).length > 0) {
        this.#change({ vary: {} });
        return await this.#run(fresh);
      } else if (about.source === this.#draft.source) {
        this.#runError = answer.error;
        this.#editor.showError(this.#error ?? answer.error);
      }
      return answer.ok;
    } catch (e) {
      if (this.#running !== asking) return false; // another one was asked for
      this.#lost(e);
      return false;
    } finally {
      if (this.#running === asking) {
        this.#running = undefined;
        this.#bar.busy = false;
        this.#shown();
      }
    }
  }

  #put(made: MadeRun, about: Experiment, fresh: boolean): void {
    const at = fresh ? null : new URLSearchParams(location.search).get("at");
    this.#runError = undefined;
    this.#editor.showError(this.#error);
    const news = fresh && made.token !== this.#ranToken;
    // The entry that Back will lead to has the text that ran there; the newer one goes along.
    if (news) this.#memory.leave({ ...this.#draft, ...this.#ran, token: this.#ranToken });
    this.#ran = about;
    this.#ranToken = made.token;
    if (about.source === this.#draft.source) this.#draft = { ...this.#draft, token: made.token };
    this.#memory.address({ ...this.#draft, ...about, token: made.token }, at, news);
    this.#keep();
    this.#show(made, made.token, at);
    this.#judged(made);
  }

  /** Tells the stage what the run on it can be compared with, where the server has read just its text. */
  #tellChoices(): void {
    if (this.#stale || !this.#outline || this.#draft.source !== this.#ran.source) return;
    document.dispatchEvent(new CustomEvent("fw-own-choices", { detail: { vary: this.#outline.vary } }));
    if (this.#compares) document.dispatchEvent(new CustomEvent("fw-compare-choices"));
    this.#compares = false;
  }

  /** Puts a run of the text for each of its choices side by side. */
  async #compare(): Promise<void> {
    if (!this.#isRan() && !(await this.#run(true))) return;
    this.#compares = true;
    this.#tellChoices();
  }

  /** Puts a run on the stage; at is a moment of it, from the address. */
  #show({ source, hosts }: MadeRun, token: string, at: string | null): void {
    const place = at === null ? {} : { at: Number(at) || 0, quiet: true };
    document.dispatchEvent(new CustomEvent("fw-own-run", { detail: { data: { source, hosts, vary: undefined }, token, ...place } }));
    this.#tellChoices();
  }

  /** The page's run is on the stage already; what it was expected to do is not. */
  async #judge(): Promise<void> {
    const answer = await this.#ask(this.#ran);
    if (answer?.ok) this.#judged(answer);
  }

  async #ask(x: Experiment): Promise<RunAnswer | undefined> {
    try {
      return await this.#server.run(x, new AbortController().signal);
    } catch (e) {
      this.#lost(e);
      return undefined;
    }
  }

  #judged({ expects }: MadeRun): void {
    this.#expects.replaceChildren(...expectations(this.#say, expects));
    setText(this.#sections.expects.note, expects.length > 0 ? this.#say.say("expects.count", { n: expects.filter((e) => e.holds).length, all: expects.length }) : "");
  }

  /** Back and Forward: the text and the run of that entry. */
  async #back(draft: Draft): Promise<void> {
    const before = this.#draft;
    // The entry's address may name a run that was forked from this one.
    const query = new URLSearchParams(location.search);
    this.#memory.keepCopy(before);
    this.#load(draft, before.source !== this.#ran.source);
    const answer = await this.#ask(experiment(draft));
    if (!answer?.ok || this.#draft.source !== draft.source) return;
    this.#ran = experiment(draft);
    this.#ranToken = answer.token;
    this.#show(answer, query.get("run") ?? answer.token, query.get("at") ?? "0");
    this.#judged(answer);
    this.#shown();
  }

  async #share(): Promise<void> {
    if (!this.#isRan() && !(await this.#run(true))) return;
    if (!new URLSearchParams(location.search).has("run")) this.#memory.address(this.#draft, null, false);
    try {
      await navigator.clipboard.writeText(location.href);
      this.#status.show(this.#say.say("shared"));
    } catch {
      this.#status.show(this.#say.say("shared.by.hand"));
    }
  }

  // ---- what is shown --------------------------------------------------------------

  #isRan(): boolean {
    return JSON.stringify(this.#ran) === JSON.stringify(experiment(this.#draft));
  }

  #lost(e: unknown): void {
    if (!(e instanceof Unanswered)) throw e;
    this.#trouble = e;
    this.#shown();
  }

  #shown(): void {
    const locked = this.#error !== undefined;
    this.#bar.seed = this.#draft.seed;
    this.#locked.hidden = !locked;
    for (const section of Object.values(this.#sections)) section.el.hidden = !this.#outline; // the text says what is in them
    this.#picker.show(this.#draft.scenario, this.#draft.id, this.#memory.drafts.list());
    if (this.#outline && !(this.#stale && !locked)) {
      this.#settings.show(this.#outline, locked);
      this.#rules.show(this.#outline, locked);
      this.#bar.showVary(this.#outline, this.#draft.vary);
      const { on, all } = this.#rules.counts;
      setText(this.#sections.faults.note, all > 0 ? this.#say.say("faults.count", { on, all }) : "");
    }
    this.#showStatus();
  }

  #showStatus(): void {
    const say = this.#say;
    const again = { label: say.say("fail.again"), press: () => void this.#run(true) };
    if (this.#running) this.#status.show(say.say("state.running"));
    else if (this.#trouble) this.#status.show(troubleText(say, this.#trouble), "bad", again);
    else if (this.#error ?? this.#runError) this.#status.show(this.#runError?.code === "token_too_long" ? say.say("fail.long") : say.say("state.error"), "bad");
    else if (this.#previous) {
      const previous = this.#previous;
      this.#status.show(say.say("state.replaced"), "calm", { label: say.say("state.undo"), press: () => this.#bringBack(previous) });
    } else if (this.#isRan()) this.#status.show(say.say("state.ready"));
    else this.#status.show(say.say("state.edited"), "edited");
  }
}

const lines = (source: string): string => source.replace(/\r\n?/g, "\n");

/** What of a draft makes a run, the choices in the order of their names. */
function experiment({ source, scenario, vary, seed }: Experiment): Experiment {
  return { source, scenario, vary: Object.fromEntries(Object.entries(vary).sort(([a], [b]) => (a < b ? -1 : 1))), seed };
}

function libraryOf({ scenario, source }: Experiment): { name: string; text: string } | undefined {
  return scenario ? { name: scenario, text: source } : undefined;
}
