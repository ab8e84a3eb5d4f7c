// What an intervention led to: the first difference between a run and its fork, and how they come out, in sentences.
import type { LogEvent, SegmentEvent } from "./events.gen.ts";
import { duration, segmentText } from "./format.ts";
import type { PhraseKey, Phrases, Values } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";

/** One thing that differs, at a time of the fork in µs. */
export interface Consequence {
  t: number;
  key: PhraseKey;
  values: Values;
}

const most = 3; // sentences
const least = 1.05; // times: a state that lasts this much longer is worth a word

/** The sentences for a fork of base; whole logs say how both come out, others what differs so far. */
export function consequence(base: RunLog, fork: RunLog, say: Phrases): string {
  const list = consequences(base, fork, say);
  const sentences = list.length > 0 ? list.map((c) => say.text(c.key, c.values)) : [say.text("effect.none")];
  return sentences.join(say.lang === "zh" ? "" : " ");
}

export function consequences(base: RunLog, fork: RunLog, say: Phrases): Consequence[] {
  const events = [again(base, fork, say), reset(base, fork, say), failure(base, fork, say)].filter((c) => c !== undefined);
  events.sort((a, b) => a.t - b.t);
  const outcomes = base.end && fork.end ? states(base, fork, say) : [];
  return [...events.slice(0, outcomes.length > 0 ? most - 1 : most), ...outcomes].slice(0, most);
}

/** The first retransmission that the base has not. */
function again(base: RunLog, fork: RunLog, say: Phrases): Consequence | undefined {
  const known = new Set([...base.segments.values()].filter((s) => s.sent.retransmission).map((s) => at(s.sent)));
  const all = [...fork.segments.values()].map((s) => s.sent);
  const sent = all.find((s) => s.retransmission && !known.has(at(s)));
  if (!sent) return undefined;
  const before = all.findLast((s) => s.seq < sent.seq && s.from === sent.from && s.seqno <= sent.seqno && s.seqno + size(s) > sent.seqno);
  return { t: sent.t, key: "effect.again", values: { host: say.host(sent.from), segment: { code: segmentText(sent) }, after: duration(sent.t - (before?.t ?? 0)) } };
}

/** A reset that the base has not. */
function reset(base: RunLog, fork: RunLog, say: Phrases): Consequence | undefined {
  const known = new Set([...base.segments.values()].map((s) => key(s.sent)));
  const sent = [...fork.segments.values()].find((s) => s.sent.flags.includes("R") && !known.has(key(s.sent)))?.sent;
  return sent && { t: sent.t, key: "effect.reset", values: { host: say.host(sent.from), time: duration(sent.t) } };
}

/** A call that fails in the fork, and not in the base. */
function failure(base: RunLog, fork: RunLog, say: Phrases): Consequence | undefined {
  const name = (e: LogEvent): string => (e.kind === "return" && e.errno ? `${e.host} ${e.call} ${e.errno}` : "");
  const known = new Set(base.events.map(name));
  const e = fork.events.find((x) => name(x) !== "" && !known.has(name(x)));
  if (e?.kind !== "return") return undefined;
  return { t: e.t, key: "effect.error", values: { host: say.host(e.host), call: { code: `${e.call}()` }, errno: { code: e.errno ?? "" } } };
}

interface Stay {
  host: string;
  state: string;
  us: number;
  /** It is the last of its socket: it goes on beyond the run's end. */
  open: boolean;
}

/** How long each end's connection was in each state. Listeners and CLOSED are left out. */
export function stays(log: RunLog): Stay[] {
  const found = new Map<string, Stay>();
  const since = new Map<string, { state: string; t: number }>();
  const leave = (host: string, sock: string, t: number, open: boolean): void => {
    const was = since.get(sock);
    if (!was || was.state === "CLOSED" || was.state === "LISTEN") return;
    const stay = found.get(`${host} ${was.state}`) ?? { host, state: was.state, us: 0, open: false };
    stay.us += t - was.t;
    stay.open ||= open;
    found.set(`${host} ${was.state}`, stay);
  };
  const hosts = new Map<string, string>();
  for (const e of log.events) {
    if (e.kind !== "state" || e.from === e.to) continue;
    const sock = `${e.host} ${e.sock}`;
    hosts.set(sock, e.host);
    leave(e.host, sock, e.t, false);
    since.set(sock, { state: e.to, t: e.t });
  }
  for (const [sock, host] of hosts) leave(host, sock, log.length, true);
  return [...found.values()];
}

/** The states that only one of the runs has, and the one whose length differs most. */
function states(base: RunLog, fork: RunLog, say: Phrases): Consequence[] {
  const [was, is] = [stays(base), stays(fork)];
  const of = (list: readonly Stay[], s: Stay): Stay | undefined => list.find((x) => x.host === s.host && x.state === s.state);
  const values = (s: Stay, us: number): Values => ({ host: say.host(s.host), state: { state: s.state }, by: duration(us) });
  const kept = is.filter((s) => s.open && !of(was, s)?.open).map((s): Consequence => ({ t: fork.length, key: "effect.stays", values: values(s, s.us) }));
  const fresh = is.filter((s) => !of(was, s) && !s.open).map((s): Consequence => ({ t: fork.length, key: "effect.enters", values: values(s, s.us) }));
  const gone = was.filter((s) => !of(is, s)).map((s): Consequence => ({ t: fork.length, key: "effect.never", values: values(s, s.us) }));
  const other = is.filter((s) => !s.open && of(was, s) && !of(was, s)!.open).map((s) => ({ s, by: s.us - of(was, s)!.us, times: ratio(s.us, of(was, s)!.us) }))
    .filter(({ times }) => times >= least).sort((a, b) => b.times - a.times)
    .map(({ s, by }): Consequence => ({ t: fork.length, key: by > 0 ? "effect.longer" : "effect.shorter", values: values(s, Math.abs(by)) }));
  return [...kept, ...fresh.slice(0, 1), ...gone.slice(0, 1), ...other].slice(0, 2);
}

/** How many times as long the longer one is; a moment counts as 1 ms. */
function ratio(a: number, b: number): number {
  return Math.max(a, b, 1000) / Math.max(Math.min(a, b), 1000);
}

function size(s: SegmentEvent): number {
  return s.len + (s.flags.includes("S") ? 1 : 0) + (s.flags.includes("F") ? 1 : 0) || 1;
}

function key(s: SegmentEvent): string {
  return `${s.from} ${s.flags} ${s.seqno} ${s.len}`;
}

function at(s: SegmentEvent): string {
  return `${key(s)} ${s.t}`;
}
