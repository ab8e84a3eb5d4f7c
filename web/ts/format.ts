// How figures are written: times, segments, calls.
import type { CallEvent, ReturnEvent, SegmentEvent } from "./events.gen.ts";

const thin = "\u202f";

/** 60330 → "60 330": groups of three from five digits on. */
export function grouped(n: number): string {
  const s = String(n);
  return s.length < 5 ? s : s.replace(/\B(?=(\d{3})+$)/g, thin);
}

/** A time of the axis in ms, without its unit: "60", "320.4", "60 330". */
export function axisTime(us: number): string {
  const ms = us / 1000;
  if (ms >= 1000 || Math.abs(ms - Math.round(ms)) < 0.05) return grouped(Math.round(ms));
  return ms.toFixed(1);
}

/** The playhead's time on the axis, always with the same digits: "335.0", "39 260". */
export function nowTime(us: number): string {
  return us < 1_000_000 ? (Math.floor(us / 100) / 10).toFixed(1) : grouped(Math.floor(us / 1000));
}

/** The playhead's time with one decimal, or seconds when long: "335.0 ms", "60.33 s". */
export function clockTime(us: number): string {
  return us < 10_000_000 ? `${(Math.floor(us / 100) / 10).toFixed(1)} ms` : `${(Math.floor(us / 10_000) / 100).toFixed(2)} s`;
}

/** A moment or a length in words: "70 ms", "1.3 ms", "60.3 s", "2 min 5 s". */
export function duration(us: number): string {
  const ms = us / 1000;
  if (ms < 1000) return `${trim(ms, ms < 100 ? 1 : 0)} ms`;
  const s = ms / 1000;
  if (s < 600) return `${trim(s, s < 10 ? 2 : 1)} s`;
  return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
}

function trim(x: number, digits: number): string {
  return String(Number(x.toFixed(digits)));
}

/** A gap beside the axis, which is in ms: "+210", "+60 s". */
export function gapTime(us: number): string {
  if (us < 1_000_000) return `+${Math.round(us / 1000)}`;
  return `+${trim(us / 1e6, us < 10_000_000 ? 1 : 0)} s`;
}

const flagNames: Record<string, string> = { S: "SYN", F: "FIN", R: "RST", P: "PSH", A: "ACK" };

/** "FA" → "FIN,ACK". */
export function flagsOf(flags: string): string {
  return [...flags].map((c) => flagNames[c] ?? c).join(",");
}

/** A segment in one line: "FIN,ACK seq=6 ack=7 len=5". */
export function segmentText(s: SegmentEvent): string {
  return `${flagsOf(s.flags)} ${numbers(s)}`;
}

/** The figures of a segment: "seq=6 ack=7 len=5"; ack without the flag and an empty len are left out. */
export function numbers(s: SegmentEvent): string {
  const ack = s.flags.includes("A") ? ` ack=${s.ackno}` : "";
  const len = s.len > 0 ? ` len=${s.len}` : "";
  return `seq=${s.seqno}${ack}${len}`;
}

/** The kind of a segment that decides its colour. */
export function segmentKind(s: SegmentEvent): "syn" | "fin" | "rst" | "data" | "ack" {
  if (s.flags.includes("R")) return "rst";
  if (s.flags.includes("S")) return "syn";
  if (s.flags.includes("F")) return "fin";
  return s.len > 0 ? "data" : "ack";
}

/** A call with its arguments: `connect(3, "server", 80)`. */
export function callText(c: CallEvent): string {
  const args = c.args.map((a) => (typeof a === "string" ? JSON.stringify(a) : String(a)));
  return `${c.call}(${(c.fd >= 0 ? [String(c.fd), ...args] : args).join(", ")})`;
}

/** What a call gave: "0", or "-1 ECONNRESET". */
export function resultText(r: ReturnEvent): string {
  return r.errno ? `${r.ret} ${r.errno}` : String(r.ret);
}


/** A length in px as drawings write it: to a tenth. */
export function tenth(x: number): number {
  return Math.round(x * 10) / 10;
}
