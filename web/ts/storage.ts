// What this browser keeps for a page.

/** The browser's storage, where a page may use it: some frames may not. */
export function storage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
