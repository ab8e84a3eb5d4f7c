// What stands beside the lifelines of the ladder: states and results, timers that ran out, the length of silence.
import { glyph, s } from "./dom.ts";
import { familyOf } from "./family.ts";
import { duration, gapTime } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { beside, type Columns, outward, textWidth } from "./lifelines.ts";
import { type Band, type Gap, type Label, tallGap, type Wait } from "./scene.ts";

/** Draws the marks of one layout; top is the height of the drawing above the lens. */
export class LadderMarks {
  #say: Phrases;
  #columns: Columns;
  #top: number;
  #timer: (name: string) => string;

  constructor(say: Phrases, columns: Columns, top: number, timer: (name: string) => string) {
    [this.#say, this.#columns, this.#top, this.#timer] = [say, columns, top, timer];
  }

  #y(y: number): number {
    return this.#top + y;
  }

  gap(g: Gap): SVGElement {
    const [a, b, mid] = [this.#y(g.y) + 11, this.#y(g.yTo) - 11, this.#y(g.at)];
    return s("g", {},
      s("path", { class: "gapl", d: `M40 ${a}V${mid - 9}M40 ${mid + 9}V${b}` }),
      s("text", { class: "gap", x: this.#columns.axis, y: mid + 4, "text-anchor": "end" }, gapTime(g.us)));
  }

  band(b: Band): SVGElement {
    return s("rect", {
      class: `band mark st-${familyOf(b.state)}`, "data-seq": b.seq, x: b.x, y: this.#y(b.y), width: b.width,
      height: Math.max(0, b.yTo - b.y), rx: 1,
    });
  }

  label(l: Label): SVGElement {
    const y = this.#y(l.y);
    const at = { x: l.x, y: y + 4, "text-anchor": l.anchor };
    const text = l.phrase ? this.#say.text(l.phrase, { timer: this.#timer(l.text) }) : l.text;
    // Behind the name nothing shows through: now, and the lines of times, stop beside it.
    const wide = textWidth(text) + 6;
    const behind = s("rect", { class: "behind", x: l.anchor === "end" ? l.x - wide + 3 : l.x - 3, y: y - 6, width: wide, height: 13 });
    const words = (cls?: string): SVGElement[] => (text === "" ? [] : [behind, s("text", { class: cls, ...at }, text)]);
    if (!l.state) return marked(l.seq, "", ...words(l.error ? "call err" : "call"));
    const family = familyOf(l.state);
    return marked(l.seq, `bl st-${family}`, ...words(), s("g", { class: "node", transform: `translate(${l.node} ${y})` }, glyph(family, l.line.lanes > 1 ? 0.75 : 1)));
  }

  wait({ line, timer, seq, y, yTo, us }: Wait): SVGElement {
    const { x, anchor } = beside(line, 14);
    const hook = -5 * outward(line);
    const mid = this.#y(yTo - y > tallGap ? y + 60 : (y + yTo) / 2);
    const at = { x: x + 9 * outward(line), "text-anchor": anchor };
    const name = this.#timer(timer);
    const lines = textWidth(name) <= line.room - 11 ? [name] : name.split(" ");
    return marked(seq, "",
      s("path", { class: "gapl", d: `M${x} ${this.#y(y) + 6}h${-hook}V${this.#y(yTo) - 4}h${hook}` }),
      ...lines.map((text, i) => s("text", { class: "call", ...at, y: mid - 2 - 13 * (lines.length - 1 - i) }, text)),
      s("text", { class: "call dim", ...at, y: mid + 12 }, duration(us)));
  }
}

/** A drawing that stands for event seq: a click chooses it. */
function marked(seq: number, cls: string, ...children: SVGElement[]): SVGElement {
  return s("g", { class: `mark ${cls}`, "data-seq": seq }, ...children);
}
