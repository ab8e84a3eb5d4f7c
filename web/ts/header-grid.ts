// The bit fields of a datagram and its hex dump, drawn so that a field and its bytes point at each other.
import { h, s } from "./dom.ts";
import { type Field, hex, type Packet, printable, spanOf } from "./packet.ts";
import type { PhraseKey, Phrases } from "./phrases.ts";

const shownPayload = 256; // bytes
const layers: readonly (readonly [Field["layer"], PhraseKey])[] = [
  ["tcp", "header.tcp"], ["options", "header.options"], ["payload", "header.payload.title"], ["ip", "header.ipv4"],
];

export function sourceText(f: Field): string {
  return `RFC ${f.source.rfc} §${f.source.section}`;
}

export function sourceLink(f: Field): string {
  return `https://www.rfc-editor.org/rfc/rfc${f.source.rfc}#section-${f.source.section}`;
}

export function nameOf(f: Field, say: Phrases): string {
  return typeof f.name === "string" ? say.text(f.name) : f.name.is;
}

function asideOf({ aside }: Field, say: Phrases): string | undefined {
  return typeof aside === "object" ? say.text(aside.key, aside.values) : aside;
}

/** What a datagram looks like: the fields in the order of the screen, each with its button, and the bytes. */
export interface Drawing {
  grid: Node[];
  hex: Node[];
  fields: Field[];
  buttons: HTMLButtonElement[];
  cells: HTMLElement[]; // of the bytes shown
}

/** Draws a datagram. all shows payload to its end. */
export function drawPacket(p: Packet, say: Phrases, all: boolean): Drawing {
  const out: Drawing = { grid: [], hex: [], fields: [], buttons: [], cells: [] };
  for (const [layer, title] of layers) {
    const fields = p.fields.filter((f) => f.layer === layer);
    if (fields.length === 0) continue;
    const bits = fields.reduce((sum, f) => sum + f.bits, 0);
    const name = say.text("header.part", { part: say.text(title), n: bits / 8 });
    const box = h("div", { class: "hdr", role: "group", "aria-label": name });
    for (const f of fields) {
      const cell = drawField(f, say, out.fields.length);
      box.append(cell.el);
      out.fields.push(f);
      out.buttons.push(cell.button);
    }
    out.grid.push(h("p", { class: "hname", "aria-hidden": "true" }, name), box);
  }
  drawBytes(p, all ? p.bytes.length : Math.min(p.bytes.length, p.headerBytes + shownPayload), out);
  return out;
}

function drawField(f: Field, say: Phrases, index: number): { el: HTMLElement; button: HTMLButtonElement } {
  const name = nameOf(f, say);
  const source = h("span", { class: "sr" }, `, ${sourceText(f)}`);
  if (f.bits <= 2) { // its name stands upright
    const button = h("button", { type: "button", class: "fb", tabindex: -1, "data-i": index }, h("span", { class: "fn" }, name), h("b", {}, f.value), source);
    const cls = f.bits === 2 ? "bit w2" : f.value === "1" ? "bit on" : "bit";
    return { el: h("div", { class: cls }, button), button };
  }
  const aside = asideOf(f, say);
  const value = h("b", {}, f.value, aside && h("i", {}, ` ${aside}`));
  const button = h("button", { type: "button", class: "fb", tabindex: -1, "data-i": index }, h("span", { class: "fn" }, name), value, source);
  const section = f.bits >= 8 && h("a", { class: "sec", href: sourceLink(f), target: "_blank", rel: "noreferrer", tabindex: -1, "aria-label": sourceText(f) }, `§${f.source.section}`);
  const width = f.layer === "payload" || f.bits > 32 ? 32 : f.bits;
  return { el: h("div", { class: `f w${width}` }, button, section || undefined), button };
}

function drawBytes(p: Packet, upTo: number, out: Drawing): void {
  for (let row = 0; row < upTo; row += 16) {
    const part = p.bytes.subarray(row, Math.min(row + 16, upTo));
    const cells = Array.from(part, (b, i) => h("span", { "data-b": row + i, class: row + i < 20 ? "ip" : row + i < p.headerBytes ? "tcp" : "pl" }, hex(b, 2)));
    out.cells.push(...cells);
    out.hex.push(h("div", { class: "hrow" }, h("span", { class: "o", "aria-hidden": "true" }, hex(row, 4)), h("span", { class: "hb" }, ...cells),
      h("span", { class: "asc", "aria-hidden": "true" }, printable(part))));
  }
}

/** The fields that lie in a byte. */
export function fieldsAt(fields: readonly Field[], byte: number): number[] {
  return fields.flatMap((f, i) => {
    const [from, to] = spanOf(f);
    return byte >= from && byte < to ? [i] : [];
  });
}

/** The field above or below another: the one in the word before or after that holds its first bit, or the next there is. */
export function neighbour(fields: readonly Field[], i: number, down: boolean): number {
  const f = fields[i]!;
  const want = f.at + (down ? 32 : -32);
  const hit = fields.findIndex((o) => o.layer === f.layer && want >= o.at && want < o.at + Math.max(1, o.bits));
  if (hit >= 0) return hit;
  const other = down ? fields.findIndex((o, k) => k > i && o.layer !== f.layer) : fields.findLastIndex((o, k) => k < i && o.layer !== f.layer);
  return other >= 0 ? other : i;
}

export function sumMark(ok: boolean): SVGSVGElement {
  return s("svg", { class: ok ? "ic ok" : "ic bad", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: ok ? "M3.5 8.5l3 3 6-7" : "M4 4l8 8M12 4l-8 8" }));
}
