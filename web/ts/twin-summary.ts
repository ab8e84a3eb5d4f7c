// How runs side by side differ: where they part, what only one of them has, and how each came out. Pure functions.
import { stays } from "./consequence.ts";
import type { SegmentEvent, State } from "./events.gen.ts";
import { hostOrder, type RunLog } from "./run-log.ts";

/** How a run came out; times in µs. */
export interface Outcome {
  segments: number;
  again: number;
  lost: number;
  hosts: HostOutcome[];
  /** Expectations that hold, and all. */
  holds: number;
  expected: number;
}

export interface HostOutcome {
  host: string;
  /** The state that its last connection ended in, and since when. */
  last: { state: State; t: number } | undefined;
  /** How long it was in TIME-WAIT; 0 for never. */
  timeWait: number;
  /** Calls that failed. */
  errors: { call: string; errno: string }[];
  /** Bytes that its programs read. */
  read: number;
}

export function outcome(log: RunLog): Outcome {
  const waits = stays(log).filter((s) => s.state === "TIME-WAIT");
  const hosts = hostOrder(log).map((host): HostOutcome => ({ host, last: undefined, timeWait: waits.find((w) => w.host === host)?.us ?? 0, errors: [], read: 0 }));
  const of = (name: string): HostOutcome | undefined => hosts.find((h) => h.host === name);
  const result: Outcome = { segments: 0, again: 0, lost: 0, hosts, holds: 0, expected: 0 };
  for (const e of log.events) {
    if (e.kind === "segment") {
      result.segments++;
      if (e.retransmission) result.again++;
    } else if (e.kind === "fate" && e.fate === "dropped") result.lost++;
    else if (e.kind === "expect") {
      result.expected++;
      if (e.holds) result.holds++;
    } else if (e.kind === "state" && e.to !== "LISTEN" && e.from !== "LISTEN") {
      const h = of(e.host);
      if (h) h.last = { state: e.to, t: e.t };
    } else if (e.kind === "return") {
      const h = of(e.host);
      if (e.errno && h && !h.errors.some((x) => x.call === e.call && x.errno === e.errno)) h.errors.push({ call: e.call, errno: e.errno });
      if (h && (e.call === "read" || e.call === "recv") && e.ret > 0) h.read += e.ret;
    }
  }
  return result;
}

/** When two runs part: the time of the first event that is not in both, or undefined where all are. */
export function parting(a: RunLog, b: RunLog): number | undefined {
  const most = Math.min(a.events.length, b.events.length);
  for (let i = 1; i < most; i++) {
    const [x, y] = [a.events[i]!, b.events[i]!];
    if (withoutSource(x) !== withoutSource(y)) return Math.min(x.t, y.t);
  }
  return a.events.length === b.events.length ? undefined : (a.events[most] ?? b.events[most])!.t;
}

/** An event but for its line in the source, and what a run's end says of its bytes: choices may stand on other lines. */
function withoutSource(e: object): string {
  return JSON.stringify(e, (key, value: unknown) => (key === "line" || key === "sha256" ? undefined : value));
}

/** The ids of a run's segments that another run has not, at the same time with the same numbers. */
export function onlyIn(a: RunLog, b: RunLog): Set<number> {
  const known = new Map<string, number>();
  const key = (s: SegmentEvent): string => `${s.t} ${s.from} ${s.flags} ${s.seqno} ${s.ackno} ${s.len}`;
  for (const { sent } of b.segments.values()) known.set(key(sent), (known.get(key(sent)) ?? 0) + 1);
  const only = new Set<number>();
  for (const [id, { sent }] of a.segments) {
    const left = known.get(key(sent)) ?? 0;
    if (left > 0) known.set(key(sent), left - 1);
    else only.add(id);
  }
  return only;
}
