// What stands beside the lifelines of the ladder: states and results, timers that ran out, the length of silence.
import { glyph, s } from "./dom.ts";
import { familyOf, shortName } from "./family.ts";
import { duration, gapTime } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { type Band, type Columns, type Gap, type Label, tallGap, textWidth, type Wait } from "./scene.ts";

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
      class: `band mark st-${familyOf(b.state)}`, "data-seq": b.seq, x: this.#columns[b.side] - 4, y: this.#y(b.y), width: 8,
      height: Math.max(0, b.yTo - b.y), rx: 1,
    });
  }

  label(l: Label): SVGElement {
    const left = l.side === "left";
    const x = this.#columns[l.side];
    const y = this.#y(l.y);
    const at = { x: x + (left ? -12 : 12), y: y + 4, "text-anchor": left ? "end" : "start" };
    const text = l.phrase ? this.#say.text(l.phrase, { timer: this.#timer(l.text) })
      : l.state && this.#columns.left < 145 ? shortName(l.state) : l.text;
    // Behind the name nothing shows through: now, and the lines of times, stop beside it.
    const wide = textWidth(text) + 6;
    const behind = s("rect", { class: "behind", x: left ? at.x - wide + 3 : at.x - 3, y: y - 6, width: wide, height: 13 });
    if (!l.state) return marked(l.seq, "", behind, s("text", { class: l.error ? "call err" : "call", ...at }, text));
    const family = familyOf(l.state);
    return marked(l.seq, `bl st-${family}`, behind, s("g", { class: "node", transform: `translate(${x} ${y})` }, glyph(family)), s("text", at, text));
  }

  wait({ side, timer, seq, y, yTo, us }: Wait): SVGElement {
    const left = side === "left";
    const x = this.#columns[side] + (left ? -14 : 14);
    const hook = left ? 5 : -5;
    const mid = this.#y(yTo - y > tallGap ? y + 60 : (y + yTo) / 2);
    const at = { x: x + (left ? -9 : 9), "text-anchor": left ? "end" : "start" };
    return marked(seq, "",
      s("path", { class: "gapl", d: `M${x} ${this.#y(y) + 6}h${-hook}V${this.#y(yTo) - 4}h${hook}` }),
      s("text", { class: "call", ...at, y: mid - 2 }, this.#timer(timer)),
      s("text", { class: "call dim", ...at, y: mid + 12 }, duration(us)));
  }
}

/** A drawing that stands for event seq: a click chooses it. */
function marked(seq: number, cls: string, ...children: SVGElement[]): SVGElement {
  return s("g", { class: `mark ${cls}`, "data-seq": seq }, ...children);
}
