// The connection to the server: runs as streams over one WebSocket (finwait.v1), resumed after a loss, or fetched whole
// over HTTP where WebSockets are blocked.
import type { LogEvent } from "./events.gen.ts";
import { fetchRun, Refused } from "./http-run.ts";
import type { ClientFrame, Run, ServerFrame } from "./protocol.gen.ts";

/** A run as the server takes it: what is left out is its default. */
export type RunValue = Partial<Run>;

export interface OpenRequest {
  run?: RunValue;
  token?: string;
  base?: string;
  /** The run's token, for where only HTTP is left and `token` is not given. */
  fallback?: string;
}

/** What a stream tells whoever opened it. Events come in order, without a gap and without a double. */
export interface Listener {
  opened(token: string, forkSeq: number | undefined): void;
  events(list: LogEvent[]): void;
  ended(): void;
  failed(code: string, message: string): void;
  /** The server has no room for the run now; it is asked once more in so many ms. */
  waits(ms: number): void;
  /** How many more events are wanted beyond those received. */
  wanted(): number;
}

export type LinkState = "connecting" | "live" | "reconnecting" | "offline" | "whole";

interface Stream {
  name: string;
  request: OpenRequest;
  token: string;
  received: number; // events; the next has this seq
  credit: number; // what the server may still send
  listener: Listener;
  again: number; // the timer of the second try, 0 before it was needed
  waiting: boolean; // for that timer
}

const chunk = 256;
const firstDelay = 500; // ms
const longestDelay = 15_000;
const longestWait = 60_000; // ms that a run is waited for before it counts as refused
/** Failed attempts after which runs are fetched over HTTP: before the first success, and after a loss. */
const attemptsBeforeHTTP = { never: 2, lost: 4 } as const;

/** Opens and keeps a page's connection. */
export class Link {
  readonly #base: URL;
  readonly #lang: string;
  readonly #onState: (state: LinkState) => void;
  #socket: WebSocket | undefined;
  #streams = new Map<string, Stream>();
  #count = 0;
  #failures = 0;
  #everOpen = false;
  #timer = 0;
  #closed = false;
  #http = false; // HTTP is what works

  /** base is the service's path, ending in "/". */
  constructor(base: string, lang: string, onState: (state: LinkState) => void) {
    this.#base = new URL(base, location.href);
    this.#lang = lang;
    this.#onState = onState;
  }

  /** Opens a stream and returns its name. */
  open(request: OpenRequest, listener: Listener): string {
    const name = `s${++this.#count}`;
    const stream: Stream = { name, request, token: request.token ?? "", received: 0, credit: 0, listener, again: 0, waiting: false };
    this.#streams.set(name, stream);
    if (this.live) this.#sendOpen(stream);
    else if (this.#http) void this.#fetch(stream);
    else this.#connect();
    return name;
  }

  close(name: string): void {
    const s = this.#streams.get(name);
    if (!s) return;
    this.#streams.delete(name);
    clearTimeout(s.again);
    if (!s.waiting) this.#send({ op: "close", stream: name });
  }

  /** Asks for more events of the streams whose listeners want some. */
  pump(): void {
    for (const s of this.#streams.values()) this.#topUp(s);
  }

  get live(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Whether a run can be asked for now. */
  get reachable(): boolean {
    return this.live || this.#http;
  }

  /** Ends the connection for good. */
  shut(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Tries at once, as after the reader asked for it. */
  retry(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#failures = 0;
    this.#connect();
  }

  #connect(): void {
    if (this.#socket || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#http && this.#failures < attemptsBeforeHTTP.lost) this.#onState(this.#everOpen ? "reconnecting" : "connecting");
    const url = new URL(`ws?lang=${this.#lang}`, this.#base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, "finwait.v1");
    } catch {
      this.#lost();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.#failures = 0;
      this.#everOpen = true;
      this.#http = false;
      this.#onState("live");
      for (const s of this.#streams.values()) if (!s.waiting) this.#sendOpen(s);
    };
    socket.onmessage = (m: MessageEvent<string>) => this.#receive(JSON.parse(m.data) as ServerFrame);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#lost();
    };
  }

  #lost(): void {
    if (this.#closed) return;
    this.#failures++;
    const most = this.#everOpen ? attemptsBeforeHTTP.lost : attemptsBeforeHTTP.never;
    if (this.#failures >= most && !this.#http) void this.#fetchAll();
    else if (!this.#http) this.#onState(this.#everOpen ? "reconnecting" : "connecting");
    // Where WebSockets never worked, they are not tried again unless the reader asks.
    if (this.#failures >= most && !this.#everOpen) return;
    const delay = Math.min(longestDelay, firstDelay * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2);
    this.#timer = window.setTimeout(() => this.#connect(), delay);
  }

  #sendOpen(s: Stream): void {
    s.credit = Math.max(1, Math.min(chunk, s.listener.wanted()));
    const { run, base } = s.request;
    const what = s.token ? { token: s.token } : run ? { run } : {};
    this.#send({ op: "open", stream: s.name, ...what, ...(base && { base }), after: s.received - 1, credit: s.credit });
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #topUp(s: Stream): void {
    const n = Math.min(chunk, s.listener.wanted()) - s.credit;
    if (n < chunk / 4 || !this.live || !s.token) return;
    s.credit += n;
    this.#send({ op: "credit", stream: s.name, n });
  }

  #receive(f: ServerFrame): void {
    const s = this.#streams.get(f.stream ?? "");
    if (!s) return; // a stream that was closed while the frame was under way
    switch (f.op) {
      case "opened":
        if (s.received === 0) s.listener.opened(f.token ?? "", f.forkSeq);
        s.token = f.token ?? "";
        break;
      case "events": {
        const fresh = f.events.filter((e) => e.seq >= s.received);
        s.credit -= f.events.length;
        s.received += fresh.length;
        s.listener.events(fresh);
        this.#topUp(s);
        break;
      }
      case "end":
        this.#streams.delete(s.name);
        s.listener.ended();
        break;
      case "error":
        if (f.code === "too_many_runs" && this.#tryAgain(s, f.retryAfterMs ?? 0)) break;
        this.#streams.delete(s.name);
        s.listener.failed(f.code, f.message);
    }
  }

  /** Asks for a run once more, when the server said to; false where it did not, or where it was asked before. */
  #tryAgain(s: Stream, ms: number): boolean {
    if (s.again || ms <= 0 || ms > longestWait) return false;
    s.waiting = true;
    s.again = window.setTimeout(() => {
      s.waiting = false;
      if (this.#http) void this.#fetch(s);
      else if (this.live) this.#sendOpen(s); // else it is sent with the others, once there is a connection
    }, ms);
    s.listener.waits(ms);
    return true;
  }

  /** Where no WebSocket can be had: each run whole. */
  async #fetchAll(): Promise<void> {
    const answered = await Promise.all([...this.#streams.values()].map((s) => this.#fetch(s)));
    if (this.live || this.#closed) return;
    this.#http = answered.length > 0 ? answered.some(Boolean) : await this.#answers();
    this.#onState(this.#http ? "whole" : "offline");
  }

  async #answers(): Promise<boolean> {
    return fetch(new URL("healthz", this.#base)).then((r) => r.ok, () => false);
  }

  /** Fetches what a stream lacks; whether the server answered. After a loss, an unanswered one waits for a connection. */
  async #fetch(s: Stream): Promise<boolean> {
    try {
      const run = await fetchRun(this.#base, this.#lang, s.token ? { ...s.request, token: s.token } : s.request);
      if (!this.#streams.delete(s.name)) return true;
      if (!s.token) s.listener.opened(run.token, run.forkSeq);
      s.listener.events(run.events.slice(s.received));
      s.listener.ended();
      return true;
    } catch (e) {
      if (!this.#streams.has(s.name)) return e instanceof Refused;
      if (e instanceof Refused) {
        if (e.retryAfter > 0 && this.#tryAgain(s, e.retryAfter)) return true;
        this.#streams.delete(s.name);
        s.listener.failed(e.code, e.message);
        return true;
      }
      if (!this.#everOpen) {
        this.#streams.delete(s.name);
        s.listener.failed("lost", "");
      }
      return false;
    }
  }
}
