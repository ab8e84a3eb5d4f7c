// The bytes of a run's segments, fetched once for each run when they are first looked at.
import { bytesOf } from "./packet.ts";

/** A segment's datagram; omitted is how many bytes of payload at its end the server left out. */
export interface Datagram {
  bytes: Uint8Array;
  omitted: number;
}

type State = "loading" | "ready" | "failed";

interface Held {
  state: State;
  all: Map<number, Datagram>;
}

const mostRuns = 8;

/** The datagrams of runs by token. */
export class RunBytes {
  readonly #base: string;
  readonly #onChange: () => void;
  #runs = new Map<string, Held>();

  /** base is the service's path; onChange is called when something came, or did not. */
  constructor(base: string, onChange: () => void) {
    this.#base = base;
    this.#onChange = onChange;
  }

  /** How far a run's bytes are; a run that was not asked for yet, or whose asking failed and `again` is said, is fetched. */
  want(token: string, again = false): State {
    const held = this.#runs.get(token);
    if (held && !(again && held.state === "failed")) return held.state;
    const fresh: Held = { state: "loading", all: new Map() };
    this.#runs.set(token, fresh);
    const oldest = this.#runs.keys().next().value;
    if (this.#runs.size > mostRuns && oldest !== undefined) this.#runs.delete(oldest);
    void this.#fetch(token, fresh);
    return fresh.state;
  }

  of(token: string, segment: number): Datagram | undefined {
    return this.#runs.get(token)?.all.get(segment);
  }

  async #fetch(token: string, into: Held): Promise<void> {
    try {
      const answer = await fetch(`${this.#base}api/v1/runs.bytes?run=${encodeURIComponent(token)}`);
      if (!answer.ok) throw new Error(answer.statusText);
      for (const line of (await answer.text()).trimEnd().split("\n")) {
        if (line === "") continue; // a run without a segment
        const { id, hex, omitted } = JSON.parse(line) as { id: number; hex: string; omitted?: number };
        into.all.set(id, { bytes: bytesOf(hex), omitted: omitted ?? 0 });
      }
      into.state = "ready";
    } catch {
      into.state = "failed"; // the panel says so, and offers to try again
    }
    this.#onChange();
  }
}
