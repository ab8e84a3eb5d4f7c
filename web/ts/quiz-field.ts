// The fields of a question: how each type is shown, read and marked.
import { chip, h, icon, unbroken } from "./dom.ts";
import type { Field, FieldResult, Option } from "./quiz.gen.ts";
import { OrderField } from "./quiz-order.ts";
import type { QuizWords } from "./quiz-words.ts";

/** One field on the card. */
export interface FieldView {
  readonly el: HTMLElement;
  /** The member of the answer; undefined while nothing, or nothing that fits, is given. */
  value(): unknown;
  /** Gives it a value that was given before. */
  fill(value: unknown): void;
  /** Shows what it was worth; from then on it can't be changed. */
  mark(result: FieldResult): void;
  /** Chooses the nth option, from 1; false where there is none. */
  choose(n: number): boolean;
}

/** The view of a field; id is unique on the page. */
export function fieldView(f: Field, id: string, words: QuizWords): FieldView {
  switch (f.type) {
    case "number":
      return new NumberField(f, id, words);
    case "order":
      return new OrderField(f, words);
    case "text":
      return new TextField(f, id, words);
    default:
      return new ChoiceField(f, id, words);
  }
}

/** One of several: radio buttons. */
class ChoiceField implements FieldView {
  readonly el: HTMLFieldSetElement;
  #words: QuizWords;

  constructor(f: Field, id: string, words: QuizWords) {
    this.#words = words;
    const options = (f.options ?? []).map((o, i) => this.#option(o, id, i));
    this.el = h("fieldset", { "data-field": f.name }, h("legend", {}, f.label), h("div", { class: "ropts" }, ...options));
  }

  #option(o: Option, id: string, i: number): HTMLLabelElement {
    const radio = h("input", { type: "radio", name: id, value: o.value });
    const text = h("span", {}, ...named(o.label), o.note ? h("em", {}, o.note) : undefined);
    return h("label", { class: "ro" }, radio, text, h("kbd", { "aria-hidden": "true" }, String(i + 1)));
  }

  value(): string | undefined {
    return this.el.querySelector<HTMLInputElement>("input:checked")?.value;
  }

  fill(value: unknown): void {
    for (const radio of this.el.querySelectorAll("input")) radio.checked = radio.value === value;
  }

  choose(n: number): boolean {
    const radio = this.el.querySelectorAll<HTMLInputElement>("input")[n - 1];
    if (!radio || radio.disabled) return false;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  mark(r: FieldResult): void {
    const given = this.value();
    for (const label of this.el.querySelectorAll<HTMLLabelElement>("label.ro")) {
      const radio = label.querySelector("input");
      if (!radio) continue;
      radio.disabled = true;
      const mine = radio.value === given;
      if (mine && r.right) this.#put(label, "correct");
      else if (mine) {
        this.#put(label, "yours");
        radio.setAttribute("aria-invalid", "true");
      } else if (!r.right && labelOf(label) === r.key) this.#put(label, "correct");
    }
  }

  #put(label: HTMLElement, word: "correct" | "yours"): void {
    label.classList.add(word === "correct" ? "right" : "wrong");
    label.querySelector("kbd")?.replaceWith(icon(word === "correct" ? "check" : "cross"));
    label.querySelector("span")?.append(h("em", {}, this.#words.say(word)));
  }
}

/** An option's text without its note. */
function labelOf(label: HTMLElement): string {
  return [...(label.querySelector("span")?.childNodes ?? [])].filter((n) => n.nodeName !== "EM").map((n) => n.textContent).join("");
}

/** A whole number with its unit. */
class NumberField implements FieldView {
  readonly el: HTMLElement;
  #input: HTMLInputElement;
  #note = h("em", {});
  #words: QuizWords;

  constructor(f: Field, id: string, words: QuizWords) {
    this.#words = words;
    this.#input = h("input", { type: "number", id, inputmode: "numeric", step: 1, min: f.min ?? 0, max: f.max, autocomplete: "off" });
    const unit = f.unit ? h("span", { class: "unit", "aria-hidden": "true" }, f.unit) : undefined;
    const label = h("label", { for: id }, f.label, f.unit ? ` (${f.unit})` : undefined);
    this.el = h("div", { class: "fld", "data-field": f.name }, label, h("span", { class: "num" }, this.#input, unit), this.#note);
  }

  value(): number | undefined {
    const { value, valueAsNumber } = this.#input;
    return value.trim() === "" || !this.#input.checkValidity() || Number.isNaN(valueAsNumber) ? undefined : valueAsNumber;
  }

  fill(value: unknown): void {
    this.#input.value = String(value);
  }

  choose(): boolean {
    return false;
  }

  mark(r: FieldResult): void {
    this.#input.readOnly = true;
    this.el.classList.add(r.right ? "right" : "wrong");
    if (!r.right) this.#input.setAttribute("aria-invalid", "true");
    const text = r.right ? this.#words.say("correct") : this.#words.say("was", { key: r.key });
    this.#note.replaceChildren(icon(r.right ? "check" : "cross"), text);
  }
}

/** A program. Tab moves on, so that the keyboard is never caught; two spaces come by typing them. */
class TextField implements FieldView {
  readonly el: HTMLElement;
  #area: HTMLTextAreaElement;
  #note = h("em", {});
  #words: QuizWords;

  constructor(f: Field, id: string, words: QuizWords) {
    this.#words = words;
    const text = f.text ?? "";
    this.#area = h("textarea", { id, class: "prog", spellcheck: "false", autocapitalize: "off", autocomplete: "off", rows: Math.max(8, text.split("\n").length + 2) });
    this.#area.value = text;
    this.el = h("div", { class: "fld prog", "data-field": f.name }, h("label", { for: id }, f.label), this.#area, this.#note);
  }

  value(): string | undefined {
    return this.#area.value.trim() === "" ? undefined : this.#area.value;
  }

  fill(value: unknown): void {
    this.#area.value = String(value);
  }

  choose(): boolean {
    return false;
  }

  mark(r: FieldResult): void {
    this.#area.readOnly = true;
    this.el.classList.add(r.right ? "right" : "wrong");
    this.#note.replaceChildren(icon(r.right ? "check" : "cross"), r.right ? this.#words.say("correct") : this.#words.say("notyet"));
  }
}

/** A sentence in which the names of states have their colour and glyph. */
export function named(text: string): Node[] {
  return text.split(/([A-Z]+(?:-[A-Z0-9]+)+|\bCLOSED\b|\bLISTEN\b|\bCLOSING\b|\bESTABLISHED\b)/).flatMap((piece) => {
    const el = chip(piece);
    return el.childElementCount > 0 ? el : unbroken(piece);
  });
}

