// The list of keys, and the switch for the single letters among them (WCAG 2.1.4).
import { button, h } from "./dom.ts";
import type { PhraseKey, Phrases } from "./phrases.ts";

const list: readonly (readonly [keys: string, phrase: PhraseKey])[] = [
  ["Space", "keys.play"],
  ["← →", "keys.step"],
  ["Shift+← →", "keys.ten"],
  ["Home End", "keys.ends"],
  ["P N", "keys.jump"],
  [", .", "keys.speed"],
  ["T", "keys.lens"],
  ["Tab", "keys.segment"],
  ["Enter", "keys.menu"],
  ["D L U", "keys.act"],
  ["[ ]", "keys.fork"],
  ["C", "keys.compare"],
  ["Z", "keys.undo"],
  ["Y", "keys.redo"],
  ["H Shift+H", "keys.host"],
  ["W", "keys.why"],
  ["?", "keys.all"],
];

const short: readonly string[] = ["Space", "← →", "Tab", "D L U", "[ ]", "?"];
const setting = "finwait.letters";

function keysOf(text: string): HTMLElement[] {
  return text.split(" ").map((k) => h("kbd", {}, k));
}

/** The line of the most used keys under the transport. */
export function keysLine(say: Phrases): HTMLElement {
  const line = h("div", { class: "keys" });
  for (const [keys, phrase] of list) {
    if (short.includes(keys)) line.append(h("span", {}, ...keysOf(keys), " ", say.text(phrase)));
  }
  return line;
}

export class KeysDialog {
  readonly el: HTMLDialogElement;
  #letters = h("input", { type: "checkbox" });

  constructor(say: Phrases) {
    const table = h("dl", {});
    for (const [keys, phrase] of list) table.append(h("div", {}, h("dt", {}, ...keysOf(keys)), h("dd", {}, say.text(phrase))));
    this.#letters.checked = read();
    this.#letters.addEventListener("change", () => write(this.#letters.checked));
    const close = button("btn primary", undefined, say.text("keys.close"), () => this.el.close());
    this.el = h("dialog", { class: "keysdlg", "aria-label": say.text("keys.title") }, h("h3", {}, say.text("keys.title")), table,
      h("label", {}, this.#letters, say.text("keys.single")), close);
  }

  get letters(): boolean {
    return this.#letters.checked;
  }

  show(): void {
    this.el.showModal();
  }
}

// The setting is a comfort: where storage is closed, as in some frames, the letters are on.
function read(): boolean {
  try {
    return localStorage.getItem(setting) !== "off";
  } catch {
    return true;
  }
}

function write(on: boolean): void {
  try {
    localStorage.setItem(setting, on ? "on" : "off");
  } catch {
    // nothing is lost but the memory of it
  }
}
