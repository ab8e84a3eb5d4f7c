// The ladder as a picture for paper: of the whole run or as far as now, with its title, its legend and the address that
// replays it. It needs nothing beside itself.
import { glyph, s } from "./dom.ts";
import type { Family } from "./family.ts";
import { flight } from "./flight.ts";
import { nowTime } from "./format.ts";
import { LadderMarks } from "./ladder-marks.ts";
import { LadderWire } from "./ladder-wire.ts";
import { Lens } from "./lens.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { pictureStyle } from "./picture-style.ts";
import { addressesOfNoHost, columns } from "./lifelines.ts";
import type { RunLog } from "./run-log.ts";
import { type Band, buildScene, type Scene } from "./scene.ts";

const width = 680; // px, of the drawing: 18 cm of paper at 96 dpi
const margin = 24; // px
const head = 104; // px above the first event
const families: readonly Family[] = ["idle", "opening", "open", "active", "passive", "quiet"];

export interface PictureText {
  title: string;
  facts: string;
  address: string;
}

/** Draws the first n events of a run, until t µs. */
export function ladderPicture(log: RunLog, n: number, t: number, text: PictureText, say: Phrases): SVGSVGElement {
  const lens = new Lens([log]);
  const track = lens.tracks[0]!;
  const scene = buildScene(log, track, lens, columns(width, [log]));
  const whole = n >= log.events.length;
  const yNow = Math.max(lens.atTime(t).y, track.y[n - 1] ?? 0);
  const timer = (name: string): string => (isPhraseKey(`timer.${name}`) ? say.text(`timer.${name}` as "timer.time-wait") : name);
  const marks = new LadderMarks(say, scene.columns, head, timer);
  const seen = <T extends { seq: number }>(list: readonly T[]): T[] => list.filter((x) => x.seq < n);
  const below: SVGElement[] = [];
  const above: SVGElement[] = [];
  for (const w of scene.wires) {
    const f = flight(w.segment, n);
    if (f.status === "unsent") continue;
    const d = new LadderWire(w, say, scene.texts.of(w.index), head);
    d.update(f, n, log, lens, track);
    if (d.flying) d.move(yNow);
    below.push(d.el);
    above.push(...d.above);
  }
  const end = head + yNow;
  const bottom = end + 30;
  const address = folded(text.address, Math.floor(width / 6.7));
  const height = bottom + 84 + 14 * address.length;
  const svg = s("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 2 * margin, height: height + 2 * margin, viewBox: `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`, lang: say.lang },
    s("title", {}, text.title), s("style", {}, pictureStyle()),
    s("rect", { class: "paper", x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin }),
    s("text", { class: "title", x: 0, y: 14 }, text.title), s("text", { class: "facts", x: 0, y: 32 }, text.facts),
    ...heads(log, scene, say),
    ...seen(scene.ticks).flatMap((tick) => [
      s("path", { class: "rule", d: `M${scene.columns.axis + 4} ${Math.round(head + tick.y) + 0.5}H${width}` }),
      s("text", { class: "tick", x: scene.columns.axis, y: head + tick.y + 4, "text-anchor": "end" }, tick.text),
    ]),
    ...seen(scene.gaps).map((g) => marks.gap(g)),
    s("path", { class: "life", d: scene.columns.lines.filter((l) => l.host !== "").map((l) => `M${l.x} ${head - 16}V${end + 10}`).join("") }),
    ...seen(scene.bands).map((b) => marks.band(cut(b, n, yNow))),
    ...below, ...above,
    ...seen(scene.labels).map((l) => marks.label(l)), ...seen(scene.waits).map((w) => marks.wait(w)),
    ...(whole ? [] : now(scene, end, t)),
    ...legend(bottom + 12, say), ...address.map((line, i) => s("text", { class: "address", x: 0, y: bottom + 84 + 14 * i }, line)));
  strip(svg);
  return svg;
}

function cut(b: Band, n: number, yNow: number): Band {
  return b.toSeq < n ? b : { ...b, yTo: yNow };
}

function heads(log: RunLog, scene: Scene, say: Phrases): SVGElement[] {
  const out: SVGElement[] = [s("text", { class: "tick", x: scene.columns.axis, y: 62, "text-anchor": "end" }, say.text("ladder.ms"))];
  for (const { host, x } of scene.columns.lines) {
    const addr = host === "" ? addressesOfNoHost(log).join(" ") : (log.meta?.hosts.find((h) => h.name === host)?.addr ?? "");
    out.push(s("text", { class: "host", x, y: 62, "text-anchor": "middle" }, host === "" ? say.text("ladder.nohost") : say.hostHeading(host)),
      s("text", { class: "addr", x, y: 77, "text-anchor": "middle" }, addr));
  }
  return out;
}

function now(scene: Scene, y: number, t: number): SVGElement[] {
  return [s("path", { class: "now", d: `M${scene.columns.axis + 4} ${y}H${width}` }),
    s("text", { class: "nowt", x: scene.columns.axis, y: y + 4, "text-anchor": "end" }, nowTime(t))];
}

function legend(y: number, say: Phrases): SVGElement[] {
  const out: SVGElement[] = families.map((f, i) => {
    const [x, row] = [(i % 3) * 210, y + 22 * Math.floor(i / 3)];
    return s("g", { class: `key st-${f}`, transform: `translate(${x + 6} ${row})` }, glyph(f), s("text", { class: "legend", x: 13, y: 4 }, say.text(`legend.${f}`)));
  });
  const again = s("g", { class: "seg-fin re", transform: `translate(0 ${y + 44})` }, s("path", { class: "wire", d: "M0 0h26" }), s("text", { class: "legend", x: 34, y: 4 }, say.text("legend.again")));
  const loss = s("g", { transform: `translate(216 ${y + 44})` }, s("path", { class: "x", d: "M-5 -5l10 10m0 -10l-10 10" }), s("text", { class: "legend", x: 13, y: 4 }, say.text("legend.loss")));
  return [...out, again, loss];
}

/** A line in pieces of so many characters. */
function folded(text: string, most: number): string[] {
  return text.match(new RegExp(`.{1,${most}}`, "g")) ?? [];
}

/** Takes away what is for a reader's hands, and what is not to be seen. */
function strip(svg: SVGSVGElement): void {
  for (const el of svg.querySelectorAll(".hit, .halo, .rim, .far, [visibility=hidden], path[d=''], [points='']")) el.remove();
  for (const el of svg.querySelectorAll("[role], [tabindex], [data-id], [data-seq], [aria-hidden]")) {
    for (const name of ["role", "tabindex", "data-id", "data-seq", "aria-hidden"]) el.removeAttribute(name);
  }
}

export function pictureText(svg: SVGSVGElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

const sharp = 3; // px of the PNG for each of the drawing: 288 dpi on 18 cm
const largest = 16_000; // px of a side that browsers still make

/** The picture in dots. */
export async function picturePNG(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureText(svg))}`;
  await image.decode();
  const [w, h] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
  const scale = Math.min(sharp, largest / Math.max(w, h));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(w * scale), Math.round(h * scale)];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
