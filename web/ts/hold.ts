// Holds a run back: until the reader has answered what comes, the stage has no more of it than up to an event.
import type { LogEvent } from "./events.gen.ts";

export class Hold {
  readonly #last: number; // seq of the last event that is let through
  #rest: LogEvent[] = [];

  constructor(last: number) {
    this.#last = last;
  }

  /** What of the next events is let through. */
  take(list: readonly LogEvent[]): LogEvent[] {
    this.#rest.push(...list.filter((e) => e.seq > this.#last));
    return list.filter((e) => e.seq <= this.#last);
  }

  /** How many events are held back. */
  get size(): number {
    return this.#rest.length;
  }

  /** Whether the run has come to where it waits, in a log of so many events. */
  reached(events: number): boolean {
    return events > this.#last;
  }

  /** What was held back. */
  release(): LogEvent[] {
    const rest = this.#rest;
    this.#rest = [];
    return rest;
  }
}
