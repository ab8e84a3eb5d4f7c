// Which connection is which: a lane for each that lives beside others on its host, and a number by which both ends know it.
import type { LogEvent, MetaEvent, SegmentEvent, StateEvent } from "./events.gen.ts";

interface HostLanes {
  /** The socket in each lane; undefined for a lane whose connection is gone. */
  taken: (number | undefined)[];
  of: Map<number, number>;
}

/** The connections of a run, as far as its events go. What was said of an event stays true when more follow. */
export class Connections {
  #hosts = new Map<string, HostLanes>();
  #names = new Map<string, string>(); // of hosts, by address
  #numbers = new Map<string, number>();
  #lanes = new Map<number, number>(); // by the seq of the state event
  #first = new Set<number>();
  #sockets = new Map<string, number>(); // numbers by host and socket

  add(e: LogEvent): void {
    if (e.kind === "meta") this.#meet(e);
    else if (e.kind === "state" && e.remote !== "*") this.#follow(e);
  }

  #meet(e: MetaEvent): void {
    for (const { name, addr } of e.hosts) this.#names.set(addr, name);
  }

  #follow(e: StateEvent): void {
    let h = this.#hosts.get(e.host);
    if (!h) this.#hosts.set(e.host, (h = { taken: [], of: new Map() }));
    let lane = h.of.get(e.sock);
    if (lane === undefined || h.taken[lane] !== e.sock) {
      const free = h.taken.indexOf(undefined);
      lane = free < 0 ? h.taken.length : free;
      h.of.set(e.sock, lane);
      h.taken[lane] = e.sock;
      this.#first.add(e.seq);
      const key = pair(this.#end(e.host, e.local), this.#end(e.host, e.remote));
      const n = this.#numbers.get(key) ?? this.#numbers.size + 1;
      this.#numbers.set(key, n);
      this.#sockets.set(`${e.host} ${e.sock}`, n);
    }
    this.#lanes.set(e.seq, lane);
    if (e.to === "CLOSED") h.taken[lane] = undefined;
  }

  /** An address as a host's name and port: to itself a host has many. */
  #end(host: string, address: string): string {
    const at = address.lastIndexOf(":");
    const addr = address.slice(0, at);
    return `${addr.startsWith("127.") ? host : (this.#names.get(addr) ?? addr)}${address.slice(at)}`;
  }

  /** How many lanes a host's lifeline needs. */
  lanes(host: string): number {
    return Math.max(1, this.#hosts.get(host)?.taken.length ?? 0);
  }

  /** The lane of the socket that a state event is of. */
  laneOf(seq: number): number {
    return this.#lanes.get(seq) ?? 0;
  }

  /** Whether a connection begins with a state event. */
  begins(seq: number): boolean {
    return this.#first.has(seq);
  }

  /** Whether a host has had several connections at a time: they are told apart by number then. */
  get several(): boolean {
    for (const h of this.#hosts.values()) if (h.taken.length > 1) return true;
    return false;
  }

  /** The number of a socket's connection, from 1; undefined for a socket that has none. */
  numberOf(host: string, sock: number): number | undefined {
    return this.#sockets.get(`${host} ${sock}`);
  }

  /** The number of the connection that a segment is of. */
  numberOn(s: SegmentEvent): number | undefined {
    return this.#numbers.get(pair(`${s.from}:${s.sport}`, `${s.to}:${s.dport}`));
  }
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
