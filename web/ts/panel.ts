// What a panel is that draws the stage's run, and what it is told.
import type { Store } from "./store.ts";
import type { Turned } from "./turns.ts";

/** What changed since the last frame, as bits. */
export const changed = { log: 1, events: 2, time: 4, select: 8, status: 16, all: 31 } as const;

/** The playhead: n events are shown, the time is t, and w and y are its place on the lens. */
export interface Playhead {
  n: number;
  t: number;
  w: number;
  y: number;
}

/** A moment of a run: just after event seq, or a time in µs. */
export interface Moment {
  t?: number | undefined;
  seq?: number | undefined;
}

export interface Panel extends Turned {
  /** Called within a frame with the bits that changed. It must not read layout. */
  draw(store: Store, bits: number): void;
}

/** A panel that nobody can read in each frame: while a run plays it is drawn in its turn. */
export function inTurn(bits: number, draw: (store: Store) => void): Panel {
  return { later: { bits, seen: { now: true } }, draw };
}
