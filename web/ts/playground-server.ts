// What the playground asks the server: to read a source, to compute a run, for a scenario's text.
import type { Outline } from "./language.gen.ts";
import type { SourceError } from "./tcp-scenario.ts";

/** A run as the page has it: a scenario of the library as it is, or the text. */
export interface Experiment {
  source: string;
  scenario: string;
  vary: Record<string, string>;
  seed: number;
}

export interface MadeRun {
  ok: true;
  token: string;
  source: { file: string; text: string };
  hosts: { name: string; program?: { from: number; to: number } }[];
  expects: { text: { en: string; zh: string }; holds: boolean }[];
}

export type CheckAnswer = ({ ok: true } & Outline) | { ok: false; error: SourceError };
export type RunAnswer = MadeRun | { ok: false; error: SourceError };

/** Why there is no answer; wait is in seconds. */
export class Unanswered extends Error {
  readonly code: string;
  readonly wait: number;

  constructor(code: string, wait: number) {
    super(code);
    this.code = code;
    this.wait = wait;
  }
}

export class PlaygroundServer {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  check(x: Experiment, signal: AbortSignal): Promise<CheckAnswer> {
    return this.#post("check", { source: x.source || "\n", vary: x.vary, seed: x.seed, inputs: [] }, signal);
  }

  run(x: Experiment, signal: AbortSignal): Promise<RunAnswer> {
    const what = x.scenario ? { scenario: x.scenario } : { source: x.source || "\n" };
    return this.#post("experiments", { ...what, vary: x.vary, seed: x.seed, inputs: [] }, signal);
  }

  /** The text of a scenario of the library. */
  async text(name: string): Promise<string> {
    return (await this.#fetch(`scenarios/${name}.star`)).text();
  }

  async #post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
    const answer = await this.#fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
    try {
      return (await answer.json()) as T;
    } catch (e) {
      if (e instanceof DOMException && e.name === "AbortError") throw e;
      throw new Unanswered("other", 0); // cut short, or not ours
    }
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(`${this.#base}api/v1/${path}`, init);
    } catch (e) {
      if (e instanceof DOMException && e.name === "AbortError") throw e;
      throw new Unanswered("offline", 0);
    }
    if (answer.ok) return answer;
    let code = "other";
    try {
      code = ((await answer.json()) as { error: { code: string } }).error.code;
    } catch {
      // a proxy's own page: its status is all there is
    }
    throw new Unanswered(code, Number(answer.headers.get("Retry-After")) || 0);
  }
}
