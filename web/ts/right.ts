// Which questions were answered right in this browser. Kept in localStorage under "finwait.right", as a JSON object from a
// lesson's slug to the ids of its questions.
import { storage } from "./storage.ts";

const key = "finwait.right";

function read(): Record<string, string[]> {
  try {
    const all: unknown = JSON.parse(storage()?.getItem(key) ?? "{}");
    if (typeof all !== "object" || all === null) return {};
    return Object.fromEntries(Object.entries(all).filter((e): e is [string, string[]] => Array.isArray(e[1]) && e[1].every((x) => typeof x === "string")));
  } catch {
    return {};
  }
}

/** How many questions of a lesson were answered right. */
export function rightIn(slug: string): number {
  const all = read();
  return Object.hasOwn(all, slug) ? all[slug]!.length : 0;
}

/** Notes a question of a lesson as answered right. */
export function noteRight(slug: string, quiz: string): void {
  const all = read();
  const before = Object.hasOwn(all, slug) ? all[slug]! : [];
  if (quiz === "" || before.includes(quiz)) return;
  try {
    storage()?.setItem(key, JSON.stringify({ ...all, [slug]: [...before, quiz] }));
  } catch {
    // A full or forbidden storage keeps nothing; the answer counts all the same.
  }
}

/** Forgets them. */
export function forgetRight(): void {
  storage()?.removeItem(key);
}
