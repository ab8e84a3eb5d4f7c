// What brought an event about, and what came of it: the log's `cause`, and the causes that go without saying. A delivery
// comes of its segment, a timer that fires of its being set, a call that returns by itself of the call.
import type { LogEvent } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";

interface Index {
  read: number; // events so far
  causes: (number | undefined)[];
  effects: Map<number, number[]>;
  timers: Map<string, number>; // the event that set each
  calls: Map<string, number>;
}

const indices = new WeakMap<RunLog, Index>();

function indexOf(log: RunLog): Index {
  let x = indices.get(log);
  if (!x) indices.set(log, (x = { read: 0, causes: [], effects: new Map(), timers: new Map(), calls: new Map() }));
  for (; x.read < log.events.length; x.read++) {
    const e = log.events[x.read]!;
    const cause = e.cause ?? unsaid(log, e, x);
    x.causes.push(cause);
    if (cause !== undefined) {
      const list = x.effects.get(cause);
      if (list) list.push(e.seq);
      else x.effects.set(cause, [e.seq]);
    }
    if (e.kind === "call") x.calls.set(`${e.host} ${e.id}`, e.seq);
    if (e.kind === "timer" && e.action === "set") x.timers.set(`${e.host} ${e.sock} ${e.timer}`, e.seq);
  }
  return x;
}

function unsaid(log: RunLog, e: LogEvent, x: Index): number | undefined {
  switch (e.kind) {
    case "fate":
      return log.segments.get(e.id)?.sent.seq;
    case "deliver": {
      const s = log.segments.get(e.id);
      const fate = s?.fates.findLast((f) => f.seq < e.seq && f.arrives === e.t);
      return fate?.seq ?? s?.sent.seq;
    }
    case "timer":
      return e.action === "set" ? undefined : x.timers.get(`${e.host} ${e.sock} ${e.timer}`);
    case "return":
      return x.calls.get(`${e.host} ${e.id}`);
  }
  return undefined;
}

/** The event that brought event seq about; undefined where none did. */
export function causeOf(log: RunLog, seq: number): number | undefined {
  return indexOf(log).causes[seq];
}

/** The events that event seq brought about, in order. */
export function effectsOf(log: RunLog, seq: number): readonly number[] {
  return indexOf(log).effects.get(seq) ?? [];
}

/** The way from event seq back to where it began, the nearest cause first. */
export function chainOf(log: RunLog, seq: number): number[] {
  const out: number[] = [];
  for (let c = causeOf(log, seq); c !== undefined; c = causeOf(log, c)) out.push(c);
  return out;
}

/** The events of one moment with event seq: what triggered it, what else that did, and what came of it at once. What a
 * program does next is a moment of its own. */
export function momentOf(log: RunLog, seq: number): ReadonlySet<number> {
  const e = log.events[seq];
  const out = new Set([seq, ...effectsOf(log, seq)]);
  const cause = e === undefined || e.kind === "call" || e.kind === "process" ? undefined : causeOf(log, seq);
  if (cause !== undefined) for (const x of [cause, ...effectsOf(log, cause)]) out.add(x);
  return out;
}

/** The segment that an event is about: its own, or the one that its moment sent or received; undefined where there is none. */
export function segmentOf(log: RunLog, seq: number): number | undefined {
  const e = log.events[seq];
  if (!e) return undefined;
  if (e.kind === "segment" || e.kind === "fate" || e.kind === "deliver") return e.id;
  if (e.kind === "input") return (e.do.drop ?? e.do.delay ?? e.do.duplicate)?.segment;
  const near = [...effectsOf(log, seq), ...momentOf(log, seq)];
  for (const kind of ["segment", "deliver"] as const) {
    for (const x of near) {
      const other = log.events[x]!;
      if (other.kind === kind) return other.id;
    }
  }
  return undefined;
}

/** A socket by its host and number. */
export function socketKey(host: string, sock: number): string {
  return `${host} ${sock}`;
}

/** The sockets that an event is about. */
export function socketsOf(log: RunLog, seq: number): ReadonlySet<string> {
  const e = log.events[seq];
  if (!e) return new Set();
  if ("sock" in e) return new Set([socketKey(e.host, e.sock)]);
  const host = "host" in e ? e.host : e.kind === "segment" ? e.from : undefined;
  const out = new Set<string>();
  for (const x of momentOf(log, seq)) {
    const other = log.events[x]!;
    if ("sock" in other && (host === undefined || other.host === host)) out.add(socketKey(other.host, other.sock));
  }
  return out;
}
