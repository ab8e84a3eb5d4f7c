// The transcript: each event of a run as a sentence.
import type { Do, FateEvent, Input, InputEvent, LogEvent, ReturnEvent, TimerEvent } from "./events.gen.ts";
import { callText, duration, resultText, segmentText } from "./format.ts";
import { isPhraseKey, type Part, type PhraseKey, type Phrases, type Values } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";

/** The sentence of event seq. The run's language is that of the phrases. */
export function sentenceOf(log: RunLog, seq: number, say: Phrases): Part[] {
  const e = log.events[seq];
  if (!e) return [];
  switch (e.kind) {
    case "meta":
      return say.parts("event.meta");
    case "call":
      return say.parts("event.call", { host: say.host(e.host), call: { code: callText(e) } });
    case "return":
      return returned(log, e, say);
    case "segment":
      return say.parts(e.retransmission ? "event.segment.again" : "event.segment", {
        host: say.host(e.from), segment: { code: segmentText(e) },
      });
    case "fate":
      return fate(log, e, say);
    case "deliver": {
      const s = log.segments.get(e.id);
      const copy = s !== undefined && s.delivers[0]?.seq !== e.seq;
      return say.parts(copy ? "event.deliver.copy" : "event.deliver", {
        host: say.host(e.host), segment: { code: s ? segmentText(s.sent) : "" },
      });
    }
    case "state": {
      const key = e.to === "CLOSED" ? "event.state.gone" : e.from === e.to && e.orphan ? "event.state.orphan" : "event.state";
      return say.parts(key, { host: say.host(e.host), from: { state: e.from }, to: { state: e.to } });
    }
    case "timer":
      if (e.action !== "fire") return timed(e, say);
      return keyed(say, `event.timer.${e.timer}`, { host: say.host(e.host), attempt: e.attempt + 1 });
    case "queue":
      return [];
    case "process":
      return keyed(say, `event.process.${e.action}`, { host: say.host(e.host), proc: e.proc, status: e.status });
    case "input":
      return input(log, e, say);
    case "expect":
      return say.parts(e.holds ? "event.expect.holds" : "event.expect.fails", { text: e.text[say.lang] });
    case "end":
      return keyed(say, `event.end.${e.reason}`, {});
  }
}

function keyed(say: Phrases, key: string, values: Values): Part[] {
  return isPhraseKey(key) ? say.parts(key, values) : [key];
}

/** A timer that is set or stopped. */
function timed(e: TimerEvent, say: Phrases): Part[] {
  const name = `timer.${e.timer}`;
  const values = { host: say.host(e.host), timer: isPhraseKey(name) ? say.text(name) : e.timer };
  if (e.action === "stop") return say.parts("event.timer.stop", values);
  return say.parts("event.timer.set", { ...values, time: duration((e.at ?? e.t) - e.t) });
}

function returned(log: RunLog, e: ReturnEvent, say: Phrases): Part[] {
  const before = log.events[e.seq - 1];
  const values = { host: say.host(e.host), call: { code: `${e.call}()` }, ret: resultText(e), wait: duration(e.blocked_us), errno: e.errno ?? "" };
  if (before?.kind === "call" && before.id === e.id && before.host === e.host && before.t === e.t) {
    return say.parts(e.errno ? "event.done.error" : "event.done", { ...values, call: { code: callText(before) } });
  }
  const eof = (e.call === "read" || e.call === "recv") && e.ret === 0;
  const how = e.errno ? "error" : eof ? "eof" : "";
  const key: PhraseKey = e.blocked_us > 0
    ? how === "" ? "event.return.blocked" : `event.return.blocked.${how}`
    : how === "" ? "event.return.ok" : `event.return.${how}`;
  return say.parts(key, values);
}

function fate(log: RunLog, e: FateEvent, say: Phrases): Part[] {
  const s = log.segments.get(e.id);
  const values = { segment: { code: s ? segmentText(s.sent) : "" }, arrives: duration(e.arrives ?? 0) };
  if (e.fate !== "dropped") return say.parts(`event.fate.${e.fate}`, values);
  return say.parts(isByLearner(log, e) ? "event.fate.dropped.you" : "event.fate.dropped.link", values);
}

/** Whether an input of the learner's, and no rule of the scenario, brought the event about. */
export function isByLearner(log: RunLog, e: LogEvent): boolean {
  const cause = e.kind === "input" ? e : e.cause === undefined ? undefined : log.events[e.cause];
  if (cause?.kind !== "input") return false;
  const done = JSON.stringify(cause.do);
  return log.meta?.inputs?.some((i: Input) => i.at === cause.t && JSON.stringify(i.do) === done) ?? false;
}

function input(log: RunLog, e: InputEvent, say: Phrases): Part[] {
  const who = isByLearner(log, e) ? "input" : "scenario";
  return keyed(say, `event.${who}.${verbOf(e.do)}`, doValues(log, e.do, say));
}

/** The one action of an input: "drop", "delay", … */
export function verbOf(action: Do): string {
  return Object.keys(action)[0] ?? "";
}

/** What the phrases of an action speak of. */
export function doValues(log: RunLog, action: Do, say: Phrases): Values {
  const id = (action.drop ?? action.delay ?? action.duplicate)?.segment;
  const sent = id === undefined ? undefined : log.segments.get(id)?.sent;
  const host = (action.call ?? action.kill ?? action["power-off"] ?? action.sysctl)?.host ?? (action.cut ?? action.heal)?.from ?? "";
  return {
    segment: { code: sent ? segmentText(sent) : "" },
    by: duration(action.delay?.by ?? 0),
    host: say.host(host),
    proc: action.kill?.proc ?? "",
    call: { code: action.call ? `${action.call.call}(${action.call.args.join(", ")})` : "" },
    name: { code: action.sysctl?.name ?? "" },
    value: action.sysctl?.value ?? 0,
  };
}
