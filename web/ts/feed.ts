// Fills runs with their events as they come from the server.
import type { Branch } from "./branch.ts";
import type { LogEvent } from "./events.gen.ts";
import type { Listener, OpenRequest } from "./stream.ts";

export interface Failure {
  code: string;
  message: string;
}

/** Where runs come from. */
export interface Source {
  /** Whether a run can be asked for now. */
  readonly reachable: boolean;
  /** Opens a run and gives the name to close it by. */
  open(request: OpenRequest, listener: Listener): string;
  close(name: string): void;
  /** More may be wanted of the open runs. */
  pump(): void;
  retry(): void;
}

export interface FeedListener {
  /** The run has its token: it is being sent. */
  opened(b: Branch): void;
  /** There are more events of the run, or it has come to its end. */
  grown(b: Branch): void;
  failed(b: Branch, f: Failure): void;
  /** The server lets the run wait for so many ms. */
  waits(ms: number): void;
  /** How many more events of the run are wanted. */
  wanted(b: Branch): number;
}

export class Feed {
  #source: Source;
  #on: FeedListener;
  #streams = new Map<Branch, string>();

  constructor(source: Source, on: FeedListener) {
    this.#source = source;
    this.#on = on;
  }

  get reachable(): boolean {
    return this.#source.reachable;
  }

  fill(b: Branch, request: OpenRequest): void {
    const on = this.#on;
    this.#streams.set(b, this.#source.open(request, {
      opened: (token) => {
        b.token = token;
        on.opened(b);
      },
      events: (list: LogEvent[]) => {
        b.log.append(b.hold ? b.hold.take(list) : list);
        b.inputs = b.log.meta?.inputs ?? b.inputs;
        on.grown(b);
      },
      ended: () => {
        this.#streams.delete(b);
        on.grown(b);
      },
      failed: (code, message) => {
        this.#streams.delete(b);
        on.failed(b, { code, message });
      },
      waits: (ms) => on.waits(ms),
      wanted: () => on.wanted(b),
    }));
  }

  /** Asks for no more of a run. */
  drop(b: Branch): void {
    const name = this.#streams.get(b);
    if (name !== undefined) this.#source.close(name);
    this.#streams.delete(b);
  }

  dropAll(): void {
    for (const b of [...this.#streams.keys()]) this.drop(b);
  }

  pump(): void {
    this.#source.pump();
  }

  retry(): void {
    this.#source.retry();
  }
}
