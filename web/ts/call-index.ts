// Which calls of a host were made on which line of the scenario: the index of a growing log.
import type { CallEvent } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";

export class CallIndex {
  #log: RunLog | undefined;
  #host = "";
  #read = 0;
  #lines = new Map<number, number[]>();

  /** Takes in what is new of a log, or all of another one. Whether a line got its first call by it. */
  update(log: RunLog, host: string): boolean {
    if (log !== this.#log || host !== this.#host) {
      this.#log = log;
      this.#host = host;
      this.#read = 0;
      this.#lines.clear();
    }
    const before = this.#lines.size;
    const fresh = this.#read === 0;
    for (; this.#read < log.events.length; this.#read++) {
      const e = log.events[this.#read]!;
      if (e.kind === "call" && e.host === host && e.line > 0) this.#add(e);
    }
    return fresh || this.#lines.size > before;
  }

  #add(e: CallEvent): void {
    const list = this.#lines.get(e.line);
    if (list) list.push(e.seq);
    else this.#lines.set(e.line, [e.seq]);
  }

  has(line: number): boolean {
    return this.#lines.has(line);
  }

  /** The call on a line that a reader at event n means: the latest before, else the next one. */
  seek(line: number, n: number): number | undefined {
    const list = this.#lines.get(line);
    return list?.findLast((seq) => seq < n) ?? list?.[0];
  }
}
