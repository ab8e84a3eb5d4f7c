// What a question looks like, in practice and in an exam: its prompt, the fields of its answer, and what stands beside it.
import { h, unbroken } from "./dom.ts";
import { duration } from "./format.ts";
import type { Result, Variant } from "./quiz.gen.ts";
import { type FieldView, fieldView } from "./quiz-field.ts";
import { drawEvidence } from "./quiz-figure.ts";
import { drawListing } from "./quiz-listing.ts";
import type { QuizKey, QuizWords } from "./quiz-words.ts";
import { storage } from "./storage.ts";

export class Question {
  readonly variant: Variant;
  readonly prompt: HTMLElement;
  readonly fields: HTMLElement;
  #views: FieldView[]; // in the order of the variant's
  #words: QuizWords;

  /** id is unique on the page; the prompt has the id `${id}-q`. */
  constructor(v: Variant, id: string, words: QuizWords) {
    this.variant = v;
    this.#words = words;
    this.prompt = h("h2", { id: `${id}-q`, tabindex: -1 }, ...unbroken(v.prompt));
    this.#views = v.fields.map((f) => fieldView(f, `${id}-${f.name}`, words));
    this.fields = h("div", { class: v.fields.length > 1 ? "two" : "one" }, ...this.#views.map((f) => f.el));
  }

  /** The answer; undefined while a field has none. */
  chosen(): Record<string, unknown> | undefined {
    const answer: Record<string, unknown> = {};
    for (const [i, f] of this.variant.fields.entries()) {
      const value = this.#views[i]?.value();
      if (value === undefined) return undefined;
      answer[f.name] = value;
    }
    return answer;
  }

  /** Shows an answer that was given before. */
  fill(answer: Readonly<Record<string, unknown>>): void {
    for (const [i, f] of this.variant.fields.entries()) this.#views[i]?.fill(answer[f.name]);
  }

  /** Shows what each field was worth. */
  mark(result: Result): void {
    for (const f of result.fields) this.#views[this.variant.fields.findIndex((x) => x.name === f.name)]?.mark(f);
  }

  /** Chooses the nth option of the field with the focus, or else of the first choice without one. */
  choose(n: number): boolean {
    const here = this.#views.find((f) => f.el.contains(document.activeElement)) ?? this.#views.find((f) => f.value() === undefined);
    return here?.choose(n) ?? false;
  }

  /** The keys of the kinds of fields that the question has. */
  keys(): [string[], QuizKey][] {
    const { fields } = this.variant;
    const keys: [string[], QuizKey][] = [];
    const most = Math.max(0, ...fields.map((f) => (f.type === "choice" ? (f.options?.length ?? 0) : 0)));
    if (most > 0) keys.push([[`1–${most}`], "key.choose"]);
    if (fields.some((f) => f.type === "order")) keys.push([["Space"], "key.lift"], [["↑", "↓"], "key.move"]);
    return keys;
  }

  /** Whether Enter hands the answer in from a field: in an order it presses the button with the focus, in a text it ends the line. */
  get enters(): boolean {
    return this.variant.fields.some((f) => f.type === "choice" || f.type === "number");
  }

  /** Puts the evidence and the listings into their place beside the form, with nothing hidden after the result. */
  drawSide(side: HTMLElement, result?: Result): void {
    const e = result?.evidence ?? this.variant.evidence;
    const listings = result?.listings ?? this.variant.listings ?? [];
    side.replaceChildren(...listings.map(drawListing));
    side.hidden = !e && listings.length === 0;
    side.parentElement?.classList.toggle("alone", !e && listings.length === 0);
    if (!e) return;
    const caption = this.#words.say(result ? "revealed" : "given", { t: duration(e.at), delay: duration(e.delay) });
    const folded = e.folded > 0 ? h("span", {}, this.#words.say("folded", { n: e.folded })) : undefined;
    side.append(h("figure", { class: "runx" }, h("figcaption", {}, h("b", {}, caption), folded), drawEvidence(e, this.#words, !result)));
  }
}

/** A key and what it does. */
export function keyHint(keys: readonly string[], text: string): HTMLElement {
  return h("span", {}, ...keys.map((k) => h("kbd", {}, k)), text);
}

/** Whether a key means something to the question: it is single, goes into no text, and keys are not switched off (WCAG 2.1.4). */
export function isKey(e: KeyboardEvent): boolean {
  return !e.ctrlKey && !e.metaKey && !e.altKey && storage()?.getItem("finwait.letters") !== "off" && !isTyping(e.target);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== "radio");
}
