// The runs of a stage in its transport: a letter for each lane, the list of all, compare, undo and redo.
import type { Branch } from "./branch.ts";
import { button, h, icon, set, setText } from "./dom.ts";
import type { Phrases } from "./phrases.ts";
import { changed, type Store } from "./store.ts";

export interface RunsActions {
  undo(): void;
  redo(): void;
  compare(): void;
  /** Puts these runs side by side. */
  twin(list: readonly Branch[]): void;
  /** Fetches a run for each choice of the scenario and puts them side by side; undefined where it has none. */
  choices(): (() => void) | undefined;
  branchName(b: Branch, when?: boolean): string;
}

const mostTwins = 4;

export class RunsBar {
  /** For the transport's row. */
  readonly els: HTMLElement[];
  readonly list = h("div", { class: "runlist", role: "dialog", tabindex: -1 });
  #store: Store;
  #say: Phrases;
  #actions: RunsActions;
  #lanes = h("span", { class: "seg-ctl runs", role: "group" });
  #open: HTMLButtonElement;
  #openLabel = h("span", { class: "n" });
  #compare: HTMLButtonElement;
  #undo: HTMLButtonElement;
  #redo: HTMLButtonElement;
  #rows = h("ul", {});
  #side: HTMLButtonElement;
  #choices: HTMLButtonElement;
  #ticked = new Set<Branch>();

  constructor(store: Store, say: Phrases, actions: RunsActions) {
    this.#store = store;
    this.#say = say;
    this.#actions = actions;
    this.#lanes.setAttribute("aria-label", say.text("branch.label"));
    this.#open = button("btn icon runsbtn", "list", say.text("branch.list"), () => this.#toggle(), true);
    this.#open.setAttribute("aria-haspopup", "dialog");
    this.#open.append(this.#openLabel);
    this.#compare = named(button("btn compare", "twin", say.text("branch.compare"), () => actions.compare()), say.text("branch.compare"));
    this.#undo = named(button("btn undo", "undo", say.text("branch.undo"), () => actions.undo()), say.text("branch.undo"));
    this.#redo = button("btn icon redo", "redo", say.text("branch.redo"), () => actions.redo(), true);
    this.#side = button("btn small sidebtn", "twin", say.text("branch.side"), () => this.#sideBySide());
    this.#choices = button("btn small", "twin", say.text("branch.choices"), () => {
      this.close();
      actions.choices()?.();
    });
    this.list.setAttribute("aria-label", say.text("branch.list"));
    this.list.append(h("h3", {}, say.text("branch.list")), this.#rows, h("div", { class: "acts" }, this.#side, this.#choices));
    this.list.hidden = true;
    this.list.addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      this.close(true);
    });
    this.els = [this.#lanes, this.#open, this.#compare, this.#undo, this.#redo];
  }

  close(back = false): void {
    if (this.list.hidden) return;
    this.list.hidden = true;
    set(this.#open, "aria-expanded", "false");
    if (back) this.#open.focus();
  }

  /** Closes the list where something outside of it was pressed. */
  pressed(target: Node): void {
    if (!this.list.contains(target) && !this.#open.contains(target)) this.close();
  }

  #toggle(): void {
    if (!this.list.hidden) {
      this.close(true);
      return;
    }
    const { twin, current, counterpart } = this.#store;
    this.#ticked = new Set(twin.length > 0 ? twin : counterpart ? [current, counterpart] : []);
    this.list.hidden = false;
    set(this.#open, "aria-expanded", "true");
    this.#drawList();
    this.list.querySelector<HTMLElement>("[aria-current]")?.focus();
  }

  #sideBySide(): void {
    const list = this.#store.runs.kept.filter((b) => this.#ticked.has(b));
    this.close(true);
    this.#actions.twin(list);
  }

  draw(bits: number): void {
    if (!(bits & (changed.status | changed.log))) return;
    const { branches, current, runs, twin, compared } = this.#store;
    const several = runs.kept.length > 1;
    const choices = this.#actions.choices() !== undefined;
    this.#lanes.hidden = branches.length < 2;
    this.#compare.hidden = !several && !choices;
    this.#open.hidden = !several && !choices;
    this.#redo.hidden = !runs.canRedo;
    this.#undo.hidden = !this.#store.canUndo;
    set(this.#compare, "aria-pressed", String(twin.length > 0 || compared !== undefined));
    const folded = runs.folded > 0 ? `+${runs.folded}` : "";
    setText(this.#openLabel, folded);
    set(this.#open, "aria-label", `${this.#say.text("branch.list")} ${folded}`.trim());
    this.#choices.hidden = !choices;
    this.#lanes.replaceChildren(...branches.map((b) => {
      const name = this.#actions.branchName(b, true);
      const el = h("button", { type: "button", "aria-pressed": String(b === current), "aria-label": `${b.name}: ${name}`, title: name }, b.name);
      el.addEventListener("click", () => this.#store.show(b));
      return el;
    }));
    if (!this.list.hidden) this.#drawList();
  }

  #drawList(): void {
    const { runs, first } = this.#store;
    const held = document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement) ? document.activeElement.dataset["at"] : undefined;
    this.#rows.replaceChildren(...runs.kept.map((b) => this.#row(b, b !== first)));
    this.#tell();
    if (held !== undefined) (this.#rows.querySelector<HTMLElement>(`[data-at="${held}"]`) ?? this.#rows.querySelector<HTMLElement>("[aria-current]"))?.focus();
  }

  #row(b: Branch, removable: boolean): HTMLElement {
    const say = this.#say;
    const name = this.#actions.branchName(b, true);
    const current = b === this.#store.current;
    const show = h("button", { type: "button", class: "run", "aria-current": current ? "true" : undefined, "data-at": `show ${b.name}` }, h("b", {}, b.name), " ",
      h("span", {}, name, b.note ? h("small", {}, b.note) : undefined));
    show.addEventListener("click", () => this.#store.show(b));
    const tick = h("input", { type: "checkbox", "aria-label": say.text("branch.side.run", { run: b.name }), "data-at": `tick ${b.name}` });
    tick.checked = this.#ticked.has(b);
    tick.addEventListener("change", () => {
      if (tick.checked) this.#ticked.add(b);
      else this.#ticked.delete(b);
      this.#tell();
    });
    const gone = h("button", { type: "button", class: "gone", "aria-label": say.text("branch.remove", { run: b.name }), title: say.text("branch.remove", { run: b.name }), "data-at": `gone ${b.name}` }, icon("cross"));
    gone.addEventListener("click", () => {
      this.#ticked.delete(b);
      this.#store.remove(b);
    });
    return h("li", {}, h("label", { class: "tick", title: say.text("branch.side.run", { run: b.name }) }, tick), show, removable ? gone : undefined);
  }

  #tell(): void {
    const n = this.#store.runs.kept.filter((b) => this.#ticked.has(b)).length;
    this.#side.disabled = n < 2 || n > mostTwins;
  }
}

function named(b: HTMLButtonElement, label: string): HTMLButtonElement {
  b.setAttribute("aria-label", label);
  return b;
}
