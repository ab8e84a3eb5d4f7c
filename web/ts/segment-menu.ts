// The menu of a segment in flight: what can be done to it, and why it was sent.
import { h, icon, type IconName } from "./dom.ts";
import type { Phrases } from "./phrases.ts";

export type SegmentChoice = "drop" | "delay" | "duplicate" | "why";

const items: readonly { choice: SegmentChoice; icon: IconName; key: string; phrase: `menu.${SegmentChoice}` }[] = [
  { choice: "drop", icon: "cross", key: "D", phrase: "menu.drop" },
  { choice: "delay", icon: "clock", key: "L", phrase: "menu.delay" },
  { choice: "duplicate", icon: "copy", key: "U", phrase: "menu.duplicate" },
  { choice: "why", icon: "help", key: "W", phrase: "menu.why" },
];

export class SegmentMenu {
  readonly el = h("div", { class: "segmenu", role: "menu" });
  #head = h("div", { class: "h" });
  #say: Phrases;
  #pick: (choice: SegmentChoice) => void = () => {};
  #closed: () => void = () => {};

  constructor(say: Phrases) {
    this.#say = say;
    this.el.hidden = true;
    for (const i of items) {
      const b = h("button", { type: "button", role: "menuitem", tabindex: -1, class: `m-${i.choice}`, "aria-keyshortcuts": i.key }, icon(i.icon),
        h("span", {}, say.text(i.phrase)), h("kbd", { "aria-hidden": "true" }, i.key));
      b.addEventListener("click", () => this.#choose(i.choice));
      this.el.append(b);
    }
    this.el.addEventListener("keydown", (e) => this.#key(e));
    this.el.addEventListener("focusout", (e) => {
      if (e.relatedTarget instanceof Node && !this.el.contains(e.relatedTarget)) this.close(false);
    });
  }

  get open(): boolean {
    return !this.el.hidden;
  }

  /** Opens at a point of the parent. time is till the arrival; undefined when there is none to come. */
  show(at: { x: number; y: number }, room: { width: number; height: number }, name: string, time: string | undefined,
    pick: (choice: SegmentChoice) => void, closed: () => void): void {
    this.#pick = pick;
    this.#closed = closed;
    this.el.setAttribute("aria-label", this.#say.text("menu.label", { segment: name }));
    this.#head.textContent = time === undefined ? name : this.#say.text("menu.head", { time });
    this.el.prepend(this.#head);
    for (const b of this.el.querySelectorAll("button")) b.hidden = time === undefined && !b.classList.contains("m-why");
    this.el.hidden = false;
    const width = 208;
    const height = time === undefined ? 74 : 164;
    const below = at.y + 16 + height < room.height;
    this.el.style.insetInlineStart = `${Math.max(6, Math.min(room.width - width - 6, at.x - width / 2))}px`;
    this.el.style.insetBlockStart = `${Math.max(4, below ? at.y + 16 : at.y - height - 16)}px`;
    this.#buttons()[0]?.focus();
  }

  close(back = true): void {
    if (this.el.hidden) return;
    this.el.hidden = true;
    if (back) this.#closed();
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.el.querySelectorAll("button")].filter((b) => !b.hidden);
  }

  #choose(choice: SegmentChoice): void {
    this.close();
    this.#pick(choice);
  }

  #key(e: KeyboardEvent): void {
    const all = this.#buttons();
    const here = all.findIndex((b) => b === document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    else if (e.key === "Escape") this.close();
    else if (e.key === "Tab") this.close();
    else if (e.key !== "Enter" && e.key !== " ") {
      const hit = items.find((i) => i.key === e.key.toUpperCase());
      if (!hit || e.ctrlKey || e.altKey || e.metaKey) return;
      this.#choose(hit.choice);
    } else {
      e.stopPropagation();
      return;
    }
    e.preventDefault();
    e.stopPropagation();
  }
}
