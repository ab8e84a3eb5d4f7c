// What a run is at a position of the playhead: a pure function of its events.
import type { CallEvent, LogEvent, ReturnEvent, State, StateEvent, TimerEvent, TimerName } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";

/** A timer that is set and has not fired or been stopped; times in µs. */
export interface Armed {
  timer: TimerName;
  setAt: number;
  at: number;
  attempt: number;
  rule: string;
}

/** A step through the state diagram. */
export interface Step {
  seq: number;
  t: number;
  from: State;
  to: State;
}

/** A socket; the queues in bytes, or for a listener in connections. */
export interface Socket {
  host: string;
  sock: number;
  local: string;
  remote: string;
  state: State;
  orphan: boolean;
  listener: boolean;
  recvq: number;
  sendq: number;
  accept: number;
  syn: number;
  backlog: number;
  timers: Armed[];
  steps: Step[];
}

/** A thread of a program, and the call it is in or made last. */
export interface Thread {
  proc: string;
  thread: number;
  line: number;
  call: string;
  fd: number;
  args: (number | string)[];
  seq: number; // of the call
  open: boolean; // the call has not returned
  since: number; // when it was made
  ret: number;
  errno: string;
  returnedAt: number;
}

/** What the call on a line of the program gave last. */
export interface LineResult {
  seq: number; // of the call, or of its return
  ret: number;
  errno: string;
  open: boolean;
}

export interface Proc {
  name: string;
  action: "start" | "exit" | "kill";
  status: number;
  t: number;
}

export interface Host {
  name: string;
  sockets: Map<number, Socket>;
  /** The connection that the lifeline shows: the newest one, or a listener while there is none; 0 for no socket. */
  primary: number;
  procs: Map<string, Proc>;
  threads: Map<string, Thread>;
  lines: Map<number, LineResult>;
  /** seq of this host's latest call or return; -1 before the first */
  lastCall: number;
  /** The power is off: its kernel and its sockets are gone. */
  off: boolean;
}

/** Both hosts at one position. */
export interface World {
  n: number;
  hosts: Map<string, Host>;
}

export function newWorld(log: RunLog): World {
  const hosts = new Map<string, Host>();
  for (const name of log.meta?.hosts.map((h) => h.name) ?? []) hosts.set(name, newHost(name));
  return { n: 0, hosts };
}

function newHost(name: string): Host {
  return { name, sockets: new Map(), primary: 0, procs: new Map(), threads: new Map(), lines: new Map(), lastCall: -1, off: false };
}

/** Applies one event to a world. */
export function apply(w: World, e: LogEvent): void {
  w.n = e.seq + 1;
  if (e.kind === "meta") for (const h of e.hosts) hostOf(w, h.name);
  if (e.kind === "input" && e.do["power-off"]) hostOf(w, e.do["power-off"].host).off = true;
  if (!("host" in e)) return;
  const h = hostOf(w, e.host);
  switch (e.kind) {
    case "call":
      h.lastCall = e.seq;
      h.threads.set(threadKey(e), {
        proc: e.proc, thread: e.thread, line: e.line, call: e.call, fd: e.fd, args: e.args, seq: e.seq, open: true, since: e.t,
        ret: 0, errno: "", returnedAt: -1,
      });
      if (e.line > 0) h.lines.set(e.line, { seq: e.seq, ret: 0, errno: "", open: true });
      break;
    case "return": {
      h.lastCall = e.seq;
      const th = h.threads.get(threadKey(e));
      if (th) Object.assign(th, { open: false, ret: e.ret, errno: e.errno ?? "", returnedAt: e.t });
      if (e.line > 0) h.lines.set(e.line, { seq: e.seq, ret: e.ret, errno: e.errno ?? "", open: false });
      break;
    }
    case "state":
      applyState(h, e);
      break;
    case "timer":
      applyTimer(h, e);
      break;
    case "queue": {
      const s = socketOf(h, e.sock);
      if ("backlog" in e) Object.assign(s, { accept: e.accept, syn: e.syn, backlog: e.backlog, listener: true });
      else Object.assign(s, { recvq: e.recvq, sendq: e.sendq });
      if (!s.local) s.local = e.local;
      break;
    }
    case "process":
      h.procs.set(e.proc, { name: e.proc, action: e.action, status: e.status, t: e.t });
      break;
  }
}

function hostOf(w: World, name: string): Host {
  let h = w.hosts.get(name);
  if (!h) w.hosts.set(name, (h = newHost(name)));
  return h;
}

function threadKey(e: CallEvent | ReturnEvent): string {
  return `${e.proc}/${e.thread}/${e.line === 0 ? "input" : ""}`;
}

function socketOf(h: Host, sock: number): Socket {
  let s = h.sockets.get(sock);
  if (!s) {
    s = {
      host: h.name, sock, local: "", remote: "*", state: "CLOSED", orphan: false, listener: false, recvq: 0, sendq: 0,
      accept: 0, syn: 0, backlog: 0, timers: [], steps: [],
    };
    h.sockets.set(sock, s);
  }
  return s;
}

function applyState(h: Host, e: StateEvent): void {
  const s = socketOf(h, e.sock);
  Object.assign(s, { local: e.local, remote: e.remote, state: e.to, orphan: e.orphan });
  s.listener = e.to === "LISTEN" || (s.listener && e.to === "CLOSED");
  if (e.from !== e.to) s.steps.push({ seq: e.seq, t: e.t, from: e.from, to: e.to });
  if (e.to === "CLOSED") s.timers = [];
  if (e.to === "TIME-WAIT") s.recvq = s.sendq = 0; // what is left of the socket has no queues
  const shown = h.sockets.get(h.primary);
  if (!shown || shown.listener || !s.listener) h.primary = s.sock;
}

function applyTimer(h: Host, e: TimerEvent): void {
  const s = socketOf(h, e.sock);
  s.timers = s.timers.filter((a) => a.timer !== e.timer);
  if (e.action === "set") s.timers.push({ timer: e.timer, setAt: e.t, at: e.at ?? e.t, attempt: e.attempt, rule: e.rule ?? "" });
}

const checkpointEvery = 256;

/** Gives the world at any position without starting from the beginning each time. */
export class Replay {
  readonly #log: RunLog;
  #world: World;
  #checkpoints: World[] = [];

  constructor(log: RunLog) {
    this.#log = log;
    this.#world = newWorld(log);
  }

  /** The world after the first n events. It is valid until the next call. */
  at(n: number): World {
    if (n < this.#world.n) {
      const saved = this.#checkpoints[Math.min(Math.floor(n / checkpointEvery), this.#checkpoints.length) - 1];
      this.#world = saved ? structuredClone(saved) : newWorld(this.#log);
    }
    for (let i = this.#world.n; i < n; i++) {
      const e = this.#log.events[i];
      if (!e) break;
      apply(this.#world, e);
      if (this.#world.n === (this.#checkpoints.length + 1) * checkpointEvery) {
        this.#checkpoints.push(structuredClone(this.#world));
      }
    }
    return this.#world;
  }
}

/** The socket that the lifeline of a host shows. */
export function primary(h: Host | undefined): Socket | undefined {
  return h?.sockets.get(h.primary);
}

/** The steps that the state diagram of a host shows: those of a connection, and of the listener that it came from. */
export function walked(h: Host | undefined, s = primary(h)): Step[] {
  if (!h || !s) return [];
  if (s.listener) return s.steps;
  const passive = s.steps[0]?.to === "SYN-RECEIVED";
  if (!passive) return s.steps;
  const port = s.local.slice(s.local.lastIndexOf(":"));
  for (const l of h.sockets.values()) {
    const up = l.steps.find((st) => st.to === "LISTEN");
    if (up && l !== s && l.local.endsWith(port)) return [up, { ...s.steps[0]!, from: "LISTEN" }, ...s.steps.slice(1)];
  }
  return s.steps;
}
