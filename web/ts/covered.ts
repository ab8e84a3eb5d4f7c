// Notes in the browser's coverage what the playhead has passed.
import { arrowsOf, record } from "./coverage.ts";
import type { RunLog } from "./run-log.ts";
import { changed, type Panel, type Store } from "./store.ts";

export class Covered implements Panel {
  #log: RunLog | undefined;
  #read = 0; // events of it
  #last = new Map<string, { t: number; from: string }>(); // the last change of each socket

  draw({ current: { log }, at: { n } }: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log))) return;
    if (log !== this.#log) {
      this.#log = log;
      this.#read = 0;
      this.#last.clear();
    }
    for (; this.#read < n; this.#read++) {
      const e = log.events[this.#read];
      if (e?.kind !== "state" || e.from === e.to) continue;
      const key = `${e.host} ${e.sock}`;
      for (const arrow of arrowsOf(e, this.#last.get(key))) record(arrow);
      this.#last.set(key, e);
    }
  }
}
