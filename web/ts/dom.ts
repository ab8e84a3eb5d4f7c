// Small helpers to make elements. Nothing here sets a style attribute or parses HTML: the pages' policy forbids the one,
// and text from a run or a scenario must never become markup.
import type { Part } from "./phrases.ts";
import { tenth } from "./format.ts";
import { type Family, familyOf, isState } from "./family.ts";

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type Child = Node | string | undefined;

/** An HTML element with attributes and children; an attribute that is false or undefined is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attrs: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  fill(el, attrs, children);
  return el;
}

/** The same for SVG. */
export function s<K extends keyof SVGElementTagNameMap>(tag: K, attrs: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(el, attrs, children);
  return el;
}

function fill(el: Element, attrs: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== undefined && value !== false) el.setAttribute(name, value === true ? "" : String(value));
  }
  for (const c of children) if (c !== undefined) el.append(c);
}

/** The corners of a box, as points; none where it has no height. */
export function box(x: number, width: number, y: number, yTo: number): string {
  if (yTo <= y) return "";
  const [top, bottom, right] = [tenth(y), tenth(yTo), x + width];
  return `${x} ${top} ${right} ${top} ${right} ${bottom} ${x} ${bottom}`;
}

/** Sets an attribute where it differs. */
export function set(el: Element, name: string, value: string | number): void {
  const text = String(value);
  if (el.getAttribute(name) !== text) el.setAttribute(name, text);
}

/** Sets a text where it differs; the node of a text that only changes stays. */
export function setText(el: Element, text: string): void {
  const first = el.firstChild;
  if (first instanceof Text && first === el.lastChild && text !== "") {
    if (first.data !== text) first.data = text;
  } else if (el.textContent !== text) el.textContent = text;
}

/** Hides an element or shows it, where that changes it. */
export function hide(el: HTMLElement, hidden: boolean): void {
  if (el.hidden !== hidden) el.hidden = hidden;
}

/** A family's glyph, drawn around 0,0 in a box from -6 to 6, in the current colour. */
export function glyph(family: Family, size = 1): SVGGElement {
  const g = s("g", size === 1 ? {} : { transform: `scale(${size})` });
  const full = { fill: "currentColor" };
  const line = { fill: "none", stroke: "currentColor" };
  switch (family) {
    case "idle":
      g.append(s("circle", { r: 3.6, ...line, "stroke-width": 1.6 }));
      break;
    case "opening":
      g.append(s("path", { d: "M0 -4.6L4.6 3.8H-4.6Z", ...full }));
      break;
    case "open":
      g.append(s("circle", { r: 4.2, ...full }));
      break;
    case "active":
      g.append(s("path", { d: "M0 -5L5 0L0 5L-5 0Z", ...full }));
      break;
    case "passive":
      g.append(s("rect", { x: -3.8, y: -3.8, width: 7.6, height: 7.6, ...full }));
      break;
    case "quiet":
      g.append(s("circle", { r: 4, ...line, "stroke-width": 1.5 }));
      g.append(s("path", { d: "M0 -2.4V0H2", ...line, "stroke-width": 1.3 }));
  }
  return g;
}

/** A state's name, or what a tool calls it, in its family's colour, with its glyph. */
export function chip(state: string, name = state): HTMLElement {
  if (!isState(state)) return h("span", {}, name);
  const family = familyOf(state);
  return h(
    "span",
    { class: `st st-${family}` },
    s("svg", { class: "gl", viewBox: "-6 -6 12 12", "aria-hidden": "true" }, glyph(family)),
    name,
  );
}

/** What no line may end within: names with hyphens, as those of states, and a time with its unit. */
const whole = /([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|\d[\d.]* (?:ms|s|min)(?![A-Za-z]))/;

/** A text whose names and times stay in one piece. */
export function unbroken(text: string): Node[] {
  return text.split(whole).flatMap((piece, i) => {
    if (piece === "") return [];
    return i % 2 === 1 ? h("span", { class: "nb" }, piece) : document.createTextNode(piece);
  });
}

/** A sentence as nodes. */
export function sentence(parts: readonly Part[]): Node[] {
  return parts.flatMap((p) => {
    if (typeof p === "string") return unbroken(p);
    return "state" in p ? chip(p.state) : h("code", {}, p.code);
  });
}

const icons = {
  more: "M3 7h2v2H3zM7 7h2v2H7zM11 7h2v2h-2z",
  play: "M5 3.5v9l7.5-4.5z",
  pause: "M5 3.5h2v9H5zM9.5 3.5h2v9h-2z",
  back: "M10.5 3.5 5.5 8l5 4.5M3.2 3.5v9",
  previous: "M10 3.5 5.5 8l4.5 4.5",
  next: "M6 3.5 10.5 8 6 12.5",
  forward: "M5.5 3.5 10.5 8l-5 4.5M12.8 3.5v9",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13h10",
  link: "M6.5 9.5 9.5 6.5M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2",
  undo: "M6.5 3.5 3 7l3.5 3.5M3.5 7H10a3 3 0 0 1 0 6H8",
  redo: "M9.5 3.5 13 7l-3.5 3.5M12.5 7H6a3 3 0 0 0 0 6h2",
  caret: "M4.5 6.5 8 10l3.5-3.5",
  list: "M3 4.5h10M3 8h10M3 11.5h10",
  power: "M8 2.5v5.5M5.2 4.6a4.6 4.6 0 1 0 5.6 0",
  cut: "M2.5 8h3M10.5 8h3M7 4.5l-1 7M10 4.5l-1 7",
  heal: "M2.5 8h11",
  call: "M5.5 4 3 8l2.5 4M10.5 4 13 8l-2.5 4",
  slider: "M3 5h10M3 11h10M6 3v4M10 9v4",
  kill: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM5.5 8h5",
  cross: "M4 4l8 8M12 4l-8 8",
  clock: "M8 2.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8zM8 5v3l2 1.4",
  copy: "M3 6h7v7H3zM6 6V3h7v7h-3",
  help: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M8 12.3v.1",
  twin: "M3 3h4v10H3zM9.5 3h3.5v10H9.5z",
  edit: "M3 13l.7-2.9 7-7 2.2 2.2-7 7zM9.4 4.4l2.2 2.2",
  check: "M3.5 8.5l3 3 6-7",
  up: "M4.5 9.5 8 6l3.5 3.5",
  down: "M4.5 6.5 8 10l3.5-3.5",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 13.5 13.5",
} as const;

export type IconName = keyof typeof icons;

export function icon(name: IconName): SVGSVGElement {
  const solid = name === "play" || name === "pause";
  return s(
    "svg",
    { class: "ic", viewBox: "0 0 16 16", "aria-hidden": "true" },
    s("path", solid ? { d: icons[name], fill: "currentColor", stroke: "none" } : { d: icons[name] }),
  );
}

/** A button with an icon and, where given, a label that small stages hide. */
export function button(cls: string, name: IconName | undefined, label: string, press: () => void, hideLabel = false): HTMLButtonElement {
  const b = h("button", { type: "button", class: cls }, name && icon(name));
  if (hideLabel) b.setAttribute("aria-label", label);
  else b.append(h("span", { class: "lbl" }, label));
  b.addEventListener("click", press);
  return b;
}
