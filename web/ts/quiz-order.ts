// A field whose items are put in order: by buttons, by keys (Space lifts and drops, the arrows move, Esc puts back), by
// dragging.
import { button, h, icon } from "./dom.ts";
import type { Field, FieldResult } from "./quiz.gen.ts";
import type { FieldView } from "./quiz-field.ts";
import type { QuizWords } from "./quiz-words.ts";

export class OrderField implements FieldView {
  readonly el: HTMLElement;
  #list: HTMLOListElement;
  #words: QuizWords;
  #said = h("span", { class: "sr", role: "status" });
  #note = h("em", {});
  #lifted: { item: HTMLLIElement; before: HTMLLIElement[] } | undefined;
  #marked = false;

  constructor(f: Field, words: QuizWords) {
    this.#words = words;
    this.#list = h("ol", { class: "olist", "aria-label": f.label }, ...(f.options ?? []).map((o) => this.#item(o.value, o.label)));
    this.el = h("div", { "data-field": f.name }, h("p", { class: "legend" }, f.label), this.#list, this.#note, this.#said);
    this.#list.addEventListener("keydown", (e) => this.#key(e));
    this.#list.addEventListener("dragover", (e) => this.#over(e));
  }

  #item(value: string, label: string): HTMLLIElement {
    const li = h("li", { "data-value": value, draggable: "true" },
      h("span", { class: "n", "aria-hidden": "true" }), h("span", { class: "w" }, label),
      h("span", { class: "mv" }, this.#mover("up", label, () => this.#move(li, -1)), this.#mover("down", label, () => this.#move(li, 1))));
    li.addEventListener("dragstart", (e) => {
      if (this.#marked) return e.preventDefault();
      li.classList.add("lifted");
      e.dataTransfer?.setData("text/plain", value);
    });
    li.addEventListener("dragend", () => li.classList.remove("lifted"));
    return li;
  }

  #mover(way: "up" | "down", label: string, move: () => void): HTMLButtonElement {
    const b = button("btn icon", way, this.#words.say(way, { item: label }), move, true);
    return b;
  }

  get #items(): HTMLLIElement[] {
    return [...this.#list.children].filter((x): x is HTMLLIElement => x instanceof HTMLLIElement);
  }

  #move(li: HTMLLIElement, step: number): void {
    if (this.#marked) return;
    const focused = document.activeElement;
    const items = this.#items;
    const to = items.indexOf(li) + step;
    if (to < 0 || to >= items.length) return;
    if (step < 0) items[to]!.before(li);
    else items[to]!.after(li);
    if (focused instanceof HTMLElement && li.contains(focused)) focused.focus();
    this.#said.textContent = this.#words.say("moved", { item: li.querySelector(".w")?.textContent ?? "", n: to + 1, of: items.length });
    this.#list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #over(e: DragEvent): void {
    const dragged = this.#list.querySelector(".lifted");
    const over = e.target instanceof Element ? e.target.closest("li") : null;
    if (!dragged || !over || over === dragged) return;
    e.preventDefault();
    const items = this.#items;
    if (items.indexOf(over) < items.findIndex((x) => x === dragged)) over.before(dragged);
    else over.after(dragged);
  }

  #key(e: KeyboardEvent): void {
    const li = e.target instanceof Element ? e.target.closest("li") : null;
    if (!li || this.#marked || e.ctrlKey || e.metaKey || e.altKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (e.key === " ") this.#lift(li);
    else if (step !== undefined && this.#lifted?.item === li) this.#move(li, step);
    else if (step !== undefined) this.#items[this.#items.indexOf(li) + step]?.querySelector("button")?.focus();
    else if (e.key === "Escape" && this.#lifted) this.#putBack();
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  #lift(li: HTMLLIElement): void {
    const down = this.#lifted?.item === li;
    this.#lifted?.item.classList.remove("lifted");
    this.#lifted = down ? undefined : { item: li, before: this.#items };
    li.classList.toggle("lifted", !down);
    this.#said.textContent = this.#words.say(down ? "dropped" : "lifted", { item: li.querySelector(".w")?.textContent ?? "" });
  }

  #putBack(): void {
    const l = this.#lifted!;
    this.#list.append(...l.before);
    l.item.classList.remove("lifted");
    l.item.querySelector("button")?.focus();
    this.#lifted = undefined;
  }

  value(): string[] {
    return this.#items.map((li) => li.dataset["value"] ?? "");
  }

  fill(value: unknown): void {
    const items = this.#items;
    if (Array.isArray(value)) this.#list.append(...items.sort((a, b) => value.indexOf(a.dataset["value"]) - value.indexOf(b.dataset["value"])));
  }

  choose(): boolean {
    return false;
  }

  mark(r: FieldResult): void {
    this.#marked = true;
    const key = r.key.split(" ");
    for (const b of this.#list.querySelectorAll("button")) b.disabled = true;
    this.#list.classList.add(r.right ? "right" : "wrong");
    if (r.right) {
      this.#note.replaceChildren(icon("check"), this.#words.say("correct"));
      return;
    }
    const items = this.#items;
    const best = h("ol", { class: "olist key", "aria-label": this.#words.say("oneright") },
      ...key.map((v) => h("li", {}, h("span", { class: "n", "aria-hidden": "true" }),
        h("span", { class: "w" }, items.find((li) => li.dataset["value"] === v)?.querySelector(".w")?.textContent ?? v))));
    this.#note.replaceChildren(icon("cross"), this.#words.say("oneright"), best);
  }
}
