// Which lessons this browser has opened. Kept in localStorage under "finwait.lessons", as a JSON array of slugs in the
// order in which they were first opened; the one opened last is under "finwait.last".
import { storage } from "./storage.ts";

const key = "finwait.lessons";
const lastKey = "finwait.last";

/** The slugs of the lessons opened so far. */
export function opened(): string[] {
  try {
    const list: unknown = JSON.parse(storage()?.getItem(key) ?? "[]");
    return Array.isArray(list) ? list.filter((x): x is string => typeof x === "string") : [];
  } catch {
    return [];
  }
}

/** Notes the lesson whose page has this path; any other page is passed over. */
export function noteLesson(path: string): void {
  const slug = /\/lessons\/([a-z0-9-]+)$/.exec(path)?.[1];
  const before = opened();
  if (slug === undefined) return;
  try {
    storage()?.setItem(lastKey, slug);
    if (!before.includes(slug)) storage()?.setItem(key, JSON.stringify([...before, slug]));
  } catch {
    // A full or forbidden storage keeps nothing; the lesson works all the same.
  }
}

/** The lesson that was opened last. */
export function last(): string | undefined {
  try {
    return storage()?.getItem(lastKey) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Forgets them. */
export function forgetLessons(): void {
  storage()?.removeItem(key);
  storage()?.removeItem(lastKey);
}
