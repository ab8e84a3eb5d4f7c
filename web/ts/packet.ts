// A datagram as fields: where each lies in the bytes, what it says, and where its meaning stands.
import type { SegmentEvent } from "./events.gen.ts";
import { isPhraseKey, type PhraseKey, type Values } from "./phrases.ts";

/** A text that is put into the reader's language later. */
export interface Note {
  key: PhraseKey;
  values: Values;
}

export interface Source {
  rfc: number;
  section: string;
}

export interface Field {
  layer: "ip" | "tcp" | "options" | "payload";
  /** The phrase that names it, or its name where that is the same in each language. */
  name: PhraseKey | { is: string };
  /** Where it begins in the datagram, and how long it is, in bits. */
  at: number;
  bits: number;
  value: string;
  /** What the value means, beside it and in full. */
  aside?: string | Note;
  note?: Note;
  source: Source;
}

/** A sum is right, wrong (and what it should be), or can't be told because bytes are missing. */
export type Sum = { state: "valid" } | { state: "wrong"; want: number } | { state: "unknown" };

export interface Packet {
  bytes: Uint8Array;
  omitted: number;
  fields: Field[];
  headerBytes: number;
  ipSum: Sum;
  tcpSum: Sum;
}

const ipHeader = 20;
const rfc = (number: number, section: string): Source => ({ rfc: number, section });
const tcp31 = rfc(9293, "3.1");
const ip31 = rfc(791, "3.1");

export function hex(n: number, digits: number): string {
  return n.toString(16).padStart(digits, "0");
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
}

/** The Internet checksum (RFC 1071) of bytes, on top of a sum of 16-bit words. */
export function checksum(bytes: Uint8Array, sum = 0): number {
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** What the sum in a block at a place should be: that of the block with zero in its place. */
function judge(block: Uint8Array, place: number, start: number): Sum {
  const copy = block.slice();
  const found = (copy[place]! << 8) | copy[place + 1]!;
  copy[place] = copy[place + 1] = 0;
  const want = checksum(copy, start);
  return found === want ? { state: "valid" } : { state: "wrong", want };
}

/** Reads the datagram of a segment; undefined where it is no TCP over IPv4. */
export function readPacket(bytes: Uint8Array, omitted: number, sent: SegmentEvent): Packet | undefined {
  const ihl = (bytes[0]! & 15) * 4;
  const offset = (bytes[ihl + 12]! >> 4) * 4;
  if (bytes.length < 40 || bytes[0]! >> 4 !== 4 || ihl !== ipHeader || bytes[9] !== 6 || offset < 20 || bytes.length < ihl + offset) return undefined;
  const r = new Reader(bytes);
  const pseudo = r.u16(12) + r.u16(14) + r.u16(16) + r.u16(18) + 6 + bytes.length - ihl;
  const ipSum = judge(bytes.subarray(0, ihl), 10, 0);
  const tcpSum: Sum = omitted > 0 ? { state: "unknown" } : judge(bytes.subarray(ihl), 16, pseudo);
  const fields = [...ipFields(r, ipSum, sent), ...tcpFields(r, ihl, tcpSum, sent), ...optionFields(r, ihl + 20, ihl + offset, sent)];
  const length = bytes.length - ihl - offset + omitted;
  if (length > 0) {
    fields.push({ layer: "payload", name: "header.payload", at: (ihl + offset) * 8, bits: (length - omitted) * 8,
      value: omitted > 0 ? "…" : printable(bytes.subarray(ihl + offset)), note: { key: "header.note.payload", values: { n: length } }, source: rfc(9293, "3.4") });
  }
  return { bytes, omitted, fields, headerBytes: ihl + offset, ipSum, tcpSum };
}

/** Bytes as text, with a dot for each that is no printable ASCII. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
}

class Reader {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  u8(i: number): number {
    return this.bytes[i] ?? 0;
  }
  u16(i: number): number {
    return this.u8(i) * 256 + this.u8(i + 1);
  }
  u32(i: number): number {
    return this.u16(i) * 65536 + this.u16(i + 2);
  }
  address(i: number): string {
    return [...this.bytes.subarray(i, i + 4)].join(".");
  }
}

function sumNote(sum: Sum, over: "ip" | "tcp"): Note {
  if (sum.state === "wrong") return { key: "header.note.sum.wrong", values: { want: `0x${hex(sum.want, 4)}` } };
  return { key: sum.state === "unknown" ? "header.note.sum.unknown" : `header.note.sum.${over}`, values: {} };
}

function bitField(layer: Field["layer"], is: string, at: number, on: boolean, source: Source): Field {
  return { layer, name: { is }, at, bits: 1, value: on ? "1" : "0", note: { key: on ? "header.note.set" : "header.note.clear", values: {} }, source };
}

function ipFields(r: Reader, sum: Sum, sent: SegmentEvent): Field[] {
  const f = (name: string, at: number, bits: number, value: number | string, source = ip31, note?: Note, aside?: Field["aside"]): Field => {
    const key = `header.ip.${name}`;
    return { layer: "ip", name: isPhraseKey(key) ? key : { is: name.toUpperCase() }, at, bits, value: String(value), source, ...(note && { note }), ...(aside && { aside }) };
  };
  return [
    f("version", 0, 4, r.u8(0) >> 4),
    f("ihl", 4, 4, r.u8(0) & 15, ip31, { key: "header.note.words", values: { n: (r.u8(0) & 15) * 4 } }),
    f("dscp", 8, 6, r.u8(1) >> 2, rfc(2474, "3")),
    f("ecn", 14, 2, r.u8(1) & 3, rfc(3168, "5")),
    f("length", 16, 16, r.u16(2), ip31, { key: "header.note.bytes", values: { n: r.u16(2) } }),
    f("id", 32, 16, r.u16(4), rfc(6864, "4"), { key: "header.note.id", values: { n: sent.id } }),
    bitField("ip", "0", 48, r.u8(6) > 127, ip31),
    bitField("ip", "DF", 49, (r.u8(6) & 64) !== 0, ip31),
    bitField("ip", "MF", 50, (r.u8(6) & 32) !== 0, ip31),
    f("offset", 51, 13, r.u16(6) & 0x1fff),
    f("ttl", 64, 8, r.u8(8)),
    f("protocol", 72, 8, r.u8(9), ip31, undefined, "TCP"),
    f("checksum", 80, 16, `0x${hex(r.u16(10), 4)}`, ip31, sumNote(sum, "ip")),
    f("src", 96, 32, r.address(12)),
    f("dst", 128, 32, r.address(16)),
  ];
}

const flagSources: readonly (readonly [name: string, source: Source])[] = [
  ["CWR", rfc(3168, "6.1.2")], ["ECE", rfc(3168, "6.1.3")], ["URG", rfc(9293, "3.8.5")], ["ACK", rfc(9293, "3.4")],
  ["PSH", rfc(9293, "3.9.1.2")], ["RST", rfc(9293, "3.5.2")], ["SYN", rfc(9293, "3.5")], ["FIN", rfc(9293, "3.6")],
];

function tcpFields(r: Reader, from: number, sum: Sum, sent: SegmentEvent): Field[] {
  const f = (name: string, at: number, bits: number, value: number | string, source = tcp31, note?: Note, aside?: Field["aside"]): Field => {
    const key = `header.tcp.${name}`;
    return { layer: "tcp", name: isPhraseKey(key) ? key : { is: name }, at: from * 8 + at, bits, value: String(value), source, ...(note && { note }), ...(aside && { aside }) };
  };
  const flags = r.u8(from + 13);
  const acks = (flags & 16) !== 0;
  const words = r.u8(from + 12) >> 4;
  const [seq, ack, win] = [r.u32(from + 4), r.u32(from + 8), r.u16(from + 14)];
  const raw: Note = { key: "header.note.seq", values: { n: seq } };
  return [
    f("sport", 0, 16, r.u16(from)),
    f("dport", 16, 16, r.u16(from + 2)),
    f("seq", 32, 32, sent.seqno, rfc(9293, "3.4"), raw, rawOf(seq)),
    acks ? f("ack", 64, 32, sent.ackno, rfc(9293, "3.4"), { key: "header.note.ack", values: { n: ack } }, rawOf(ack))
      : f("ack", 64, 32, ack, rfc(9293, "3.4"), { key: "header.note.noack", values: {} }),
    f("offset", 96, 4, words, tcp31, { key: "header.note.words", values: { n: words * 4 } }),
    f("rsrvd", 100, 4, r.u8(from + 12) & 15),
    ...flagSources.map(([name, source], i) => bitField("tcp", name, from * 8 + 104 + i, (flags & (128 >> i)) !== 0, source)),
    f("window", 112, 16, win, rfc(9293, "3.8.6"), windowNote(win, sent), sent.win_bytes !== win ? `= ${sent.win_bytes}` : undefined),
    f("checksum", 128, 16, `0x${hex(r.u16(from + 16), 4)}`, tcp31, sumNote(sum, "tcp")),
    f("urgent", 144, 16, r.u16(from + 18), rfc(9293, "3.8.5")),
  ];
}

/** The number on the wire, beside the one that is counted from the SYN. */
function rawOf(n: number): Note {
  return { key: "header.raw", values: { n } };
}

function windowNote(win: number, sent: SegmentEvent): Note {
  const shift = win > 0 ? Math.log2(sent.win_bytes / win) : 0;
  if (shift > 0) return { key: "header.note.window.scaled", values: { shift, n: sent.win_bytes } };
  return { key: sent.flags.includes("S") ? "header.note.window.syn" : "header.note.window", values: { n: sent.win_bytes } };
}

interface OptionKind {
  name: string;
  source: Source;
  length?: number;
}

const optionKinds: Readonly<Record<number, OptionKind>> = {
  0: { name: "EOL", source: rfc(9293, "3.2") },
  1: { name: "NOP", source: rfc(9293, "3.2") },
  2: { name: "MSS", source: rfc(9293, "3.7.1"), length: 4 },
  3: { name: "WS", source: rfc(7323, "2.2"), length: 3 },
  4: { name: "SACK-OK", source: rfc(2018, "2") , length: 2 },
  5: { name: "SACK", source: rfc(2018, "3") },
  8: { name: "TS", source: rfc(7323, "3.2"), length: 10 },
};

function optionFields(r: Reader, from: number, to: number, sent: SegmentEvent): Field[] {
  const out: Field[] = [];
  for (let i = from; i < to; ) {
    const kind = r.u8(i);
    const known = optionKinds[kind] ?? { name: `${kind}`, source: rfc(9293, "3.2") };
    const { source } = known;
    const single = kind < 2;
    const length = single ? 1 : r.u8(i + 1);
    const bad = !single && (length < 2 || i + length > to || (known.length !== undefined && length !== known.length));
    out.push({ layer: "options", name: { is: known.name }, at: i * 8, bits: 8, value: String(kind), source,
      note: { key: single ? "header.note.kind.single" : "header.note.kind", values: { kind } } });
    if (bad) { // the rest can't be told apart
      if (i + 1 < to) out.push({ layer: "options", name: "header.opt.rest", at: (i + 1) * 8, bits: (to - i - 1) * 8, value: "?", source });
      return out;
    }
    if (!single) {
      out.push({ layer: "options", name: "header.opt.length", at: i * 8 + 8, bits: 8, value: String(length), source });
      out.push(...optionValue(r, kind, i, length, source, sent));
    }
    i += length;
  }
  return out;
}

function optionValue(r: Reader, kind: number, i: number, length: number, source: Source, sent: SegmentEvent): Field[] {
  const f = (is: string, at: number, bits: number, value: number | string, key?: PhraseKey, values: Values = {}, aside?: Field["aside"]): Field =>
    ({ layer: "options", name: { is }, at: at * 8, bits, value: String(value), source, ...(key && { note: { key, values } }), ...(aside && { aside }) });
  switch (kind) {
    case 2:
      return [f("MSS", i + 2, 16, r.u16(i + 2), "header.note.mss", { n: r.u16(i + 2) })];
    case 3:
      return [f("shift", i + 2, 8, r.u8(i + 2), "header.note.shift", { n: r.u8(i + 2), factor: 2 ** Math.min(14, r.u8(i + 2)) })];
    case 8:
      return [f("TSval", i + 2, 32, r.u32(i + 2), "header.note.tsval"), f("TSecr", i + 6, 32, r.u32(i + 6), "header.note.tsecr")];
    case 5:
      return Array.from({ length: (length - 2) / 8 }, (_, n) => {
        const [at, block] = [i + 2 + 8 * n, sent.opts.sack?.[n]];
        const edge = (name: string, place: number, relative: number | undefined): Field =>
          f(name, place, 32, relative ?? r.u32(place), "header.note.sack", { n: r.u32(place) }, relative === undefined ? undefined : rawOf(r.u32(place)));
        return [edge(`left ${n + 1}`, at, block?.left), edge(`right ${n + 1}`, at + 4, block?.right)];
      }).flat();
  }
  return length > 2 ? [f("data", i + 2, (length - 2) * 8, [...r.bytes.subarray(i + 2, i + length)].map((b) => hex(b, 2)).join(" "))] : [];
}

/** The bytes of a field, from and up to. */
export function spanOf(f: Field): [from: number, to: number] {
  return [Math.floor(f.at / 8), Math.ceil((f.at + f.bits) / 8)];
}

/** The datagram as a hex dump that text2pcap reads: an offset and 16 bytes a line. */
export function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) lines.push(`${hex(i, 4)}  ${Array.from(bytes.subarray(i, i + 16), (b) => hex(b, 2)).join(" ")}`);
  return `${lines.join("\n")}\n`;
}
