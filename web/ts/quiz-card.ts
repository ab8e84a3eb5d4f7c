// <quiz-card>: a question. The page brings the first variant in its markup; the next ones come from the server, which
// alone knows the key: an answer is graded there, by running the engine again.
import { button, h, icon, unbroken } from "./dom.ts";
import { duration } from "./format.ts";
import type { Place, Result, Variant } from "./quiz.gen.ts";
import { named } from "./quiz-field.ts";
import { newID, Outbox, practice, type Submission } from "./quiz-outbox.ts";
import { readListings } from "./quiz-listing.ts";
import "./quiz-more.ts";
import { isKey, keyHint, Question } from "./quiz-question.ts";
import { storage } from "./storage.ts";
import { type QuizKey, QuizWords } from "./quiz-words.ts";

const resendEvery = 30_000; // ms
const missesBeforeHints = 2;
const maxSeed = 2 ** 31;

/** Misses in a row by question, for as long as the page is open. */
const misses = new Map<string, number>();
let cards = 0;

interface CardData {
  variant?: Variant;
  words?: Record<string, string>;
}

export class QuizCard extends HTMLElement {
  #words = new QuizWords({});
  #outbox!: Outbox;
  #question: Question | undefined;
  #result: Result | undefined;
  #sent: Submission | undefined; // the answer to this variant, while it is not confirmed
  #hints = 0; // shown
  #id = `qc${++cards}`;
  #timer = 0;
  #off: AbortController | undefined;
  #status = h("span", { class: "qst", role: "status" });
  #form = h("form", { class: "qask", novalidate: true });
  #note = h("p", { class: "fb", role: "status" });
  #side = h("div", { class: "qside" });
  #title = h("span", { class: "fam" });
  #kind = h("span", { class: "kind" });

  connectedCallback(): void {
    if (this.#off) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    const text = this.querySelector('script[data-role="quiz"]')?.textContent;
    const data = text ? (JSON.parse(text) as CardData) : {};
    this.#words = new QuizWords(data.words ?? {});
    this.#outbox = new Outbox(this.getAttribute("base") ?? "/", storage());
    this.#form.addEventListener("submit", (e) => {
      e.preventDefault();
      void this.#check();
    }, { signal });
    this.#form.addEventListener("change", () => this.#note.replaceChildren(), { signal });
    this.addEventListener("keydown", (e) => this.#key(e), { signal });
    globalThis.addEventListener("online", () => void this.#resend(), { signal });
    this.#timer = globalThis.setInterval(() => void this.#resend(), resendEvery);
    const article = h("article", { "aria-labelledby": `${this.#id}-q` },
      h("div", { class: "qh" }, this.#kind, this.#title, this.#status), h("div", { class: "qb" }, this.#form, this.#side));
    const listings = readListings(this);
    this.replaceChildren(article);
    if (data.variant) this.#show({ ...data.variant, listings }, false);
    void this.#resend();
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#off = undefined;
    clearInterval(this.#timer);
  }

  /** Shows a variant that waits for its answer. */
  #show(v: Variant, focus: boolean): void {
    this.#question = new Question(v, this.#id, this.#words);
    this.#result = undefined;
    this.#sent = undefined;
    this.#hints = 0;
    this.setAttribute("seed", String(v.seed));
    this.#kind.replaceChildren(this.#words.kind(v.kind));
    this.#title.replaceChildren(v.title);
    this.#verdict("todo", this.#words.say("unanswered"));
    const { prompt, fields } = this.#question;
    this.#note.replaceChildren();
    this.#form.replaceChildren(prompt, fields, this.#note, this.#acts(), this.#hintList(), this.#keys());
    this.#evidence();
    if (focus) prompt.focus();
  }

  #acts(): HTMLElement {
    const acts = h("div", { class: "acts" });
    if (this.#result) {
      acts.append(button("btn primary", "play", this.#openLabel(this.#place()), () => this.#open()));
      acts.append(button("btn", undefined, this.#words.say("next"), () => void this.#next()));
    } else {
      acts.append(h("button", { type: "submit", class: "btn primary" }, this.#words.say("check")));
      acts.append(button("btn ghost", undefined, this.#words.say("another"), () => void this.#next()));
    }
    if (this.#hintsLeft() > 0) acts.append(button("btn ghost", "help", this.#words.say("hint"), () => this.#hint()));
    return acts;
  }

  #keys(): HTMLElement {
    const key = (keys: readonly string[], word: QuizKey): HTMLElement => keyHint(keys, this.#words.say(word));
    const line = h("p", { class: "qkeys" });
    if (this.#result) line.append(key(["R"], "key.open"), key(["N"], "key.next"));
    else {
      line.append(...(this.#question?.keys() ?? []).map(([k, word]) => key(k, word)), key(["Tab"], "key.tab"));
      if (this.#question?.enters) line.append(key(["Enter"], "key.check"));
      line.append(key(["N"], "key.next"));
    }
    if (this.#hintsLeft() > 0) line.append(key(["H"], "key.hint"));
    return line;
  }

  #evidence(): void {
    this.#question?.drawSide(this.#side, this.#result);
  }

  async #check(): Promise<void> {
    const v = this.#question?.variant;
    if (!v || this.#result || this.#sent) return;
    const answer = this.#question?.chosen();
    if (!answer) {
      this.#say(this.#words.say("choose"));
      return;
    }
    this.#sent = { id: newID(), to: practice(v.quiz, v.seed), lang: this.#lang(), answer };
    this.#verdict("todo", this.#words.say("checking"));
    await this.#deliver(this.#sent);
  }

  /** Sends an answer and shows what came of it, if it belongs to the question on the card. */
  async #deliver(s: Submission): Promise<void> {
    const outcome = await this.#outbox.send(s);
    if (this.#sent?.id !== s.id) return;
    switch (outcome.kind) {
      case "saved":
        this.#grade(outcome.body as Result);
        break;
      case "refused":
        this.#sent = undefined;
        this.#verdict("todo", this.#words.say("unanswered"));
        this.#say(outcome.message || this.#words.say("refused"));
        break;
      case "waiting":
        this.#verdict("todo", this.#words.say("checking"));
        this.#say(this.#words.say("unsaved"));
    }
  }

  async #resend(): Promise<void> {
    for (const s of this.#outbox.waiting()) await this.#deliver(s);
    if (this.#sent && !this.#outbox.waiting().some((x) => x.id === this.#sent?.id)) await this.#deliver(this.#sent);
  }

  #grade(result: Result): void {
    const quiz = this.#question?.variant.quiz ?? "";
    this.#result = result;
    this.#sent = undefined;
    const right = result.verdict === "right";
    misses.set(quiz, right ? 0 : (misses.get(quiz) ?? 0) + 1);
    this.#verdict(right ? "ok" : result.verdict === "partial" ? "part" : "no", result.summary);
    this.#question?.mark(result);
    this.#note.replaceChildren();
    const reasons = [...new Set(result.fields.map((f) => f.why))].join(this.#lang() === "zh" ? "" : " ");
    const text = right ? [reasons, result.explain].filter((x) => x !== "").join(this.#lang() === "zh" ? "" : " ") : result.explain;
    this.#form.querySelector(".acts")?.replaceWith(this.#acts());
    this.#form.querySelector(".qkeys")?.replaceWith(this.#keys());
    this.#note.append(...named(text));
    this.#evidence();
    this.#form.querySelector<HTMLElement>(".acts .btn")?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("fw-answer", { bubbles: true, composed: true, detail: { score: result.score } }));
  }

  async #next(): Promise<void> {
    const v = this.#question?.variant;
    if (!v) return;
    const seed = Math.floor(Math.random() * maxSeed);
    const url = `${this.getAttribute("base") ?? "/"}api/v1/${practice(v.quiz, seed)}?lang=${this.#lang()}`;
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(String(response.status));
      this.#show((await response.json()) as Variant, true);
    } catch {
      this.#say(this.#words.say("failed"));
    }
  }

  /** Where the run is opened: at the event that refutes the answer, or at the moment asked about. */
  #place(): Place | undefined {
    return this.#result?.refutation ?? this.#result?.run;
  }

  #openLabel(place: Place | undefined): string {
    return this.#words.say("open", { t: duration(place?.at ?? 0) });
  }

  #open(): void {
    const place = this.#place();
    if (!place) return;
    const { token, seq, at } = place;
    // A stage takes the event; where there is none, the playground has one.
    if (this.dispatchEvent(new CustomEvent("fw-open-run", { bubbles: true, composed: true, cancelable: true, detail: { token, seq, at } }))) {
      location.assign(`${this.getAttribute("base") ?? "/"}${this.#lang()}/playground?${new URLSearchParams({ run: token, at: String(at) })}`);
    }
  }

  /** How many hints may still be asked for: one after two misses in a row, one more for each further miss. */
  #hintsLeft(): number {
    const v = this.#question?.variant;
    if (!v || this.#result) return 0;
    const earned = (misses.get(v.quiz) ?? 0) - missesBeforeHints + 1;
    return Math.min(earned, v.hints.length) - this.#hints;
  }

  #hint(): void {
    if (this.#hintsLeft() <= 0) return;
    this.#hints++;
    this.#form.querySelector(".hints")?.replaceWith(this.#hintList());
    this.#form.querySelector(".acts")?.replaceWith(this.#acts());
    this.#form.querySelector(".qkeys")?.replaceWith(this.#keys());
  }

  #hintList(): HTMLElement {
    const items = (this.#question?.variant.hints ?? []).slice(0, this.#hints).map((text) => h("li", {}, ...unbroken(text)));
    return h("div", { class: "hints", role: "status" }, items.length > 0 ? h("ol", { "aria-label": this.#words.say("hints") }, ...items) : undefined);
  }

  #say(text: string): void {
    this.#note.replaceChildren(text);
  }

  #verdict(kind: "todo" | "ok" | "part" | "no", text: string): void {
    const mark = kind === "ok" ? "check" : kind === "no" ? "cross" : undefined;
    this.#status.replaceChildren(h("span", { class: `vd ${kind}` }, mark && icon(mark), text));
  }

  #lang(): "en" | "zh" {
    return this.getAttribute("lang")?.startsWith("zh") ? "zh" : "en";
  }

  #key(e: KeyboardEvent): void {
    if (!isKey(e)) return;
    if (/^[1-9]$/.test(e.key)) {
      if (this.#question?.choose(Number(e.key))) e.preventDefault();
      return;
    }
    switch (e.key.toLowerCase()) {
      case "n":
        void this.#next();
        break;
      case "r":
        this.#open();
        break;
      case "h":
        this.#hint();
        break;
      default:
        return;
    }
    e.preventDefault();
  }
}

customElements.define("quiz-card", QuizCard);
