// The card's words: templates by key, in the reader's language. content/phrases has them under "quiz."; a test there reads
// the list below.

const quizKeys = [
  "kind.state",
  "kind.order",
  "kind.timeline",
  "kind.header",
  "kind.timer",
  "kind.call",
  "kind.bug",
  "kind.fault",
  "kind.trace",
  "kind.impossible",
  "kind.backlog",
  "kind.program",
  "given",
  "revealed",
  "noscript",
  "check",
  "another",
  "next",
  "open",
  "unanswered",
  "choose",
  "checking",
  "yours",
  "correct",
  "unsaved",
  "failed",
  "refused",
  "hint",
  "hints",
  "figure",
  "figure.hidden",
  "folded",
  "key.choose",
  "key.tab",
  "key.check",
  "key.open",
  "key.next",
  "key.hint",
  "was",
  "notyet",
  "oneright",
  "up",
  "down",
  "moved",
  "lifted",
  "dropped",
  "key.lift",
  "key.move",
] as const;

export type QuizKey = (typeof quizKeys)[number] | (typeof paperKeys)[number];

/** The words of an exam's paper, which its page brings besides. */
const paperKeys = [
  "paper.questions",
  "paper.question",
  "paper.state.saved",
  "paper.state.waiting",
  "paper.state.open",
  "paper.previous",
  "paper.next",
  "paper.save",
  "paper.savelast",
  "paper.at",
  "paper.waits",
  "paper.open",
  "paper.key.question",
] as const;

/** The words of one card. A key that the page lacks shows as itself. */
export class QuizWords {
  readonly #words: Readonly<Record<string, string>>;

  constructor(words: Readonly<Record<string, string>>) {
    this.#words = words;
  }

  /** The phrase, with {name} replaced by its value. */
  say(key: QuizKey, values: Readonly<Record<string, string | number>> = {}): string {
    return (this.#words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** The name of a kind of question. */
  kind(kind: string): string {
    return this.#words[`kind.${kind}`] ?? kind;
  }
}
