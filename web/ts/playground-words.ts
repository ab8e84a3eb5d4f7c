// The playground's words: templates by key, in the reader's language. content/phrases has them under "playground."; a test
// there reads the list below.
import { type Lang } from "./starlark-language.ts";

const playgroundKeys = [
  "scenario",
  "pick",
  "pick.current",
  "pick.blank",
  "pick.drafts",
  "draft.when",
  "folder.backlog",
  "folder.close",
  "folder.crash",
  "folder.data",
  "folder.keepalive",
  "folder.matrix",
  "folder.open",
  "folder.practice",
  "folder.reset",
  "folder.window",
  "run",
  "run.keys",
  "share",
  "shared",
  "shared.by.hand",
  "vary.compare",
  "seed",
  "seed.bad",
  "source.label",
  "source.hint",
  "source.line",
  "source.hide",
  "words",
  "state.ready",
  "state.edited",
  "state.running",
  "state.checking",
  "state.error",
  "state.kept",
  "state.unkept",
  "state.replaced",
  "state.undo",
  "blank.title",
  "blank.serve",
  "blank.ask",
  "sysctl",
  "sysctl.note",
  "sysctl.host",
  "sysctl.add",
  "sysctl.fixed",
  "sysctl.value",
  "sysctl.default",
  "sysctl.acts",
  "delay",
  "delay.value",
  "delay.fixed",
  "faults",
  "faults.count",
  "faults.none",
  "faults.computed",
  "faults.add",
  "faults.edit",
  "faults.remove",
  "faults.fixed",
  "rule.text",
  "rule.drop",
  "rule.delay",
  "rule.duplicate",
  "rule.reorder",
  "rule.any",
  "rule.data",
  "rule.from",
  "rule.by",
  "rule.nth",
  "rule.each",
  "rule.at",
  "field.kind",
  "field.sender",
  "field.sender.any",
  "field.flags",
  "field.lacks",
  "field.data",
  "field.nth",
  "field.nth.each",
  "field.by",
  "field.bad.time",
  "expects",
  "expects.count",
  "expects.none",
  "expects.holds",
  "expects.fails",
  "locked",
  "fail.offline",
  "fail.busy",
  "fail.limit",
  "fail.large",
  "fail.long",
  "fail.other",
  "fail.again",
] as const;

export type PlaygroundKey = (typeof playgroundKeys)[number];

/** The words of the page. A key that the page lacks shows as itself. */
export class PlaygroundWords {
  readonly #words: Readonly<Record<string, string>>;
  readonly lang: Lang;

  constructor(lang: Lang, words: Readonly<Record<string, string>>) {
    this.lang = lang;
    this.#words = words;
  }

  /** The phrase, with {name} replaced by its value. */
  say(key: PlaygroundKey, values: Readonly<Record<string, string | number>> = {}): string {
    return fill(this.#words[key] ?? key, values);
  }

  /** The stage's words for an error, where it has some. */
  error(code: string): string | undefined {
    return this.#words[`error.${code}`];
  }
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
