// The vertical lines of the ladder: one for each host, in the order of the screen, with a lane for each of the connections
// that it has at the same time.
import type { ReturnEvent } from "./events.gen.ts";
import { charWidth } from "./ladder-labels.ts";
import { hostOrder, type RunLog } from "./run-log.ts";

export type Side = "left" | "right";

export interface Lifeline {
  /** Empty for addresses that no host has. */
  host: string;
  x: number;
  /** The side on which its lanes lie, and what is said of the host. */
  side: Side;
  /** Between two others, so that their segments pass it. */
  inner: boolean;
  lanes: number;
  /** px for a name beside it. */
  room: number;
}

/** The vertical lines of the drawing, in px. */
export interface Columns {
  width: number;
  axis: number; // the right edge of the times
  more: number; // that they take for six digits
  lines: Lifeline[];
}

const mostBeside = 106; // px, or this share of a wide drawing
const mostShare = 0.23;
const gapBeside = 12; // px between a lifeline, or its last lane, and what stands beside it
const spareBeside = 5; // px
const spareAxis = 4; // px between a name and the times
const longTime = 100_000_000; // µs, from which on a time in ms has six digits
const longerTime = 6; // px that they take more
const inset = 7; // px between a lifeline and a wire's end

/** How wide a text of 11 px stands, in px: a little too wide rather than too narrow. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of text) width += c > "\u2e7f" ? 11 : charWidth;
  return width;
}

/** Lays the lifelines of the runs that are drawn over each other out for a width: text stays 11 px, so what gives is the
 * distance between them. */
export function columns(width: number, logs: readonly RunLog[]): Columns {
  const names = [...new Set(logs.flatMap(hostOrder))];
  const nowhere = logs.some((log) => [...log.segments.values()].some((s) => s.sent.to === ""));
  const lanes = (host: string): number => Math.max(1, ...logs.map((log) => log.connections.lanes(host)));
  const lines = names.map((host, i): Lifeline => ({ host, x: 0, side: i === 0 ? "left" : "right", inner: false, lanes: lanes(host), room: 0 }));
  for (const l of lines.slice(1, -1)) l.side = quieterSide(l.host, names, logs);
  if (nowhere) lines.push({ host: "", x: 0, side: "right", inner: false, lanes: 1, room: 0 });
  for (const l of lines.slice(1, -1)) l.inner = true;
  const more = logs.some((log) => log.length >= longTime) ? longerTime : 0;
  const axis = (width < 400 ? 42 : 46) + more;
  const room = Math.max(86, Math.min(118, width * 0.19));
  const [before, after] = [lines[0] ? reach(lines[0]) : 0, lines.length > 1 ? reach(lines.at(-1)!) : 0];
  // More than two lifelines need the room for the segments between them.
  const written = (host: string | undefined): number => (names.length > 2 ? 0 : Math.min(Math.max(0, ...logs.map((log) => besideOf(log, host))), Math.max(mostBeside, width * mostShare)));
  const left = Math.max((width < 400 ? 132 : 52 + room) + more, axis + written(names[0])) + before;
  const right = width - Math.max(width < 400 ? Math.max(88, Math.min(96, width - 264)) : room + 6, written(names.at(-1))) - after;
  place(lines, left, right);
  for (const [i, l] of lines.entries()) l.room = roomOf(l, i, lines, axis, width);
  return { width, axis, more, lines };
}

/** Puts the lifelines between two of them, as far apart as what their lanes leave allows. */
function place(lines: readonly Lifeline[], left: number, right: number): void {
  const free = (right - left - lines.reduce((sum, l) => sum + (l.inner ? reach(l) : 0), 0)) / Math.max(1, lines.length - 1);
  let x = left;
  for (const [i, l] of lines.entries()) {
    const own = l.inner ? reach(l) : 0;
    if (i > 0) x += free + (l.side === "left" ? own : 0);
    l.x = Math.round(x);
    if (l.side === "right") x += own;
  }
}

/** The side of a lifeline in the middle that fewer segments come and go on. */
function quieterSide(host: string, names: readonly string[], logs: readonly RunLog[]): Side {
  const at = names.indexOf(host);
  let balance = 0;
  for (const log of logs) {
    for (const { sent: { from, to } } of log.segments.values()) {
      if (from !== to && (from === host || to === host)) balance += names.indexOf(from === host ? to : from) > at ? 1 : -1;
    }
  }
  return balance < 0 ? "right" : "left";
}

/** Room for what is written beside a lifeline: to the edge of the drawing, or to the next lifeline. */
function roomOf(l: Lifeline, i: number, lines: readonly Lifeline[], axis: number, width: number): number {
  const next = lines[l.side === "left" ? i - 1 : i + 1]?.x;
  const end = next ?? (l.side === "left" ? axis + spareAxis : width - spareBeside);
  return Math.abs(l.x - end) - reach(l) - gapBeside - (next === undefined ? 0 : inset);
}

/** The room that the results of calls beside a host's lifeline take, in px. */
function besideOf(log: RunLog, host: string | undefined): number {
  let most = 0;
  for (const seq of log.labelled) {
    const e = log.events[seq]!;
    if (e.kind === "return" && e.host === host) most = Math.max(most, textWidth(resultOf(e, log)) + gapBeside + spareBeside);
  }
  return most;
}

/** A call and its result, as the ladder writes them. Where a host has several connections, the descriptor tells which. */
export function resultOf(e: ReturnEvent, log: RunLog): string {
  const args = log.connections.lanes(e.host) > 1 && e.fd >= 0 ? String(e.fd) : "";
  return e.errno ? `${e.call}(${args}) ${e.errno}` : `${e.call}(${args})=${e.ret}`;
}

function step(l: Lifeline): number {
  return l.lanes === 1 ? 0 : l.lanes <= 4 ? 7 : 5;
}

/** How far the lanes of a lifeline reach beyond it, in px. */
function reach(l: Lifeline): number {
  return (l.lanes - 1) * step(l);
}

/** 1 to the right of the screen, -1 to the left. */
export function outward(l: Lifeline): 1 | -1 {
  return l.side === "left" ? -1 : 1;
}

/** The middle of a lane. */
export function laneX(l: Lifeline, lane: number): number {
  return l.x + outward(l) * lane * step(l);
}

export function laneWidth(l: Lifeline): number {
  return l.lanes === 1 ? 8 : step(l) - 1;
}

/** Where what is written beside a lifeline begins, and how it is set from there. */
export function beside(l: Lifeline, by = gapBeside): { x: number; anchor: "start" | "end" } {
  return { x: l.x + outward(l) * (reach(l) + by), anchor: l.side === "left" ? "end" : "start" };
}

/** The distance from a lifeline at which a wire on a side of it ends. */
export function endOn(l: Lifeline, side: Side): number {
  return side === l.side && l.lanes > 1 ? inset + reach(l) : inset;
}

/** The lifeline of a host. */
export function lineOf(c: Columns, host: string): Lifeline | undefined {
  return c.lines.find((l) => l.host === host);
}

/** The addresses that segments go to, and no host has. */
export function addressesOfNoHost(log: RunLog): string[] {
  const own = new Set(log.meta?.hosts.map((h) => h.addr));
  const remotes = log.events.flatMap((e) => (e.kind === "state" && e.remote !== "*" ? [e.remote.slice(0, e.remote.lastIndexOf(":"))] : []));
  return [...new Set(remotes)].filter((a) => !own.has(a) && !a.startsWith("127.") && a !== "0.0.0.0");
}
