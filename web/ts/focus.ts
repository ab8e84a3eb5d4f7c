// Whom the panels are about: the host on either side, and of its connections the one that is shown. The ends of the ladder
// and the connection that changed last, unless the reader chose otherwise.
import { socketsOf } from "./causes.ts";
import type { LogEvent } from "./events.gen.ts";
import { type Host, primary, type Socket } from "./model.ts";
import { hostOrder, type RunLog } from "./run-log.ts";

/** The hosts on both sides; none on the right where a run has one host. */
export type Sides = readonly [string | undefined, string | undefined];

export class Focus {
  #hosts: [string | undefined, string | undefined] = [undefined, undefined];
  #sockets = new Map<string, number>(); // by host

  sides(log: RunLog): Sides {
    const order = hostOrder(log);
    const [left, right] = this.#hosts.map((name) => (name !== undefined && order.includes(name) ? name : undefined));
    const last = order.length > 1 ? order.at(-1) : undefined;
    const ends = [left ?? order[0], right ?? last] as const;
    return ends[0] === ends[1] ? [order[0], last] : ends;
  }

  /** Puts a host on a side, 0 for the left. The one that is on the other side goes to where this one was. */
  showHost(log: RunLog, side: number, host: string): void {
    const [left, right] = this.sides(log);
    const was = side === 0 ? left : right;
    if ((side === 0 ? right : left) === host) this.#hosts[1 - side] = was;
    this.#hosts[side] = host;
  }

  /** Keeps a connection of a host in view; undefined for the one that changed last at any time. */
  showSocket(host: string, sock: number | undefined): void {
    if (sock === undefined) this.#sockets.delete(host);
    else this.#sockets.set(host, sock);
  }

  chosenSocket(host: string): number | undefined {
    return this.#sockets.get(host);
  }

  /** Another scenario's run is shown: what was chosen means nothing there. */
  reset(): void {
    this.#hosts = [undefined, undefined];
    this.#sockets.clear();
  }

  /** Brings a host into view that an event is about and no side shows. */
  reveal(log: RunLog, seq: number): void {
    const e = log.events[seq];
    const sides = this.sides(log);
    const missing = e && hostsOf(e, log).find((name) => !sides.includes(name));
    if (missing !== undefined) this.#hosts[0] = missing;
  }

  /** The socket of a host that the panels show: that of the selected event, else the chosen one, else the one that changed last. */
  socket(host: Host | undefined, log: RunLog, selected: number | undefined): Socket | undefined {
    if (!host) return undefined;
    const known = [...host.sockets.values()];
    const meant = selected === undefined ? undefined : known.findLast((s) => isAbout(log, selected, s));
    const chosen = this.#sockets.get(host.name);
    return meant ?? (chosen === undefined ? undefined : host.sockets.get(chosen)) ?? primary(host);
  }
}

function hostsOf(e: LogEvent, log: RunLog): string[] {
  if (e.kind === "segment") return [e.from, e.to].filter((name) => name !== "");
  if (e.kind === "fate") return hostsOf(log.segments.get(e.id)!.sent, log);
  return "host" in e ? [e.host] : [];
}

/** Whether an event is about a connection: its own, or that of its segment. */
function isAbout(log: RunLog, seq: number, s: Socket): boolean {
  const e = log.events[seq];
  if (!e || s.listener) return false;
  if (e.kind === "segment" || e.kind === "deliver" || e.kind === "fate") {
    const sent = log.segments.get(e.id)?.sent;
    const number = sent && log.connections.numberOn(sent);
    return number !== undefined && number === log.connections.numberOf(s.host, s.sock);
  }
  return socketsOf(log, seq).has(`${s.host} ${s.sock}`);
}
