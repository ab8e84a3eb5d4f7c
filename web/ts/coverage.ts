// Which arrows of the state diagram this browser has been shown. Kept in localStorage under "finwait.arrows", as a JSON
// array of arrow ids in the order in which they were first seen: ["CLOSED>LISTEN", "CLOSED>SYN-SENT", …]. An id that the
// diagram does not have is passed over; a browser that keeps nothing has seen what this page has shown.
import { type ArrowId, arrowList } from "./arrows.gen.ts";
import type { StateEvent } from "./events.gen.ts";
import { storage } from "./storage.ts";

export type { ArrowId };

const key = "finwait.arrows";
const ids: ReadonlySet<string> = new Set(arrowList.map((a) => a.id));
const here = new Set<ArrowId>(); // what this page has shown

function isArrowId(x: unknown): x is ArrowId {
  return typeof x === "string" && ids.has(x);
}

/** The arrows seen so far, in this page and in earlier ones. */
export function seen(): Set<ArrowId> {
  return new Set([...kept(), ...here]);
}

/** Notes an arrow as seen. */
export function record(arrow: ArrowId): void {
  if (here.has(arrow)) return;
  here.add(arrow);
  const before = kept();
  if (before.includes(arrow)) return;
  try {
    storage()?.setItem(key, JSON.stringify([...before, arrow]));
  } catch {
    // A full or forbidden storage: the arrow counts for this page.
  }
}

/** Forgets all that was seen. */
export function forget(): void {
  here.clear();
  try {
    storage()?.removeItem(key);
  } catch {
    // What can't be kept needs no forgetting.
  }
}

let read: { text: string; list: readonly ArrowId[] } = { text: "[]", list: [] }; // what was kept when it was last looked at

function kept(): readonly ArrowId[] {
  try {
    const text = storage()?.getItem(key) ?? "[]";
    if (text === read.text) return read.list;
    const list: unknown = JSON.parse(text);
    read = { text, list: Array.isArray(list) ? list.filter(isArrowId) : [] };
    return read.list;
  } catch {
    return [];
  }
}

/** The arrow that a state change is; undefined where the diagram has none, as for an abort. */
function arrowOf(e: Pick<StateEvent, "from" | "to" | "rule">): ArrowId | undefined {
  return arrowList.find(({ log }) => log?.from === e.from && log.to === e.to && (log.rule === "" || log.rule === e.rule))?.id;
}

/** The arrows that a state change completes. A FIN with the ACK of ours leads through FIN-WAIT-2 in no time: then
 * `before`, the change before it of the same socket, is the first half of FIN-WAIT-1>TIME-WAIT. */
export function arrowsOf(e: Pick<StateEvent, "t" | "from" | "to" | "rule">, before: { t: number; from: string } | undefined): ArrowId[] {
  const own = arrowOf(e);
  const through = e.from === "FIN-WAIT-2" && e.to === "TIME-WAIT" && before?.from === "FIN-WAIT-1" && before.t === e.t;
  return [...(own ? [own] : []), ...(through ? (["FIN-WAIT-1>TIME-WAIT"] as const) : [])];
}
