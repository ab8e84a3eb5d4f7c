// <exam-paper>: the questions of an exam, one at a time. Each answer is saved when the learner goes on; the server says what it
// was worth when the exam is handed in.
import { button, h, icon } from "./dom.ts";
import type { Variant } from "./quiz.gen.ts";
import { newID, Outbox, type Submission } from "./quiz-outbox.ts";
import { isKey, keyHint, Question } from "./quiz-question.ts";
import { QuizWords } from "./quiz-words.ts";
import { storage } from "./storage.ts";

const resendEvery = 30_000; // ms
const place = "finwait.exam"; // the question that is shown, for a reload

interface Given {
  attempt: string;
  variant: Variant;
  answer?: Record<string, unknown>;
  at?: string; // when it was saved
}

/** One question of the paper. */
class Item {
  readonly attempt: string;
  readonly question: Question;
  saved: string; // the answer that the server has, as JSON
  at: Date | undefined;
  waiting: Submission | undefined; // the answer that it does not have yet
  touched = false; // an order and a program have a value before anybody has answered

  constructor(given: Given, id: string, words: QuizWords) {
    this.attempt = given.attempt;
    this.question = new Question(given.variant, id, words);
    this.saved = given.answer ? this.#read(given.answer) : "";
    this.at = given.at ? new Date(given.at) : undefined;
    if (given.answer) this.question.fill(given.answer);
  }

  /** What is on the page and neither saved nor on its way. */
  changed(): Record<string, unknown> | undefined {
    const answer = this.touched ? this.question.chosen() : undefined;
    if (!answer || this.#read(answer) === (this.waiting ? this.#read(this.waiting.answer) : this.saved)) return undefined;
    return answer;
  }

  /** An answer in the order of the fields. */
  #read(answer: Readonly<Record<string, unknown>>): string {
    return JSON.stringify(this.question.variant.fields.map((f) => answer[f.name]));
  }

  confirm(s: Submission, at: Date): void {
    this.saved = this.#read(s.answer);
    this.at = at;
    if (this.waiting?.id === s.id) this.waiting = undefined;
  }
}

class ExamPaper extends HTMLElement {
  #words = new QuizWords({});
  #outbox!: Outbox;
  #items: Item[] = [];
  #now = 0;
  #off: AbortController | undefined;
  #timer = 0;
  #tabs = h("ol", {});
  #form = h("form", { class: "qask", novalidate: true });
  #side = h("div", { class: "qside" });
  #status = h("span", { class: "saved", role: "status" });
  #article = h("article", { class: "qc flat" }, h("div", { class: "qb" }, this.#form, this.#side));

  connectedCallback(): void {
    if (this.#off) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    const data = JSON.parse(this.querySelector('script[data-role="exam"]')?.textContent ?? "{}") as { questions?: Given[]; words?: Record<string, string> };
    this.#words = new QuizWords(data.words ?? {});
    this.#outbox = new Outbox(this.getAttribute("base") ?? "/", storage());
    this.#items = (data.questions ?? []).map((q, i) => new Item(q, `ex${i + 1}`, this.#words));
    for (const item of this.#items) this.#takeWaiting(item);
    this.#form.addEventListener("submit", (e) => {
      e.preventDefault();
      void this.#save(true);
    }, { signal });
    const touch = (): void => {
      const item = this.#items[this.#now];
      if (item) item.touched = true;
    };
    for (const type of ["input", "change", "dragend"]) this.#form.addEventListener(type, touch, { signal });
    this.addEventListener("keydown", (e) => this.#key(e), { signal });
    globalThis.addEventListener("online", () => void this.#resend(), { signal });
    this.#timer = globalThis.setInterval(() => void this.#resend(), resendEvery);
    this.#watchEnd(signal);
    this.replaceChildren(h("nav", { class: "exs", "aria-label": this.#words.say("paper.questions") }, this.#tabs), this.#article);
    this.#show(this.#first(), false);
    void this.#resend();
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#off = undefined;
    clearInterval(this.#timer);
  }

  /** An answer that was given here and has not been saved yet. */
  #takeWaiting(item: Item): void {
    item.waiting = this.#outbox.waiting().findLast((s) => s.to === `attempts/${item.attempt}`);
    if (item.waiting) item.question.fill(item.waiting.answer);
  }

  /** The question that was shown before a reload, else the first without an answer. */
  #first(): number {
    const before = this.#items.findIndex((x) => x.attempt === storage()?.getItem(place));
    return before >= 0 ? before : Math.max(0, this.#items.findIndex((x) => x.saved === "" && !x.waiting));
  }

  #show(i: number, focus: boolean): void {
    const item = this.#items[i];
    if (!item) return;
    this.#now = i;
    try {
      storage()?.setItem(place, item.attempt);
    } catch {
      // Storage is full or closed: a reload shows the first open question.
    }
    const { question } = item;
    this.#article.setAttribute("aria-labelledby", question.prompt.id);
    const head = h("p", { class: "exq" }, h("b", {}, this.#words.say("paper.question", { i: i + 1, n: this.#items.length })), this.#words.kind(question.variant.kind));
    this.#form.replaceChildren(head, question.prompt, question.fields, this.#acts(), this.#keys(question));
    question.drawSide(this.#side);
    this.#draw();
    if (!focus) return;
    if (this.getBoundingClientRect().top < 0) this.scrollIntoView({ block: "start" });
    question.prompt.focus({ preventScroll: true });
  }

  #acts(): HTMLElement {
    const last = this.#now === this.#items.length - 1;
    const previous = button("btn", undefined, this.#words.say("paper.previous"), () => this.#go(-1));
    previous.disabled = this.#now === 0;
    const save = h("button", { type: "submit", class: "btn primary" }, this.#words.say(last ? "paper.savelast" : "paper.save"));
    const next = button("btn ghost", undefined, this.#words.say("paper.next"), () => this.#go(1));
    next.hidden = last;
    return h("div", { class: "acts" }, previous, save, next, this.#status);
  }

  #keys(q: Question): HTMLElement {
    return h("p", { class: "qkeys" }, ...q.keys().map(([k, word]) => keyHint(k, this.#words.say(word))),
      q.enters ? keyHint(["Enter"], this.#words.say("paper.save")) : undefined, keyHint(["←", "→"], this.#words.say("paper.key.question")));
  }

  /** The row of questions, the count of what is saved, and what is said of this one. */
  #draw(): void {
    this.#tabs.replaceChildren(...this.#items.map((item, i) => {
      const state = item.waiting ? "waiting" : item.saved !== "" ? "saved" : "open";
      const b = h("button", { type: "button", "aria-current": i === this.#now ? "step" : undefined }, h("b", {}, String(i + 1)),
        h("span", {}, this.#words.say(`paper.state.${state}`)));
      b.addEventListener("click", () => this.#go(i - this.#now));
      return h("li", { class: state }, b);
    }));
    const saved = this.#items.filter((x) => x.saved !== "").length;
    const count = document.querySelector('[data-role="saved"]');
    if (count) count.textContent = String(saved);
    const open = document.querySelector('[data-role="open"]');
    if (open) open.textContent = this.#words.say("paper.open", { n: this.#items.filter((x) => x.saved === "" && !x.waiting).length });
    this.#tell();
  }

  #tell(): void {
    const item = this.#items[this.#now];
    if (item?.waiting) this.#status.replaceChildren(this.#words.say("paper.waits"));
    else if (item?.at) {
      const time = item.at.toLocaleTimeString(this.#lang(), { hour: "2-digit", minute: "2-digit" });
      this.#status.replaceChildren(icon("check"), this.#words.say("paper.at", { time }));
    } else this.#status.replaceChildren();
  }

  /** Goes to another question; what was answered here is saved. */
  #go(step: number): void {
    const to = this.#now + step;
    if (to < 0 || to >= this.#items.length) return;
    void this.#save(false);
    this.#show(to, true);
  }

  async #save(on: boolean): Promise<void> {
    const item = this.#items[this.#now];
    if (!item) return;
    if (on && !item.question.chosen()) {
      this.#status.replaceChildren(this.#words.say("choose"));
      return;
    }
    item.touched ||= on;
    const answer = item.changed();
    if (answer) item.waiting = { id: newID(), to: `attempts/${item.attempt}`, lang: this.#lang(), answer };
    if (on && this.#now < this.#items.length - 1 && !isText(item)) this.#show(this.#now + 1, true);
    if (answer && item.waiting) await this.#send(item, item.waiting, on);
  }

  /** Sends an answer. Where the server refuses it, it says why, on the question that it belongs to. */
  async #send(item: Item, s: Submission, on = false): Promise<void> {
    const stays = this.#items[this.#now] === item;
    const outcome = await this.#outbox.send(s);
    if (outcome.kind === "saved") item.confirm(s, new Date((outcome.body as { at: string }).at));
    if (outcome.kind === "refused" && item.waiting?.id === s.id) item.waiting = undefined;
    if (outcome.kind === "saved" && on && stays && this.#items[this.#now] === item && this.#now < this.#items.length - 1) this.#show(this.#now + 1, true);
    else this.#draw();
    if (outcome.kind === "refused" && this.#items[this.#now] === item) this.#status.replaceChildren(outcome.message || this.#words.say("refused"));
  }

  async #resend(): Promise<void> {
    for (const item of this.#items) if (item.waiting) await this.#send(item, item.waiting);
  }

  /** Handing in waits until all that was answered is saved. */
  #watchEnd(signal: AbortSignal): void {
    const box = document.querySelector<HTMLDetailsElement>('[data-role="end"]');
    const form = box?.querySelector("form");
    form?.addEventListener("reset", () => {
      box!.open = false;
      box!.querySelector("summary")?.focus();
    }, { signal });
    form?.addEventListener("submit", (e) => {
      if (!this.#items.some((x) => x.waiting ?? x.changed())) {
        storage()?.removeItem(place);
        return;
      }
      e.preventDefault();
      void this.#saveAll().then((done) => {
        if (done) form.requestSubmit();
        else form.querySelector('[role="status"]')?.replaceChildren(this.#words.say("paper.waits"));
      });
    }, { signal });
  }

  async #saveAll(): Promise<boolean> {
    for (const item of this.#items) {
      const answer = item.changed();
      if (answer) item.waiting = { id: newID(), to: `attempts/${item.attempt}`, lang: this.#lang(), answer };
    }
    await this.#resend();
    return this.#items.every((x) => !x.waiting && !x.changed());
  }

  #lang(): "en" | "zh" {
    return this.getAttribute("lang")?.startsWith("zh") ? "zh" : "en";
  }

  #key(e: KeyboardEvent): void {
    if (!isKey(e)) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (step !== undefined && !(e.target instanceof HTMLInputElement)) this.#go(step);
    else if (!/^[1-9]$/.test(e.key) || !this.#items[this.#now]?.question.choose(Number(e.key))) return;
    e.preventDefault();
  }
}

/** A program may be refused with a line to mend: its question stays until it is saved. */
function isText(item: Item): boolean {
  return item.question.variant.fields.some((f) => f.type === "text");
}

customElements.define("exam-paper", ExamPaper);
