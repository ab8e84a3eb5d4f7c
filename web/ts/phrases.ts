// The stage's texts: templates by key, from the page, in the reader's language. content/phrases holds them, and a test
// there reads the list below.

export const phraseKeys = [
  // the stage and its panels
  "stage.label",
  "stage.run",
  "stage.seed",
  "stage.delay",
  "stage.live",
  "stage.connecting",
  "stage.reconnecting",
  "stage.offline",
  "stage.whole",
  "stage.retry",
  "stage.waits",
  "stage.hint",
  "stage.hint.drop",
  "tab.label",
  "tab.states",
  "tab.code",
  "tab.sockets",
  "tab.header",
  "tab.why",
  "tab.transcript",
  "host.client",
  "host.server",
  // the ladder
  "ladder.label",
  "ladder.ms",
  "ladder.segment",
  "ladder.flying",
  "ladder.delivered",
  "ladder.lost",
  "ladder.again",
  "ladder.dropped.you",
  "ladder.dropped.link",
  "ladder.delayed",
  "ladder.duplicated",
  "ladder.ring",
  "ladder.ring.of",
  "ladder.expires",
  "ladder.restart",
  "ladder.killed",
  "timer.retransmit",
  "timer.probe",
  "timer.delack",
  "timer.persist",
  "timer.keepalive",
  "timer.fin-wait-2",
  "timer.time-wait",
  "timer.syn-ack",
  // interventions
  "menu.label",
  "menu.head",
  "menu.drop",
  "menu.delay",
  "menu.duplicate",
  "menu.why",
  "fork.done",
  "fork.undone",
  "fork.none",
  "fork.late",
  "fork.offline",
  "branch.label",
  "branch.first",
  "branch.drop",
  "branch.delay",
  "branch.duplicate",
  "branch.other",
  "branch.at",
  "branch.undo",
  "branch.compare",
  // state diagrams
  "states.label",
  "states.none",
  "states.arrows",
  "states.walked",
  "states.covered",
  "states.count",
  "states.seen",
  "states.unseen",
  // code
  "code.label",
  "code.running",
  "code.running.text",
  "code.waiting",
  "code.blocked",
  "code.exited",
  "code.killed",
  "code.orphan",
  "code.orphan.text",
  "code.blocked.tag",
  "code.blocked.text",
  "code.failed.tag",
  "code.failed.text",
  "code.returned.tag",
  "code.returned.text",
  // sockets
  "sockets.title",
  "sockets.at",
  "sockets.none",
  "sockets.host",
  "sockets.state",
  "sockets.local",
  "sockets.peer",
  "sockets.timer",
  "sockets.timer.text",
  "sockets.timer.retry",
  "sockets.queue",
  "sockets.orphan",
  // transport
  "play.label",
  "play.play",
  "play.pause",
  "play.back",
  "play.forward",
  "play.speed",
  "play.time",
  "play.value",
  "play.pcapng",
  "play.share",
  "play.shared",
  "play.copy",
  "keys.title",
  "keys.close",
  "keys.play",
  "keys.step",
  "keys.ten",
  "keys.ends",
  "keys.segment",
  "keys.act",
  "keys.menu",
  "keys.fork",
  "keys.undo",
  "keys.compare",
  "keys.why",
  "keys.all",
  "keys.single",
  // why
  "why.title",
  "why.hint",
  "why.none",
  "why.loading",
  "why.failed",
  "why.cause",
  "why.effects",
  "header.title",
  "header.hint",
  "header.raw",
  "header.none",
  "header.loading",
  "header.failed",
  "header.unread",
  "header.copy",
  "header.copied",
  "header.selected",
  "header.hex",
  "header.more",
  "header.sums.valid",
  "header.sums.wrong",
  "header.sums.unknown",
  "header.part",
  "header.tcp",
  "header.options",
  "header.ipv4",
  "header.payload.title",
  "header.payload",
  "header.byte",
  "header.bytes",
  "header.bits",
  "header.ip.version",
  "header.ip.ihl",
  "header.ip.length",
  "header.ip.id",
  "header.ip.offset",
  "header.ip.ttl",
  "header.ip.protocol",
  "header.ip.checksum",
  "header.ip.src",
  "header.ip.dst",
  "header.tcp.sport",
  "header.tcp.dport",
  "header.tcp.seq",
  "header.tcp.ack",
  "header.tcp.offset",
  "header.tcp.rsrvd",
  "header.tcp.window",
  "header.tcp.checksum",
  "header.tcp.urgent",
  "header.opt.length",
  "header.opt.rest",
  "header.note.set",
  "header.note.clear",
  "header.note.words",
  "header.note.bytes",
  "header.note.id",
  "header.note.seq",
  "header.note.ack",
  "header.note.noack",
  "header.note.window",
  "header.note.window.syn",
  "header.note.window.scaled",
  "header.note.sum.ip",
  "header.note.sum.tcp",
  "header.note.sum.wrong",
  "header.note.sum.unknown",
  "header.note.payload",
  "header.note.kind",
  "header.note.kind.single",
  "header.note.mss",
  "header.note.shift",
  "header.note.tsval",
  "header.note.tsecr",
  "header.note.sack",
  "legend.idle",
  "legend.opening",
  "legend.open",
  "legend.active",
  "legend.passive",
  "legend.quiet",
  "legend.loss",
  "legend.again",
  // transcript
  "transcript.title",
  "transcript.count",
  "transcript.select",
  "event.call",
  "event.done",
  "event.done.error",
  "event.return.ok",
  "event.return.eof",
  "event.return.error",
  "event.return.blocked",
  "event.return.blocked.eof",
  "event.return.blocked.error",
  "event.segment",
  "event.segment.again",
  "event.fate.dropped.you",
  "event.fate.dropped.link",
  "event.fate.delayed",
  "event.fate.duplicated",
  "event.deliver",
  "event.deliver.copy",
  "event.state",
  "event.state.gone",
  "event.state.orphan",
  "event.timer.retransmit",
  "event.timer.probe",
  "event.timer.delack",
  "event.timer.persist",
  "event.timer.keepalive",
  "event.timer.fin-wait-2",
  "event.timer.time-wait",
  "event.timer.syn-ack",
  "event.process.start",
  "event.process.exit",
  "event.process.kill",
  "event.input.drop",
  "event.input.delay",
  "event.input.duplicate",
  "event.input.call",
  "event.input.kill",
  "event.input.power-off",
  "event.input.cut",
  "event.input.heal",
  "event.input.sysctl",
  "event.scenario.drop",
  "event.scenario.delay",
  "event.scenario.duplicate",
  "event.scenario.call",
  "event.scenario.kill",
  "event.scenario.power-off",
  "event.scenario.cut",
  "event.scenario.heal",
  "event.scenario.sysctl",
  "event.expect.holds",
  "event.expect.fails",
  "event.end.quiet",
  "event.end.until",
  "event.end.budget",
  "event.meta",
  // errors, by their code
  "error.title",
  "error.unknown_scenario",
  "error.bad_token",
  "error.token_too_long",
  "error.engine_changed",
  "error.content_changed",
  "error.not_in_flight",
  "error.bad_time",
  "error.lost",
  "error.other",
] as const;

export type PhraseKey = (typeof phraseKeys)[number];

/** A part of a sentence that is more than text: a state is shown with its family's colour and glyph. */
export interface StatePart {
  state: string;
}

export interface CodePart {
  code: string;
}

export type Part = string | StatePart | CodePart;

export type Values = Readonly<Record<string, Part | number>>;

const known = new Set<string>(phraseKeys);

export function isPhraseKey(s: string): s is PhraseKey {
  return known.has(s);
}

/** The texts of one page. A key that the page lacks shows as itself. */
export class Phrases {
  readonly #texts: Readonly<Record<string, string>>;
  readonly lang: "en" | "zh";

  constructor(lang: "en" | "zh", texts: Readonly<Record<string, string>>) {
    this.lang = lang;
    this.#texts = texts;
  }

  /** The sentence in parts. {name} stands for a value; a value that is missing stays as it is written. */
  parts(key: PhraseKey, values: Values = {}): Part[] {
    const template = this.#texts[key] ?? key;
    const out: Part[] = [];
    for (const piece of template.split(/(\{\w+\})/)) {
      if (piece === "") continue;
      const value = piece.startsWith("{") ? values[piece.slice(1, -1)] : undefined;
      out.push(value === undefined ? piece : typeof value === "number" ? String(value) : value);
    }
    return out;
  }

  text(key: PhraseKey, values: Values = {}): string {
    return textOf(this.parts(key, values));
  }

  /** A host's name as the reader's language has it. */
  host(name: string): string {
    const key = `host.${name}`;
    return isPhraseKey(key) ? this.text(key) : name;
  }
}

export function textOf(parts: readonly Part[]): string {
  return parts.map((p) => (typeof p === "string" ? p : "state" in p ? p.state : p.code)).join("");
}
