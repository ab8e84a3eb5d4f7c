// The search dialog. site.ts loads it when it is first asked for; the index comes with the first opening.
import { h, icon } from "./dom.ts";
import { excerpt, type Found, type Index, marked, Search } from "./search-index.ts";

const shown = 40;
const snippet = 150; // characters

/** What can be looked at alone: the kinds behind each choice. Its word is "only." and the name. */
const choices: Readonly<Record<string, readonly string[] | undefined>> = {
  all: undefined, lesson: ["lesson"], asked: ["asked"], term: ["term"], reference: ["state", "sysctl", "timer", "errno", "page"], rule: ["rule"], scenario: ["scenario"],
};

/** Opens the dialog of a page's search link. */
export function open(link: HTMLElement): void {
  dialog ??= new SearchDialog(link);
  dialog.open();
}

let dialog: SearchDialog | undefined;

class SearchDialog {
  readonly #link: HTMLElement;
  readonly #input = h("input", { type: "text", inputmode: "search", id: "search-input", role: "combobox", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go", "aria-autocomplete": "list", "aria-controls": "search-list", "aria-expanded": "false" });
  readonly #list = h("div", { id: "search-list", role: "listbox", class: "slist" });
  readonly #status = h("p", { role: "status", class: "scount" });
  readonly #only = h("div", { class: "sonly", role: "group" });
  readonly #keys = h("p", { class: "skeys", "aria-hidden": "true" });
  readonly #close = h("button", { type: "button", class: "btn icon ghost" }, icon("cross"));
  readonly #el: HTMLDialogElement;
  #words: Index["words"] = {};
  #search: Search | undefined;
  #options: HTMLAnchorElement[] = [];
  #choice = "all";
  #at = -1;

  constructor(link: HTMLElement) {
    this.#link = link;
    const head = h("div", { class: "shead" }, icon("search"), this.#input, this.#close);
    this.#el = h("dialog", { class: "searchdlg", "aria-label": link.getAttribute("aria-label") ?? "" }, head, this.#only, this.#status, this.#list, this.#keys);
    this.#close.setAttribute("aria-label", "Esc");
    this.#list.hidden = true;
    this.#input.setAttribute("aria-label", link.getAttribute("aria-label") ?? "");
    this.#input.addEventListener("input", () => this.#look());
    this.#el.addEventListener("keydown", (e) => this.#key(e));
    this.#close.addEventListener("click", () => this.#el.close());
    this.#el.addEventListener("click", (e) => this.#click(e));
    document.body.append(this.#el);
  }

  open(): void {
    if (this.#el.open) return;
    this.#el.showModal();
    this.#input.focus();
    this.#input.select();
    if (!this.#search) void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const answer = await fetch(this.#link.dataset["index"] ?? "");
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const index = (await answer.json()) as Index;
      this.#words = index.words;
      this.#search = new Search(index.entries);
    } catch {
      this.#failed();
      return;
    }
    this.#speak();
    this.#look();
  }

  /** Says what is true and where the same can be read; the next opening tries again. */
  #failed(): void {
    const to = h("a", { href: this.#link.getAttribute("href") ?? "" }, this.#link.dataset["failed"] ?? "");
    this.#status.replaceChildren(to);
  }

  #say(key: string, values: Readonly<Record<string, string>> = {}): string {
    return (this.#words[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }

  #speak(): void {
    this.#input.placeholder = this.#say("placeholder");
    this.#input.setAttribute("aria-label", this.#say("label"));
    this.#list.setAttribute("aria-label", this.#say("results"));
    this.#close.setAttribute("aria-label", this.#say("close"));
    this.#only.setAttribute("aria-label", this.#say("only"));
    this.#only.replaceChildren(...Object.keys(choices).map((name) => this.#chip(name)));
    const key = (name: string): HTMLElement => h("kbd", {}, name);
    this.#keys.replaceChildren(
      h("span", {}, key("↑"), " ", key("↓"), " ", this.#say("keys.move")), h("span", {}, key("Enter"), " ", this.#say("keys.open")),
      h("span", {}, key("Esc"), " ", this.#say("keys.close")));
  }

  #chip(name: string): HTMLElement {
    const chip = h("button", { type: "button", "aria-pressed": String(name === this.#choice) }, this.#say(`only.${name}`));
    chip.addEventListener("click", () => {
      this.#choice = name;
      for (const other of this.#only.children) other.setAttribute("aria-pressed", String(other === chip));
      this.#look();
    });
    return chip;
  }

  #look(): void {
    if (!this.#search) return;
    const query = this.#input.value.trim();
    const kinds = choices[this.#choice];
    const found = this.#search.find(query, kinds && new Set(kinds));
    const groups = grouped(found.slice(0, shown));
    this.#options = [];
    this.#list.replaceChildren(...[...groups].map(([kind, list], i) => this.#group(kind, list, `search-group-${i}`)));
    this.#list.hidden = found.length === 0;
    this.#list.scrollTop = 0;
    this.#input.setAttribute("aria-expanded", String(found.length > 0));
    this.#status.textContent = this.#count(query, found.length);
    this.#choose(found.length > 0 ? 0 : -1);
  }

  #count(query: string, n: number): string {
    if (query === "" && n === 0) return this.#say("hint");
    if (n === 0) return this.#say("none", { query });
    if (n === 1) return this.#say("count.one");
    return this.#say(n > shown ? "count.more" : "count", { n: String(n), shown: String(shown) });
  }

  #group(kind: string, list: readonly Found[], id: string): HTMLElement {
    const name = h("div", { class: "skind", id, role: "presentation" }, this.#say(`kind.${kind}`));
    return h("div", { class: "sgroup", role: "group", "aria-labelledby": id }, name, h("div", { class: "sopts", role: "presentation" }, ...list.map((f) => this.#option(f))));
  }

  #option({ entry, words }: Found): HTMLElement {
    const pieces = (text: string): (Node | string)[] => marked(text, words).map(([t, hit]) => (hit ? h("mark", {}, t) : t));
    const el = h("a", { role: "option", id: `search-option-${this.#options.length}`, tabindex: -1, "aria-selected": "false", href: this.#address(entry.path) },
      h("span", { class: "stitle" }, ...pieces(entry.title)), entry.under === undefined ? undefined : h("span", { class: "sunder" }, entry.under),
      entry.text === "" ? undefined : h("span", { class: "stext" }, ...pieces(excerpt(entry.text, words, snippet))));
    this.#options.push(el);
    return el;
  }

  /** The link leads to the reference of the reader's language; everything else is beside it. */
  #address(path: string): string {
    return new URL(path || ".", new URL(this.#link.getAttribute("href") ?? "", location.href)).href;
  }

  #choose(at: number): void {
    this.#options[this.#at]?.setAttribute("aria-selected", "false");
    this.#at = at;
    const option = this.#options[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #key(e: KeyboardEvent): void {
    e.stopPropagation(); // no key of the page behind counts here
    const n = this.#options.length;
    if (e.isComposing || n === 0) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      this.#choose((this.#at + (e.key === "ArrowDown" ? 1 : n - 1)) % n);
    } else if (e.key === "Enter" && e.target === this.#input) {
      e.preventDefault();
      this.#options[this.#at]?.click();
    }
  }

  #click(e: MouseEvent): void {
    if (e.target === this.#el) this.#el.close(); // the backdrop
    const plain = !e.ctrlKey && !e.metaKey && !e.shiftKey;
    if (plain && e.target instanceof Element && e.target.closest("[role=option]")) this.#el.close();
  }
}

/** By kind, the kind of the best first. */
function grouped(found: readonly Found[]): Map<string, Found[]> {
  const out = new Map<string, Found[]>();
  for (const f of found) out.set(f.entry.kind, [...(out.get(f.entry.kind) ?? []), f]);
  return out;
}
