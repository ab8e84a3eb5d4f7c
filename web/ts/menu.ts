// A menu on the thing itself: what can be done to it now, and for what can't, why not.
import { h, icon, type IconName } from "./dom.ts";

export interface MenuItem {
  icon?: IconName;
  text: string;
  /** A letter that chooses it while the menu is open. */
  key?: string;
  /** Why it can't be chosen now. */
  why?: string | undefined;
  /** Shares a line with its neighbours that say so too. */
  small?: boolean;
  /** In full, where the text alone would not tell. */
  label?: string;
  act(): void;
}

export interface MenuContent {
  label: string;
  head: string;
  groups: readonly (readonly MenuItem[])[];
}

/** Where in its parent a menu goes, in px: beside what it is about, which reaches from y to yTo at x; within the width, and
 * if it can be within the height. */
export interface MenuPlace {
  x: number;
  y: number;
  yTo: number;
  width: number;
  height: number;
}

const gap = 16; // px between the menu and what it is about
const edge = 4; // px between it and the end of its room

export class Menu {
  readonly el = h("div", { class: "segmenu", role: "menu", tabindex: -1 });
  #items: readonly MenuItem[] = [];
  #buttons: HTMLButtonElement[] = [];
  #closed: () => void = () => {};

  constructor() {
    this.el.hidden = true;
    this.el.addEventListener("keydown", (e) => this.#key(e));
    this.el.addEventListener("focusout", (e) => {
      if (e.relatedTarget instanceof Node && !this.el.contains(e.relatedTarget)) this.close(false);
    });
  }

  get open(): boolean {
    return !this.el.hidden;
  }

  /** Opens beside a point. closed is called where the keyboard is to go back to what the menu is of. */
  show(at: MenuPlace, content: MenuContent, closed: () => void): void {
    this.#closed = closed;
    this.#items = content.groups.flat();
    this.#buttons = this.#items.map((item) => this.#button(item));
    this.el.setAttribute("aria-label", content.label);
    this.el.replaceChildren(h("div", { class: "h" }, content.head), ...content.groups.filter((g) => g.length > 0).map((g) => this.#group(g)));
    this.el.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.el;
    this.el.style.insetInlineStart = `${Math.max(6, Math.min(at.width - width - 6, at.x - width / 2))}px`;
    this.el.style.insetBlockStart = `${topOf(at, height)}px`;
    (this.#buttons.find((b) => !isOff(b)) ?? this.#buttons[0])?.focus();
  }

  close(back = true): void {
    if (this.el.hidden) return;
    this.el.hidden = true;
    if (back) this.#closed();
  }

  #group(items: readonly MenuItem[]): HTMLElement {
    const g = h("div", { class: items.some((i) => i.small) ? "g row" : "g", role: "group" });
    for (const i of items) g.append(this.#buttons[this.#items.indexOf(i)]!);
    return g;
  }

  #button(item: MenuItem): HTMLButtonElement {
    const b = h("button", { type: "button", role: "menuitem", tabindex: -1, class: item.icon ? `m-${item.icon}` : "", "aria-disabled": item.why !== undefined ? "true" : undefined,
      "aria-keyshortcuts": item.key, "aria-label": item.label, title: item.small ? item.why : undefined }, item.icon && icon(item.icon), h("span", {}, item.text));
    if (item.why !== undefined && !item.small) b.append(h("small", {}, item.why));
    else if (item.key) b.append(h("kbd", { "aria-hidden": "true" }, item.key));
    b.addEventListener("click", () => this.#choose(item));
    return b;
  }

  #choose(item: MenuItem): void {
    if (item.why !== undefined) return;
    this.close();
    item.act();
  }

  #key(e: KeyboardEvent): void {
    const all = this.#buttons;
    const here = all.findIndex((b) => b === document.activeElement);
    const to = { ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    else if (e.key === "Escape" || e.key === "Tab") this.close();
    else if (e.key !== "Enter" && e.key !== " ") {
      const hit = this.#items.find((i) => i.key === e.key.toUpperCase());
      if (!hit || e.ctrlKey || e.altKey || e.metaKey) return;
      this.#choose(hit);
    } else {
      e.stopPropagation();
      return;
    }
    e.preventDefault();
    e.stopPropagation();
  }
}

/** The top of a menu: below what it is about, or above it; where neither has room, on the side that has more. */
function topOf({ y, yTo, height }: MenuPlace, own: number): number {
  const [above, below] = [y - gap - own, yTo + gap];
  if (below + own + edge <= height || (above < edge && height - yTo >= y)) return below;
  return Math.max(edge, above);
}

function isOff(b: HTMLButtonElement): boolean {
  return b.getAttribute("aria-disabled") === "true";
}
