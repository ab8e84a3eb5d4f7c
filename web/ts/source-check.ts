// Has the source checked by the server while its reader types: not at each key, one question at a time, and not again
// for a text that was asked about.
import { type CheckAnswer, type Experiment, type PlaygroundServer, Unanswered } from "./playground-server.ts";

const pause = 400; // ms without a key
const patience = 3; // s to wait where the server does not say

export class SourceCheck {
  readonly #server: PlaygroundServer;
  readonly #now: () => Experiment;
  readonly #tell: (answer: CheckAnswer, about: Experiment) => void;
  readonly #lost: (why: Unanswered) => void;
  #timer = 0;
  #asking: AbortController | undefined;
  #last: { key: string; answer: CheckAnswer } | undefined;

  constructor(server: PlaygroundServer, now: () => Experiment, tell: (answer: CheckAnswer, about: Experiment) => void, lost: (why: Unanswered) => void) {
    this.#server = server;
    this.#now = now;
    this.#tell = tell;
    this.#lost = lost;
    addEventListener("online", () => this.soon(0));
  }

  /** Asks after a pause, by default that of someone who types. */
  soon(ms = pause): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return; // it asks again when that answer is there
    const about = this.#now();
    const key = JSON.stringify([about.source, about.vary]);
    if (this.#last?.key === key) {
      this.#tell(this.#last.answer, about);
      return;
    }
    this.#asking = new AbortController();
    try {
      const answer = await this.#server.check(about, this.#asking.signal);
      this.#last = { key, answer };
      if (JSON.stringify([this.#now().source, this.#now().vary]) === key) this.#tell(answer, about);
      else this.soon();
    } catch (e) {
      if (!(e instanceof Unanswered)) throw e;
      this.#lost(e);
      if (e.code !== "offline" && e.code !== "too_large") this.soon((e.wait || patience) * 1000);
    } finally {
      this.#asking = undefined;
    }
  }
}
