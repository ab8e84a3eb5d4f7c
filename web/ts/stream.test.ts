import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { LogEvent } from "./events.gen.ts";
import { events } from "./fixture.test.ts";
import type { ClientFrame, ServerFrame } from "./protocol.gen.ts";
import { Link, type LinkState, type Listener } from "./stream.ts";

/** The browser's end of a connection whose other end is the test. */
class Socket {
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  sent: ClientFrame[] = [];
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_: { data: string }): void => {};
  readonly url: string;
  readonly protocol: string;

  constructor(url: URL, protocol: string) {
    this.url = url.href;
    this.protocol = protocol;
    Socket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  accept(): void {
    this.readyState = 1;
    this.onopen();
  }

  say(f: ServerFrame): void {
    this.onmessage({ data: JSON.stringify(f) });
  }

  close(): void {
    this.readyState = 3;
    this.onclose();
  }
}

const log = events("four-way");
let timers: (() => void)[] = [];
let delays: number[] = [];

function listener(): Listener & { got: LogEvent[]; tokens: string[]; ends: number; errors: string[]; waited: number[]; room: number } {
  return {
    got: [], tokens: [], ends: 0, errors: [], waited: [], room: 1000,
    opened(token) { this.tokens.push(token); },
    events(list) { this.got.push(...list); },
    ended() { this.ends++; },
    failed(code) { this.errors.push(code); },
    waits(ms) { this.waited.push(ms); },
    wanted() { return this.room - this.got.length; },
  };
}

function link(): { link: Link; states: LinkState[] } {
  const states: LinkState[] = [];
  return { link: new Link("/", "zh", (s) => states.push(s)), states };
}

const run = { scenario: "close/four-way", seed: 7, inputs: [] };

beforeEach(() => {
  Socket.all = [];
  timers = [];
  delays = [];
  Object.assign(globalThis, {
    WebSocket: Socket, location: { href: "http://finwait.example/en/lessons/four-way" },
    window: { setTimeout: (f: () => void, ms: number) => (delays.push(ms), timers.push(f)) },
  });
});

test("a run is opened with credit, and events are topped up as they come", () => {
  const l = listener();
  const { link: to, states } = link();
  to.open({ run }, l);
  const s = Socket.all[0]!;
  assert.deepEqual([s.url, s.protocol], ["ws://finwait.example/ws?lang=zh", "finwait.v1"]);
  s.accept();
  assert.deepEqual(s.sent, [{ op: "open", stream: "s1", run, after: -1, credit: 256 }]);
  s.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  s.say({ op: "events", stream: "s1", events: log.slice(0, 100) });
  assert.deepEqual(s.sent.at(-1), { op: "credit", stream: "s1", n: 100 });
  s.say({ op: "events", stream: "s1", events: log.slice(100) });
  s.say({ op: "end", stream: "s1", seq: log.length - 1, sha256: "" });
  assert.deepEqual(l.got, log);
  assert.deepEqual([l.ends, l.tokens, states], [1, ["t"], ["connecting", "live"]]);
});

test("a reader who wants no more gives no credit", () => {
  const l = listener();
  l.room = 80;
  const { link: to } = link();
  to.open({ run }, l);
  const s = Socket.all[0]!;
  s.accept();
  assert.equal((s.sent[0] as { credit: number }).credit, 80);
  s.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  s.say({ op: "events", stream: "s1", events: log.slice(0, 80) });
  assert.equal(s.sent.length, 1);
  l.room = 1000;
  to.pump();
  assert.deepEqual(s.sent.at(-1), { op: "credit", stream: "s1", n: 256 });
});

test("after a loss it resumes by token, without a gap and without a double", () => {
  const l = listener();
  const { link: to, states } = link();
  to.open({ run }, l);
  const first = Socket.all[0]!;
  first.accept();
  first.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  first.say({ op: "events", stream: "s1", events: log.slice(0, 40) });
  first.close();
  timers.shift()!();
  const second = Socket.all[1]!;
  second.accept();
  assert.deepEqual(second.sent, [{ op: "open", stream: "s1", token: "t", after: 39, credit: 256 }]);
  second.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  second.say({ op: "events", stream: "s1", events: log.slice(38) }); // two of them again
  assert.deepEqual(l.got, log);
  assert.deepEqual(states, ["connecting", "live", "reconnecting", "reconnecting", "live"]);
});

test("an error ends its stream and nothing else", () => {
  const [a, b] = [listener(), listener()];
  const { link: to } = link();
  to.open({ run }, a);
  to.open({ token: "x" }, b);
  const s = Socket.all[0]!;
  s.accept();
  s.say({ op: "error", stream: "s2", code: "bad_token", message: "…" });
  s.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  s.say({ op: "events", stream: "s1", events: log.slice(0, 1) });
  assert.deepEqual([a.errors, b.errors, a.got.length], [[], ["bad_token"], 1]);
});

test("a run that the server has no room for is asked for once more, when it said", () => {
  const l = listener();
  const { link: to } = link();
  to.open({ run }, l);
  const s = Socket.all[0]!;
  s.accept();
  const full: ServerFrame = { op: "error", stream: "s1", code: "too_many_runs", message: "…", retryAfterMs: 4200 };
  s.say(full);
  assert.deepEqual([l.waited, delays, l.errors, s.sent.length], [[4200], [4200], [], 1]);
  timers.shift()!();
  assert.deepEqual(s.sent.at(-1), s.sent[0]);
  s.say(full);
  assert.deepEqual([l.waited, l.errors, timers.length], [[4200], ["too_many_runs"], 0]);
});

test("a run that is waited for is neither asked for early nor after it was let go", () => {
  const l = listener();
  const { link: to } = link();
  const name = to.open({ run }, l);
  const first = Socket.all[0]!;
  first.accept();
  first.say({ op: "error", stream: "s1", code: "too_many_runs", message: "…", retryAfterMs: 4200 });
  first.close();
  timers[1]!();
  const second = Socket.all[1]!;
  second.accept();
  assert.deepEqual(second.sent, []);
  to.close(name);
  assert.deepEqual(second.sent, []);
  const long = listener();
  to.open({ run }, long);
  second.say({ op: "error", stream: "s2", code: "too_many_runs", message: "…", retryAfterMs: 3_600_000 });
  assert.deepEqual([long.waited, long.errors], [[], ["too_many_runs"]]);
});

/** Answers HTTP as the server does: made runs get the token "made", and each token has the same log. */
function serve(answer: (url: URL, init?: RequestInit) => Response | undefined = () => undefined): { url: string; body: unknown }[] {
  const asked: { url: string; body: unknown }[] = [];
  Object.assign(globalThis, {
    fetch: (url: URL, init?: RequestInit) => {
      asked.push({ url: url.pathname + url.search, body: init?.body === undefined ? undefined : (JSON.parse(String(init.body)) as unknown) });
      const own = answer(url, init);
      if (own) return Promise.resolve(own);
      if (init?.method === "POST") return Promise.resolve(Response.json({ token: "made", engine: 1, forkSeq: 17 }));
      return Promise.resolve(new Response(log.map((e) => JSON.stringify(e)).join("\n") + "\n"));
    },
  });
  return asked;
}

const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

test("where no WebSocket can be had, the run is fetched whole, and forks are made", async () => {
  const l = listener();
  const asked = serve();
  const { link: to, states } = link();
  to.open({ run, fallback: "close/four-way~7" }, l);
  Socket.all[0]!.close();
  timers.shift()!();
  Socket.all[1]!.close();
  await soon();
  assert.deepEqual(asked, [{ url: "/api/v1/runs.jsonl?lang=zh&run=close%2Ffour-way~7", body: undefined }]);
  assert.deepEqual(l.got, log);
  assert.deepEqual([l.ends, states.at(-1), to.reachable, timers.length], [1, "whole", true, 0]);

  const fork = listener();
  const inputs = [{ at: 95_000, do: { cut: {} } }];
  to.open({ run: { ...run, inputs }, base: "close/four-way~7" }, fork);
  await soon();
  assert.deepEqual(asked.slice(1), [
    { url: "/api/v1/runs?lang=zh", body: { run: { ...run, inputs }, base: "close/four-way~7" } },
    { url: "/api/v1/runs.jsonl?lang=zh&run=made", body: undefined },
  ]);
  assert.deepEqual([fork.tokens, fork.got.length, fork.ends], [["made"], log.length, 1]);
});

test("over HTTP a refusal has its sentence, and what is too much is asked for once more", async () => {
  let refusals = [Response.json({ error: { code: "not_in_flight", message: "来不及了" } }, { status: 422 })];
  serve((_, init) => (init?.method === "POST" ? refusals.shift() : undefined));
  const { link: to } = link();
  to.open({ run, fallback: "t" }, listener());
  Socket.all[0]!.close();
  timers.shift()!();
  Socket.all[1]!.close();
  await soon();
  const refused = listener();
  to.open({ run }, refused);
  await soon();
  assert.deepEqual([refused.errors, refused.got.length], [["not_in_flight"], 0]);
  refusals = [Response.json({ error: { code: "too_many_runs", message: "…" } }, { status: 429, headers: { "retry-after": "3" } })];
  const late = listener();
  to.open({ run }, late);
  await soon();
  assert.deepEqual([late.waited, late.errors, late.got.length], [[3000], [], 0]);
  timers.shift()!();
  await soon();
  assert.deepEqual([late.ends, late.got.length], [1, log.length]);
});

test("where nothing answers, the first run is lost and says so", async () => {
  const l = listener();
  Object.assign(globalThis, { fetch: () => Promise.reject(new TypeError("no network")) });
  const { link: to, states } = link();
  to.open({ run }, l);
  Socket.all[0]!.close();
  timers.shift()!();
  Socket.all[1]!.close();
  await soon();
  assert.deepEqual([l.errors, states.at(-1), to.reachable], [["lost"], "offline", false]);
});

test("a run that was lost on its way goes on over HTTP, and over a WebSocket again when there is one", async () => {
  const l = listener();
  serve();
  const { link: to, states } = link();
  to.open({ run }, l);
  const first = Socket.all[0]!;
  first.accept();
  first.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  first.say({ op: "events", stream: "s1", events: log.slice(0, 40) });
  first.close();
  for (let i = 1; i < 4; i++) {
    timers.shift()!();
    Socket.all[i]!.close();
  }
  await soon();
  assert.deepEqual(l.got, log);
  assert.deepEqual([l.tokens, l.ends, states.at(-1), to.reachable], [["t"], 1, "whole", true]);
  timers.shift()!();
  Socket.all[4]!.accept();
  assert.deepEqual([states.at(-1), to.live], ["live", true]);
});

test("a server that is gone is said to be, and the run goes on when it is back", async () => {
  const l = listener();
  Object.assign(globalThis, { fetch: () => Promise.reject(new TypeError("no network")) });
  const { link: to, states } = link();
  to.open({ run }, l);
  const first = Socket.all[0]!;
  first.accept();
  first.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  first.say({ op: "events", stream: "s1", events: log.slice(0, 40) });
  first.close();
  for (let i = 1; i < 4; i++) {
    timers.shift()!();
    Socket.all[i]!.close();
  }
  await soon();
  assert.deepEqual([states.at(-1), l.errors, to.reachable], ["offline", [], false]);
  timers.shift()!();
  const back = Socket.all[4]!;
  back.accept();
  assert.deepEqual(back.sent, [{ op: "open", stream: "s1", token: "t", after: 39, credit: 256 }]);
  back.say({ op: "opened", stream: "s1", token: "t", engine: 1 });
  back.say({ op: "events", stream: "s1", events: log.slice(40) });
  assert.deepEqual([l.got, states.at(-1)], [log, "live"]);
});
