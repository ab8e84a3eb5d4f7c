// A run's events so far received, indexed, and what can be told of them without a playhead.
import type { CallEvent, EndEvent, LogEvent, MetaEvent, ReturnEvent } from "./events.gen.ts";
import { Connections } from "./connections.ts";
import type { Segment } from "./flight.ts";
import { prefix } from "./search.ts";

/** A run's events so far received, indexed. Only `append` changes it, and only at its end. */
export class RunLog {
  readonly events: LogEvent[] = [];
  readonly segments = new Map<number, Segment>();
  /** Indices of the events that a step of the playhead stops at. */
  readonly stops: number[] = [];
  /** Indices of the events that the ladder names beside their host's lifeline. */
  readonly labelled = new Set<number>();
  readonly connections = new Connections();
  meta: MetaEvent | undefined;
  end: EndEvent | undefined;
  /** The returns of calls, by the seq of the call. */
  readonly returns = new Map<number, ReturnEvent>();
  #calls = new Map<string, number>();
  #listeners = new Set<string>();
  #waiting = new Set<string>(); // sockets whose TIME-WAIT is being counted

  append(list: readonly LogEvent[]): void {
    for (const e of list) {
      if (e.seq !== this.events.length) throw new Error(`event ${e.seq} where ${this.events.length} is due`);
      this.events.push(e);
      this.#index(e);
      this.connections.add(e);
      if (this.#isLabelled(e) || this.#restarts(e)) this.labelled.add(e.seq);
      if (isStop(this, e.seq)) {
        // A call that returns at once is one stop with its return.
        if (e.kind === "return" && this.stops.at(-1) === e.seq - 1 && isReturnOf(this.events[e.seq - 1], e)) this.stops.pop();
        this.stops.push(e.seq);
      }
    }
  }

  #index(e: LogEvent): void {
    switch (e.kind) {
      case "meta":
        this.meta = e;
        break;
      case "segment":
        this.segments.set(e.id, { sent: e, fates: [], delivers: [] });
        break;
      case "fate":
        this.segments.get(e.id)?.fates.push(e);
        break;
      case "deliver":
        this.segments.get(e.id)?.delivers.push(e);
        break;
      case "call":
        this.#calls.set(callKey(e), e.seq);
        break;
      case "return": {
        const call = this.#calls.get(callKey(e));
        if (call !== undefined) this.returns.set(call, e);
        break;
      }
      case "end":
        this.end = e;
        break;
    }
  }

  /** A listener that closes says nothing about the connection beside which it would stand. */
  #isLabelled(e: LogEvent): boolean {
    switch (e.kind) {
      case "call":
        if (e.call === "listen") this.#listeners.add(`${e.host} ${e.fd}`);
        return false;
      case "state":
        return e.from !== e.to && !(e.remote === "*" && e.to === "CLOSED");
      case "return":
        if (e.call === "close" && this.#listeners.delete(`${e.host} ${e.fd}`)) return e.ret === -1;
        return e.ret === -1 || !quietCalls.has(e.call);
      default:
        return e.kind === "process" && e.action === "kill";
    }
  }

  /** Whether the event starts a TIME-WAIT anew that is being counted already. */
  #restarts(e: LogEvent): boolean {
    if (e.kind !== "timer" || e.timer !== "time-wait") return false;
    const key = `${e.host} ${e.sock}`;
    if (e.action !== "set") {
      this.#waiting.delete(key);
      return false;
    }
    const again = this.#waiting.has(key);
    this.#waiting.add(key);
    return again;
  }

  /** Whether a call that is open waits. One whose return is known to be of the same moment is being executed, no more. */
  blocks(call: { seq: number; open: boolean }): boolean {
    return call.open && this.returns.get(call.seq)?.t !== this.events[call.seq]?.t;
  }

  /** The number of events at or before t. */
  countAt(t: number): number {
    return prefix(this.events.length, (i) => this.events[i]!.t <= t);
  }

  /** The stops among the first n events. */
  stopsBefore(n: number): number {
    return prefix(this.stops.length, (i) => this.stops[i]! < n);
  }

  /** The number of events that are shown when the playhead stops at stop i: those up to the next stop at the same time. */
  countAtStop(i: number): number {
    const seq = this.stops[i];
    if (seq === undefined) return i < 0 ? Math.min(1, this.events.length) : this.events.length;
    const next = this.stops[i + 1] ?? this.events.length;
    let n = seq + 1;
    while (n < next && this.events[n]!.t === this.events[seq]!.t) n++;
    return n;
  }

  /** The run's length in µs, as far as it is known. */
  get length(): number {
    return this.events.at(-1)?.t ?? 0;
  }
}

const quietCalls = new Set([
  "socket", "bind", "listen", "setsockopt", "getsockopt", "getsockname", "getpeername", "fcntl", "poll", "sleep", "spawn",
]);

function callKey(e: CallEvent | ReturnEvent): string {
  return `${e.host} ${e.id}`;
}

function isReturnOf(call: LogEvent | undefined, ret: ReturnEvent): boolean {
  return call?.kind === "call" && call.id === ret.id && call.host === ret.host && call.t === ret.t;
}

function isStop(log: RunLog, seq: number): boolean {
  const e = log.events[seq]!;
  switch (e.kind) {
    case "meta":
    case "queue":
      return false;
    case "timer":
      return e.action === "fire";
    default:
      return true;
  }
}

/** What the two hosts are called as long as the run has not said it. */
export const usualHosts: readonly [string, string] = ["client", "server"];

/** The hosts in the order of the screen: the client on the left, and on the right the server, or who answers first. */
export function hostOrder(log: RunLog): string[] {
  const names = log.meta?.hosts.map((h) => h.name) ?? [];
  const opening = [...log.segments.values()].find(({ sent }) => sent.flags === "S" && sent.from !== sent.to)?.sent;
  const left = names.includes("client") ? "client" : (opening?.from ?? names[0]);
  const right = names.length < 3 ? undefined : names.includes("server") && left !== "server" ? "server" : opening?.to;
  const between = names.filter((n) => n !== left && n !== right);
  return names.length === 0 ? [] : [left!, ...between, ...(right && right !== left ? [right] : [])];
}
