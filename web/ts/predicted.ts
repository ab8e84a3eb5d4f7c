// What this browser's reader has predicted on the stages of the lessons. Kept in localStorage under "finwait.predicted", as a
// JSON object from slug to the choice, from 0; -1 is a question that was skipped.
import { storage } from "./storage.ts";

const key = "finwait.predicted";

function all(): Record<string, number> {
  try {
    const found: unknown = JSON.parse(storage()?.getItem(key) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, number>) : {};
  } catch {
    return {};
  }
}

/** The choice of a lesson's question; undefined where it was not asked yet. */
export function predicted(slug: string): number | undefined {
  const choice = all()[slug];
  return typeof choice === "number" ? choice : undefined;
}

/** Notes a choice. */
export function notePrediction(slug: string, choice: number): void {
  try {
    storage()?.setItem(key, JSON.stringify({ ...all(), [slug]: choice }));
  } catch {
    // A full or forbidden storage keeps nothing: the next visit asks again.
  }
}

/** Forgets them. */
export function forgetPredictions(): void {
  storage()?.removeItem(key);
}
