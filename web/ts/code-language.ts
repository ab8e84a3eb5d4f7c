// The language in which the reader wants to see programs: one choice for all panes, kept by the browser.
import type { CodeLanguage } from "./program.ts";
import { storage } from "./storage.ts";

const key = "finwait.code";
const listeners = new Set<(language: CodeLanguage) => void>();
let chosen: CodeLanguage | undefined;

export function codeLanguage(): CodeLanguage {
  return (chosen ??= storage()?.getItem(key) === "starlark" ? "starlark" : "c");
}

export function chooseLanguage(language: CodeLanguage): void {
  if (language === codeLanguage()) return;
  chosen = language;
  try {
    storage()?.setItem(key, language);
  } catch {
    // A full storage only forgets the choice.
  }
  for (const listen of listeners) listen(language);
}

/** Calls back after each choice, until the signal says stop. */
export function onLanguage(listen: (language: CodeLanguage) => void, signal?: AbortSignal): void {
  listeners.add(listen);
  signal?.addEventListener("abort", () => listeners.delete(listen));
}
