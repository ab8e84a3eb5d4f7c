// The lines of a program: which have run, which is current, what their calls gave; each one whose call was made leads to it.
import { afterDrawing } from "./clock.ts";
import type { CallIndex } from "./call-index.ts";
import { h, set, setText } from "./dom.ts";
import { type CodeLine, startLine } from "./program.ts";
import type { Token } from "./starlark.ts";

const context = 20; // px of other lines that stay in view beside the one that is looked at

const longestPiece = 24; // characters that are never broken apart

/** What a line of the scenario has to show. */
export interface LineState {
  text: string;
  errno: boolean;
}

interface Row {
  line: CodeLine;
  el: HTMLLIElement;
  no: HTMLElement;
  result: HTMLSpanElement;
}

export class CodeList {
  readonly el = h("ol", { class: "code" });
  /** The reader wants to go to the call on a line of the scenario. */
  onSeek: (line: number) => void = () => {};
  #rows: Row[] = [];
  #heights = new Map<Element, number>(); // of the lines and of the list, in px, as last told
  #looked: Row | undefined; // the line that is kept in view
  #atStart = false; // it is where the program begins
  #top = 0; // what the list was scrolled to
  #watch = new ResizeObserver((entries) => {
    for (const e of entries) this.#heights.set(e.target, e.target === this.el ? e.contentRect.height : e.borderBoxSize[0]!.blockSize);
    this.#keepInView();
  });

  constructor() {
    this.#watch.observe(this.el);
    this.el.addEventListener("click", (e) => this.#click(e));
    this.el.addEventListener("keydown", (e) => this.#key(e));
  }

  /** Puts other lines into the list. */
  fill(lines: readonly CodeLine[], tokens: (line: string) => Token[], missing: number | undefined): void {
    this.#watch.disconnect();
    this.#heights.clear();
    this.#looked = undefined;
    this.#top = 0;
    this.#rows = lines.map((line) => {
      const result = h("span", { class: "rv" });
      const no = h("span", { class: "no" }, String(line.no));
      const el = h("li", { class: line.no === missing ? "l noc" : "l" }, no, lineText(tokens(line.text)), result);
      return { line, el, no, result };
    });
    this.el.replaceChildren(...this.#rows.map((r) => r.el));
    const start = startLine(lines);
    const first = this.#rows.find((r) => (missing === undefined ? r.line === start : r.line.no === missing));
    this.#atStart = missing === undefined;
    this.#looked = first;
    this.#watch.observe(this.el);
    for (const r of this.#rows) this.#watch.observe(r.el);
  }

  /** Makes buttons of the numbers of lines whose call the run has; name says what one does. */
  link(calls: CallIndex, name: (line: number) => string): void {
    for (const r of this.#rows) {
      if (r.no instanceof HTMLButtonElement || !r.line.calls.some((at) => calls.has(at))) continue;
      const no = h("button", { type: "button", class: "no", tabindex: -1, "aria-label": name(r.line.no) }, String(r.line.no));
      r.no.replaceWith(no);
      r.no = no;
      r.el.classList.add("go");
    }
    this.#rove(this.#links().find((r) => r.no.tabIndex === 0) ?? this.#links()[0]);
  }

  /** Marks the lines: the current one and the selected one by their lines of the scenario. */
  mark(current: number | undefined, selected: number | undefined, state: (line: number) => LineState | undefined): void {
    let now: Row | undefined;
    let chosen: Row | undefined;
    for (const r of this.#rows) {
      const own = current !== undefined && r.line.calls.includes(current);
      const states = r.line.calls.map(state).filter((s) => s !== undefined);
      const last = states.at(-1);
      r.el.classList.toggle("cur", own);
      r.el.classList.toggle("with", current !== undefined && r.line.helps.includes(current));
      r.el.classList.toggle("ran", states.length > 0);
      const picked = selected !== undefined && r.line.calls.includes(selected);
      r.el.classList.toggle("sel", picked);
      if (own) r.el.setAttribute("aria-current", "step");
      else r.el.removeAttribute("aria-current");
      if (own) now = r;
      if (picked) chosen = r;
      setText(r.result, last?.text ?? "");
      r.result.classList.toggle("errno", Boolean(last?.errno));
    }
    const look = chosen ?? now;
    if (!look || look === this.#looked) return;
    this.#looked = look;
    this.#atStart = false;
    if (!this.el.contains(document.activeElement)) this.#rove(look.no instanceof HTMLButtonElement ? look : undefined);
    this.#keepInView();
  }

  /** Scrolls the list by as little as brings the line that is looked at into view. */
  #keepInView(): void {
    const room = this.#heights.get(this.el) ?? 0;
    let [from, all] = [0, 0];
    for (const { el } of this.#rows) {
      if (el === this.#looked?.el) from = all;
      all += this.#heights.get(el) ?? 0;
    }
    // What scrolls can be scrolled by keys too.
    if (room > 0 && all > room + 1 && this.#links().length === 0) set(this.el, "tabindex", 0);
    else this.el.removeAttribute("tabindex");
    if (!this.#looked || room === 0) return;
    const height = this.#heights.get(this.#looked.el) ?? 0;
    const margin = Math.max(0, Math.min(context, (room - height) / 2));
    const high = this.#atStart ? from : Math.max(0, from - margin);
    const low = this.#atStart ? from : Math.min(all, from + height + margin) - room;
    this.#top = Math.max(0, Math.min(Math.max(this.#top, low), high, all - room));
    afterDrawing(() => (this.el.scrollTop = this.#top));
  }

  #links(): Row[] {
    return this.#rows.filter((r) => r.no instanceof HTMLButtonElement);
  }

  /** Puts one of the lines that lead somewhere into the order of Tab. */
  #rove(to: Row | undefined): void {
    if (!to) return;
    for (const r of this.#links()) r.no.tabIndex = r === to ? 0 : -1;
  }

  #click(e: Event): void {
    const el = e.target instanceof Element ? e.target.closest("li") : null;
    const row = this.#rows.find((r) => r.el === el);
    const at = row?.no instanceof HTMLButtonElement ? row.line.calls.at(-1) : undefined;
    if (!row || at === undefined || String(getSelection() ?? "") !== "") return;
    this.#rove(row);
    this.onSeek(at);
  }

  #key(e: KeyboardEvent): void {
    const links = this.#links();
    const here = links.findIndex((r) => r.no === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step === undefined || here < 0) return;
    const next = links[Math.max(0, Math.min(links.length - 1, here + step))]!;
    this.#rove(next);
    next.no.focus();
    e.preventDefault();
  }
}

/** A line of source. What does not fit goes on below it, two columns further in; a comment moves up to its code. */
function lineText(parts: Token[]): HTMLElement {
  const line = parts.map((t) => t.text).join("");
  const before = parts.at(-2);
  if (before && parts.at(-1)?.kind === "c") before.text = before.text.replace(/ {2,}$/, "  ");
  const el = h("span", { class: "tx" });
  for (const list of pieces(parts)) {
    const short = list.reduce((n, t) => n + t.text.trim().length, 0) <= longestPiece;
    if (el.firstChild) el.append(h("wbr"));
    el.append(h("span", { class: short ? "pc" : undefined }, ...list.map((t) => (t.kind ? h("span", { class: t.kind }, t.text) : t.text))));
  }
  const indent = line.length - line.trimStart().length + 2;
  el.style.paddingInlineStart = `${indent}ch`;
  el.style.textIndent = `-${indent}ch`;
  return el;
}

/** The parts of a line that stay together where it is broken: it is broken after a comma, and before a comparison. */
function pieces(parts: readonly Token[]): Token[][] {
  const out: Token[][] = [[]];
  for (const { kind, text } of parts) {
    const list = kind === "" ? text.split(/(?<=, )|(?=[=!<>]=|&& |\|\| )/) : [text];
    list.forEach((t, i) => {
      if (i > 0) out.push([]);
      out.at(-1)!.push({ kind, text: t });
    });
  }
  return out;
}
