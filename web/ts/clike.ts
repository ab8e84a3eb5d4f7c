// Colours for C: a small reader of one line at a time. It knows words, texts, numbers, comments and the preprocessor.
import { add, type Token, type TokenKind } from "./starlark.ts";

const words = new Set([
  "break", "case", "char", "const", "continue", "default", "do", "else", "for", "if", "int", "long", "return", "sizeof", "static",
  "struct", "switch", "unsigned", "void", "while", "size_t", "ssize_t", "socklen_t", "intptr_t", "pthread_t",
]);

const pattern = /(\/\/.*$|\/\*.*?\*\/)|(^\s*#\s*\w+)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|<[\w/]+\.h>)|\b(\d\w*)\b|([A-Za-z_]\w*)|([^"'\w<#/]+|.)/g;

export function tokens(line: string): Token[] {
  const out: Token[] = [];
  for (const m of line.matchAll(pattern)) {
    const kind: TokenKind = m[1] ? "c" : m[2] ? "k" : m[3] ? "s" : m[4] ? "d" : m[5] && words.has(m[5]) ? "k" : "";
    add(out, kind, m[0]);
  }
  return out;
}
