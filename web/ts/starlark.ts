// Colours for Starlark: a small reader of one line at a time. It knows words, texts, numbers and comments.

export type TokenKind = "k" | "s" | "d" | "c" | "";

export interface Token {
  kind: TokenKind;
  text: string;
}

const words = new Set([
  "def", "return", "if", "elif", "else", "for", "while", "in", "not", "and", "or", "pass", "break", "continue", "lambda",
  "load", "True", "False", "None",
]);

const pattern = /(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|\b(\d[\d_.]*)\b|([A-Za-z_]\w*)|([^#"'\w]+|.)/g;

export function tokens(line: string): Token[] {
  const out: Token[] = [];
  for (const m of line.matchAll(pattern)) {
    const kind: TokenKind = m[1] ? "c" : m[2] ? "s" : m[3] ? "d" : m[4] && words.has(m[4]) ? "k" : "";
    add(out, kind, m[0]);
  }
  return out;
}

/** Puts a text behind the others of a line, into the last token where that is of its kind. */
export function add(out: Token[], kind: TokenKind, text: string): void {
  const last = out.at(-1);
  if (last && last.kind === kind) last.text += text;
  else out.push({ kind, text });
}
