// The evidence of a question as a small ladder: what was sent up to the moment asked about, and what is told of the states.
import { glyph, s } from "./dom.ts";
import { familyOf, isState, shortName } from "./family.ts";
import { axisTime } from "./format.ts";
import { stretch } from "./lens.ts";
import type { Evidence, EvidenceSegment, EvidenceState } from "./quiz.gen.ts";
import type { QuizWords } from "./quiz-words.ts";

const width = 360;
const left = 126; // the client's line
const right = 254;
const top = 42;
const margin = 16; // so that a moment of six digits fits its tag
const half = 4; // of a band's width
const leastGap = 13; // px between labels of the axis
const tail = 30; // px after the last event, up to the moment

/** Heights of times: the gaps between what happens, on the lens of the stage. */
export class Axis {
  readonly #times: number[];
  readonly #ys: number[];

  constructor(e: Evidence) {
    const times = new Set<number>([e.from, e.at]);
    for (const x of e.segments) for (const t of [x.t, x.arrives ?? 0, x.lost ?? 0]) if (t > 0 && t <= e.at) times.add(t);
    for (const x of e.states) if (x.from > e.from) times.add(x.from);
    this.#times = [...times].sort((a, b) => a - b);
    this.#ys = [];
    this.#times.forEach((t, i) => {
      const gap = i === 0 ? 0 : Math.max(leastGap, stretch(t - this.#times[i - 1]!));
      this.#ys.push((this.#ys[i - 1] ?? top) + (t === e.at ? Math.max(gap, tail) : gap));
    });
  }

  get end(): number {
    return this.#ys.at(-1) ?? top;
  }

  get marks(): readonly number[] {
    return this.#times;
  }

  y(t: number): number {
    const i = this.#times.findLastIndex((x) => x <= t);
    if (i < 0) return top;
    const y = this.#ys[i]!;
    const next = this.#times[i + 1];
    if (next === undefined) return y + stretch(t - this.#times[i]!);
    return y + ((t - this.#times[i]!) / (next - this.#times[i]!)) * (this.#ys[i + 1]! - y);
  }
}

/** Draws evidence. Its text form stands in the card's list of lines; the figure is named by the same words. */
export function drawEvidence(e: Evidence, words: QuizWords, hidden: boolean): SVGSVGElement {
  const axis = new Axis(e);
  const height = Math.max(axis.end, ...e.segments.map((seg) => landing(seg, axis))) + 16;
  const label = [words.say("figure"), ...e.lines, hidden ? words.say("figure.hidden") : ""].filter((x) => x !== "").join(" ");
  const svg = s("svg", { class: "lad fig", viewBox: `${-margin} 0 ${width + margin} ${height}`, role: "img", "aria-label": label });
  const x = (host: string): number => (host === e.hosts[0]?.value ? left : right);
  for (const host of e.hosts) svg.append(s("text", { class: "host", x: x(host.value), y: 16, "text-anchor": "middle" }, host.label));
  svg.append(s("text", { class: "tick", x: 38, y: 16, "text-anchor": "end" }, "ms"));
  for (const t of axis.marks) if (t !== e.at) svg.append(...mark(axis.y(t), axisTime(t)));
  for (const st of e.states) svg.append(band(st, x(st.host), axis));
  for (const seg of e.segments) {
    const way = e.segments.filter((o) => o.from === seg.from && o.t === seg.t && landing(o, axis) === landing(seg, axis));
    svg.append(wire(seg, x(seg.from), seg.from === e.hosts[0]?.value ? right : left, axis, e.at, way));
  }
  const written = new Map<string, number>(); // the height of a host's latest name
  for (const st of e.states) {
    // States that begin at one moment have their names below each other.
    const y = Math.max(axis.y(st.from), (written.get(st.host) ?? -Infinity) + leastGap);
    if (st.from !== e.from) written.set(st.host, y);
    svg.append(stateLabel(st, x(st.host), axis, e, y));
  }
  const y = axis.end;
  svg.append(
    s("path", { class: "nowline", d: `M40 ${y}H${width}` }),
    s("path", { class: "nowtag", d: `M${-margin} ${y - 9}h${38 + margin}l5 9-5 9h${-38 - margin}z` }),
    s("text", { class: "tick nowt", x: 34, y: y + 4, "text-anchor": "end" }, axisTime(e.at)),
  );
  return svg;
}

function mark(y: number, text: string): SVGElement[] {
  return [
    s("path", { class: "rule", d: `M44 ${y.toFixed(1)}H${width - 4}` }),
    s("text", { class: "tick", x: 38, y: (y + 4).toFixed(1), "text-anchor": "end" }, text),
  ];
}

function band(st: EvidenceState, x: number, axis: Axis): SVGElement {
  const y = axis.y(st.from);
  const known = isState(st.state);
  const cls = known ? `band st-${familyOf(st.state as Parameters<typeof familyOf>[0])}` : "band unknown";
  return s("rect", { class: cls, x: x - half, y, width: 2 * half, height: Math.max(0, axis.y(st.to) - y), rx: 1 });
}

function stateLabel(st: EvidenceState, x: number, axis: Axis, e: Evidence, yName: number): SVGElement {
  const outer = x === left ? -1 : 1;
  const anchor = outer < 0 ? "end" : "start";
  const tx = x + outer * 11;
  if (!isState(st.state)) {
    const y = (axis.y(st.from) + axis.y(st.to)) / 2;
    return s("text", { class: "ask", x: tx, y: y + 5, "text-anchor": anchor }, "?");
  }
  const y = axis.y(st.from);
  const node = s("g", { class: "node", transform: `translate(${x} ${y.toFixed(1)})` }, glyph(familyOf(st.state)));
  const name = st.from === e.from ? undefined : s("text", { class: "name", x: tx, y: yName + 4, "text-anchor": anchor }, shortName(st.state));
  return s("g", { class: `st-${familyOf(st.state)}` }, node, name);
}

function kindOf(seg: EvidenceSegment): string {
  if (seg.flags.includes("R")) return "rst";
  if (seg.flags.includes("S")) return "syn";
  if (seg.flags.includes("F")) return "fin";
  return seg.len > 0 ? "data" : "ack";
}

/** The height at which a segment arrives, or would. */
function landing(seg: EvidenceSegment, axis: Axis): number {
  return seg.arrives ? axis.y(seg.arrives) : axis.y(seg.t) + Math.min(36, stretch(Math.max(1, seg.due - seg.t)));
}

/** A segment: whole, lost with a cross, or in flight with the rest of its way dotted. Of several on one way, the label of the
 * first is above it, and below it that of the second, or how many more there are. */
function wire(seg: EvidenceSegment, from: number, to: number, axis: Axis, at: number, together: readonly EvidenceSegment[]): SVGElement {
  const way = Math.sign(to - from);
  const x1 = from + way * (half + 2);
  const x2 = to - way * (half + 2);
  const y1 = axis.y(seg.t);
  const gone = seg.lost ?? 0;
  const y2 = landing(seg, axis);
  const share = seg.arrives ? 1 : gone > 0 ? 0.55 : Math.min(0.9, Math.max(0.15, (at - seg.t) / Math.max(1, seg.due - seg.t)));
  const xe = x1 + share * (x2 - x1);
  const ye = y1 + share * (y2 - y1);
  const slope = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const g = s("g", { class: `seg seg-${kindOf(seg)}${gone > 0 ? " lost" : ""}${seg.again ? " re" : ""}` });
  if (share < 1) g.append(s("path", { class: "ghost", d: `M${xe} ${ye}L${x2} ${y2}` }));
  g.append(s("path", { class: "wire", d: `M${x1} ${y1}L${xe} ${ye}` }));
  if (gone > 0) g.append(s("path", { class: "x", d: `M${xe - 5} ${ye - 5}l10 10m0 -10l-10 10` }));
  else g.append(s("path", { class: "head", transform: `translate(${xe} ${ye}) rotate(${slope})`, d: "M0 0l-9 -4v8z" }));
  const tilt = way > 0 ? slope : slope - 180;
  const mid = `translate(${(x1 + x2) / 2} ${(y1 + y2) / 2}) rotate(${tilt.toFixed(1)})`;
  const place = together.indexOf(seg);
  if (place > 1) return g;
  const name = place === 1 && together.length > 2 ? `+${together.length - 1}` : (seg.again ? "↻ " : "") + seg.label;
  g.append(s("text", { class: "lab", transform: mid, y: place === 0 ? -5 : 13, "text-anchor": "middle" }, s("tspan", { class: "fl" }, name)));
  return g;
}
