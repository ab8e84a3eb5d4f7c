// The tabs of a code pane: the program in C, and as the scenario writes it.
import { chooseLanguage, codeLanguage } from "./code-language.ts";
import { h } from "./dom.ts";
import type { Phrases } from "./phrases.ts";
import type { CodeLanguage } from "./program.ts";

// Proper names, the same in both of the reader's languages.
const names: Record<CodeLanguage, string> = { c: "C", starlark: "Starlark" };

let count = 0;

export class CodeTabs {
  readonly el: HTMLElement;
  readonly panel = h("div", { class: "codepanel", role: "tabpanel" });
  #tabs: [CodeLanguage, HTMLButtonElement][] = [];

  constructor(say: Phrases) {
    this.el = h("div", { class: "codetabs", role: "tablist", "aria-label": say.text("code.tabs") });
    this.panel.id = `code-${++count}`;
    for (const language of ["c", "starlark"] as const) {
      const tab = h("button", { type: "button", role: "tab", id: `${this.panel.id}-${language}`, "aria-controls": this.panel.id }, names[language]);
      tab.addEventListener("click", () => chooseLanguage(language));
      this.#tabs.push([language, tab]);
      this.el.append(tab);
    }
    this.el.addEventListener("keydown", (e) => this.#key(e));
    this.show(codeLanguage());
  }

  show(language: CodeLanguage): void {
    for (const [name, tab] of this.#tabs) {
      const on = name === language;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      if (on) this.panel.setAttribute("aria-labelledby", tab.id);
    }
  }

  #key(e: KeyboardEvent): void {
    const all = this.#tabs.map(([, tab]) => tab);
    const here = all.findIndex((tab) => tab === document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to === undefined || here < 0) return;
    const next = all[(to + all.length) % all.length]!;
    next.click();
    next.focus();
    e.preventDefault();
    e.stopPropagation(); // the stage's own arrows move the playhead
  }
}
