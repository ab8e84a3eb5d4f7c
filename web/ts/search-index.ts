// Searching the index that the server made of the course and the reference. Letters of either case are one, and so are
// hyphen, underscore and space: "time wait" finds TIME-WAIT. Each word of a query must occur; Chinese has no spaces, so a
// stretch of it that occurs nowhere as a whole is looked for by its pairs of characters.

export interface Findable {
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly also?: string;
  readonly under?: string;
  readonly path: string;
}

export interface Index {
  readonly words: Readonly<Record<string, string>>;
  readonly entries: readonly Findable[];
}

export interface Found {
  readonly entry: Findable;
  readonly score: number;
  /** The words by which it was found, folded. */
  readonly words: readonly string[];
}

/** A text in which equal things look equal. It is as long as the text, so that places in one are places in the other. */
export function fold(text: string): string {
  let out = "";
  for (const unit of text.split("")) {
    const low = unit.toLowerCase();
    out += /[-_\u2010-\u2013\s\u202f]/.test(unit) ? " " : low.length === 1 ? low : unit;
  }
  return out;
}

const han = /[\u3400-\u9fff]/;

/** The words of a query, folded. */
export function wordsOf(query: string): string[] {
  return [...new Set(fold(query).split(/[ ,;，。；、“”"]+/).filter((w) => w !== ""))];
}

/** The pairs of neighbours in a stretch of Chinese. */
export function pairs(word: string): string[] {
  const all = [...word];
  return all.length < 3 || !all.every((c) => han.test(c)) ? [] : all.slice(1).map((c, i) => all[i]! + c);
}

interface Prepared {
  readonly entry: Findable;
  readonly title: string;
  readonly rest: string;
  readonly text: string;
}

export class Search {
  readonly #all: readonly Prepared[];

  constructor(entries: readonly Findable[]) {
    this.#all = entries.map((entry) => ({
      entry,
      title: fold(entry.title),
      rest: fold(`${entry.also ?? ""} ${entry.under ?? ""}`),
      text: fold(entry.text),
    }));
  }

  /** What fits a query, the best first, of the kinds that are given. An empty query finds all of those. */
  find(query: string, kinds?: ReadonlySet<string>): Found[] {
    const all = kinds ? this.#all.filter((p) => kinds.has(p.entry.kind)) : this.#all;
    const asked = wordsOf(query);
    if (asked.length === 0) return kinds ? all.map((p) => ({ entry: p.entry, score: 0, words: [] })) : [];
    const known = (w: string): boolean => this.#all.some((p) => has(p, w));
    const words = [...new Set(asked.flatMap((w) => (known(w) ? [w] : pairs(w).length > 0 ? pairs(w) : [w])))];
    const whole = fold(query).trim();
    const out: Found[] = [];
    for (const p of all) {
      if (words.every((w) => has(p, w))) out.push({ entry: p.entry, score: scoreOf(p, words, whole), words });
    }
    return out.sort((a, b) => b.score - a.score); // which is stable: among equals the index's order
  }
}

function has(p: Prepared, word: string): boolean {
  return p.title.includes(word) || p.text.includes(word) || p.rest.includes(word);
}

/** A title counts more than what is under it, a whole phrase more than its words, the beginning of a word more than its middle. */
function scoreOf(p: Prepared, words: readonly string[], whole: string): number {
  let score = p.title === whole ? 100 : p.title.includes(whole) ? 40 : p.text.includes(whole) ? 6 : 0;
  for (const w of words) {
    if (begins(p.title, w)) score += 20;
    else if (p.title.includes(w)) score += 12;
    if (p.rest.includes(w)) score += 5;
    if (begins(p.text, w)) score += 2;
    else if (p.text.includes(w)) score += 1;
  }
  return score;
}

/** Whether a word begins somewhere in a text as the word asked for does. Every place in Chinese is a beginning. */
function begins(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || han.test(word[0]!) || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return true;
  }
  return false;
}

/** A piece of text, and whether it is what was looked for. */
export type Piece = readonly [text: string, hit: boolean];

/** A text cut at the places where the words are. */
export function marked(text: string, words: readonly string[]): Piece[] {
  const folded = fold(text);
  const hit = new Uint8Array(text.length);
  for (const w of words) {
    for (let at = folded.indexOf(w); at >= 0; at = folded.indexOf(w, at + w.length)) hit.fill(1, at, at + w.length);
  }
  const out: Piece[] = [];
  for (let from = 0; from < text.length; ) {
    let to = from + 1;
    while (to < text.length && hit[to] === hit[from]) to++;
    out.push([text.slice(from, to), hit[from] === 1]);
    from = to;
  }
  return out;
}

/** About as much of a text as `length` characters, around the first place where one of the words is. */
export function excerpt(text: string, words: readonly string[], length: number): string {
  if (text.length <= length) return text;
  const folded = fold(text);
  const places = words.map((w) => folded.indexOf(w)).filter((at) => at >= 0);
  const first = places.length > 0 ? Math.min(...places) : 0;
  let from = Math.max(0, Math.min(first - Math.floor(length / 4), text.length - length));
  let to = Math.min(text.length, from + length);
  const inWord = (at: number): boolean => at > 0 && at < text.length && /[\w]/.test(text[at - 1]!) && /[\w]/.test(text[at]!);
  while (from < first && inWord(from)) from++;
  while (to < text.length && inWord(to)) to++;
  return (from > 0 ? "… " : "") + text.slice(from, to).trim() + (to < text.length ? " …" : "");
}
