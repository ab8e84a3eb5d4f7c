// The stage's texts: templates by key, from the page, in the reader's language.
import { phraseKeys } from "./stage-keys.ts";

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
      const first = out.length === 0 && piece === "{host}" && typeof value === "string"; // it begins the sentence
      out.push(value === undefined ? piece : typeof value === "number" ? String(value) : first ? heading(value) : value);
    }
    return out;
  }

  text(key: PhraseKey, values: Values = {}): string {
    return textOf(this.parts(key, values));
  }

  /** A host's name as the reader's language has it, within a sentence. */
  host(name: string): string {
    const key = `host.${name}`;
    return isPhraseKey(key) ? this.text(key) : name;
  }

  /** A host's name at the head of something. */
  hostHeading(name: string): string {
    return heading(this.host(name));
  }
}

function heading(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

export function textOf(parts: readonly Part[]): string {
  return parts.map((p) => (typeof p === "string" ? p : "state" in p ? p.state : p.code)).join("");
}
