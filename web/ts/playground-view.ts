// The playground's markup: the editor's bar, its status line, and the sections of controls.
import { button, h, hide, set, setText } from "./dom.ts";
import { bounds, type Outline } from "./language.gen.ts";
import type { MadeRun, Unanswered } from "./playground-server.ts";
import type { PlaygroundKey, PlaygroundWords } from "./playground-words.ts";

export interface BarActions {
  run(): void;
  share(): void;
  vary(name: string, choice: string): void;
  seed(value: number): void;
  /** Puts a run for each choice side by side. */
  compare(): void;
}

/** Run, share, the seed and the choices. What the server tells of the text comes last in its row, so that it moves nothing. */
export class PlaygroundBar {
  readonly el = h("div", { class: "pgbar" });
  #actions: BarActions;
  #run: HTMLButtonElement;
  #vary = h("span", { class: "varies" });
  #compare: HTMLButtonElement;
  #seed = h("input", { type: "number", min: 0, step: 1, inputmode: "numeric" });

  /** varied: what the first run chose; a run that chose something has a text with choices, before the server has read it. */
  constructor(say: PlaygroundWords, varied: Readonly<Record<string, string>>, actions: BarActions) {
    this.#actions = actions;
    this.#run = button("btn primary run", "play", say.say("run"), () => actions.run());
    this.#run.title = say.say("run.keys");
    this.#seed.addEventListener("change", () => {
      const seed = this.#seed.valueAsNumber;
      const good = Number.isSafeInteger(seed) && seed >= 0;
      this.#seed.setCustomValidity(good ? "" : say.say("seed.bad"));
      if (this.#seed.reportValidity() && good) actions.seed(seed);
    });
    this.#compare = button("btn", "twin", say.say("vary.compare"), () => actions.compare());
    hide(this.#compare, Object.keys(varied).length === 0);
    this.el.append(h("div", { class: "acts" }, this.#run, button("btn", "link", say.say("share"), () => actions.share()), this.#compare),
      h("div", { class: "params" }, h("label", { class: "inline" }, h("span", {}, say.say("seed")), this.#seed), this.#vary));
  }

  /** Says that a run is being computed. The button stays, so that the keyboard keeps its place. */
  set busy(on: boolean) {
    set(this.#run, "aria-busy", String(on));
  }

  set seed(value: number) {
    this.#seed.value = String(value);
    this.#seed.setCustomValidity("");
  }

  showVary(outline: Outline, chosen: Readonly<Record<string, string>>): void {
    const wanted = outline.vary.map((v) => v.name + v.choices.join("\n")).join("\n\n");
    if (this.#vary.dataset["of"] !== wanted) {
      this.#vary.dataset["of"] = wanted;
      this.#vary.replaceChildren(...outline.vary.map((v) => {
        const select = h("select", { "data-vary": v.name }, ...v.choices.map((c) => h("option", { value: c }, c)));
        select.addEventListener("change", () => this.#actions.vary(v.name, select.value));
        return h("label", { class: "inline" }, h("span", {}, v.name), select);
      }));
    }
    hide(this.#compare, !outline.vary.some((v) => v.choices.length > 1));
    for (const select of this.#vary.querySelectorAll("select")) {
      const v = outline.vary.find((x) => x.name === select.dataset["vary"]);
      select.value = chosen[v?.name ?? ""] ?? v?.choices[0] ?? "";
    }
  }
}

/** The line that says how text and stage stand to each other, and what went wrong on the way. */
export class StatusLine {
  readonly el = h("p", { class: "pgstate", role: "status" });
  #text = h("span", {});
  #action = h("button", { type: "button", class: "link" });
  #press: () => void = () => {};

  constructor() {
    this.#action.addEventListener("click", () => this.#press());
    this.el.append(this.#text, " ", this.#action);
    this.#action.hidden = true;
  }

  show(text: string, kind: "calm" | "edited" | "bad" = "calm", action?: { label: string; press(): void }): void {
    setText(this.#text, text);
    this.el.dataset["kind"] = kind;
    this.#action.hidden = !action;
    if (action) {
      setText(this.#action, action.label);
      this.#press = action.press;
    }
  }
}

/** A section of controls that folds away. */
export class Section {
  readonly el: HTMLDetailsElement;
  readonly note = h("span", { class: "r" });

  constructor(say: PlaygroundWords, title: PlaygroundKey, open: boolean, ...content: Node[]) {
    this.el = h("details", { class: "sec", open }, h("summary", { class: "ph" }, h("h2", {}, say.say(title)), this.note), ...content);
  }
}

/** What the run's expectations came to. */
export function expectations(say: PlaygroundWords, list: MadeRun["expects"]): HTMLElement[] {
  if (list.length === 0) return [h("p", { class: "quiet" }, say.say("expects.none"))];
  return [h("ul", { class: "expects" }, ...list.map((e) => h("li", { class: e.holds ? "holds" : "fails" },
    h("span", { class: "mark", "aria-hidden": "true" }, e.holds ? "✓" : "✕"),
    h("span", {}, e.text[say.lang], h("span", { class: "sr" }, ` (${say.say(e.holds ? "expects.holds" : "expects.fails")})`)))))];
}

/** Why the server gave no answer: what is true, what was kept, what to do. */
export function troubleText(say: PlaygroundWords, { code, wait }: Unanswered): string {
  switch (code) {
    case "offline":
      return say.say("fail.offline");
    case "scenario_busy":
      return say.say("fail.busy");
    case "too_many_runs":
      return say.say("fail.limit", { time: wait || 5 });
    case "too_large":
      return say.say("fail.large", { size: bounds.source / 1024 });
  }
  return say.say("fail.other");
}
