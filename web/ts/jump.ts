// Jumps from event to event of one lens: of the segments, the states, the calls, the timers.
import type { LogEvent } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";

export const jumpLenses = ["segments", "states", "calls", "timers"] as const;

export type JumpLens = (typeof jumpLenses)[number];

function belongs(e: LogEvent, lens: JumpLens): boolean {
  switch (lens) {
    case "segments":
      return e.kind === "segment" || e.kind === "fate" || e.kind === "deliver";
    case "states":
      return e.kind === "state" && e.from !== e.to;
    case "calls":
      return e.kind === "call" || e.kind === "return" || e.kind === "process";
    case "timers":
      return e.kind === "timer";
  }
}

/** The event of the lens that follows event seq, or the one before it; of those that a step stops at. */
export function neighbour(log: RunLog, seq: number, lens: JumpLens, back: boolean): number | undefined {
  const { stops, events } = log;
  const fits = (stop: number): boolean => belongs(events[stop]!, lens);
  return back ? stops.findLast((stop) => stop < seq && fits(stop)) : stops.find((stop) => stop > seq && fits(stop));
}
