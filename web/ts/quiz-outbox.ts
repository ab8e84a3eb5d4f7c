// Answers that the server has not confirmed yet. Each has an id of its own, so that it may be sent as often as it takes:
// the server keeps it once. They wait in the browser's storage and outlive the page.
export interface Submission {
  id: string;
  /** What it answers, below /api/v1/: "quizzes/ID/SEED" or "attempts/ID". */
  to: string;
  lang: string;
  answer: Record<string, unknown>;
}

/** What came of sending an answer: what the server said when it had saved it, or that it did not. */
export type Outcome = { kind: "saved"; body: unknown } | { kind: "refused"; message: string } | { kind: "waiting" };

/** Where an answer to a practice variant goes. */
export function practice(quiz: string, seed: number): string {
  return `quizzes/${encodeURIComponent(quiz)}/${seed}`;
}

const place = "finwait.unsent";
const most = 50;

/** A random UUID, also where the page is not a secure context. */
export function newID(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Outbox {
  readonly #base: string;
  readonly #storage: Storage | undefined;

  constructor(base: string, storage: Storage | undefined) {
    this.#base = base;
    this.#storage = storage;
  }

  /** The answers that wait. */
  waiting(): Submission[] {
    try {
      const list: unknown = JSON.parse(this.#storage?.getItem(place) ?? "[]");
      return Array.isArray(list) ? list.filter(isSubmission) : [];
    } catch {
      return [];
    }
  }

  /** Drops the answers that wait. */
  empty(): void {
    this.#write([]);
  }

  /** Keeps an answer and sends it. It stays until the server has saved or refused it. */
  async send(s: Submission): Promise<Outcome> {
    this.#write([...this.waiting().filter((x) => x.id !== s.id), s].slice(-most));
    const outcome = await this.#post(s);
    if (outcome.kind !== "waiting") this.#write(this.waiting().filter((x) => x.id !== s.id));
    return outcome;
  }

  async #post(s: Submission): Promise<Outcome> {
    const url = `${this.#base}api/v1/${s.to}/answers?lang=${s.lang}`;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: s.id, answer: s.answer }),
      });
      if (response.ok) return { kind: "saved", body: await response.json() };
      if (response.status >= 500 || response.status === 408 || response.status === 429) return { kind: "waiting" };
      return { kind: "refused", message: messageOf(await response.json()) };
    } catch {
      return { kind: "waiting" };
    }
  }

  #write(list: readonly Submission[]): void {
    try {
      if (list.length === 0) this.#storage?.removeItem(place);
      else this.#storage?.setItem(place, JSON.stringify(list));
    } catch {
      // Storage is full or closed: the answer still waits in the open page.
    }
  }
}

function isSubmission(x: unknown): x is Submission {
  const s = x as Partial<Submission> | null;
  return typeof s === "object" && s !== null && typeof s.id === "string" && typeof s.to === "string" && typeof s.answer === "object";
}

function messageOf(body: unknown): string {
  const error = (body as { error?: { message?: unknown } } | null)?.error;
  return typeof error?.message === "string" ? error.message : "";
}
