// What a reader has written in the playground, kept in this browser: the latest drafts, newest first.

export interface Draft {
  id: string;
  source: string;
  scenario: string; // of the library, where the text is one's
  vary: Record<string, string>;
  seed: number;
  token: string; // of its last run; empty where it has not run
  at: number; // ms since 1970, of the last change
}

const key = "finwait-playground";
const most = 20;
const mostBytes = 1 << 20;

export class Drafts {
  readonly #storage: Pick<Storage, "getItem" | "setItem"> | undefined;

  /** Without a storage, as where the browser blocks it, nothing is kept. */
  constructor(storage: Pick<Storage, "getItem" | "setItem"> | undefined) {
    this.#storage = storage;
  }

  /** All drafts, newest first. They are read anew each time: another tab may have written. */
  list(): Draft[] {
    try {
      const list: unknown = JSON.parse(this.#storage?.getItem(key) ?? "[]");
      return Array.isArray(list) ? list.filter(isDraft) : [];
    } catch {
      return [];
    }
  }

  find(id: string): Draft | undefined {
    return this.list().find((d) => d.id === id);
  }

  /** Keeps a draft in place of the one of its id; whether that worked. */
  save(draft: Draft): boolean {
    let list = [draft, ...this.list().filter((d) => d.id !== draft.id)].slice(0, most);
    while (list.length > 1 && size(list) > mostBytes) list = list.slice(0, -1);
    try {
      this.#storage?.setItem(key, JSON.stringify(list));
      return this.#storage !== undefined;
    } catch {
      return false; // full, or blocked
    }
  }
}

const size = (list: readonly Draft[]): number => list.reduce((n, d) => n + d.source.length + 500, 0);

function isDraft(x: unknown): x is Draft {
  if (typeof x !== "object" || x === null) return false;
  const d = x as Partial<Draft>;
  return typeof d.id === "string" && typeof d.source === "string" && typeof d.scenario === "string" && typeof d.seed === "number" &&
    typeof d.token === "string" && typeof d.at === "number" && typeof d.vary === "object" && d.vary !== null;
}

/** What to call a draft: the scenario's title, else its first line with something on it. */
export function draftName(d: Draft): string {
  const title = /title\s*=\s*(?:\{[^}]*?)?"(?:en|zh)?"?\s*:?\s*"?([^"\n}]{2,60})/.exec(d.source)?.[1];
  const line = d.source.split("\n").find((l) => l.trim() !== "") ?? "";
  return (title ?? line.trim()).slice(0, 60);
}
