// A segment on its way: unsent, in flight, arrived or lost, as the first events of a run have it.
import type { DeliverEvent, FateEvent, SegmentEvent } from "./events.gen.ts";

/** A segment with all that the log says about it; what has happened at a position is for `flight` to say. */
export interface Segment {
  sent: SegmentEvent;
  fates: FateEvent[];
  delivers: DeliverEvent[];
}

/** A segment at a position: unsent, flying, delivered (by its first copy to arrive), or lost. */
export interface Flight {
  status: "unsent" | "flying" | "delivered" | "lost";
  /** When the first copy still under way arrives, or the last one arrived, µs; of a lost one, when it would have. */
  arrives: number;
  /** Decisions so far, in order. */
  fates: FateEvent[];
  /** The copies that arrived so far. */
  delivered: number;
}

/** The segment after the first n events. */
export function flight(s: Segment, n: number): Flight {
  const fates = s.fates.filter((f) => f.seq < n);
  const delivered = s.delivers.filter((d) => d.seq < n).length;
  let arrives = s.sent.arrives;
  let lost = false;
  const copies: number[] = [];
  for (const f of fates) {
    if (f.fate === "dropped") lost = true;
    else if (f.fate === "delayed") arrives = f.arrives ?? arrives;
    else copies.push(f.arrives ?? arrives);
  }
  const due = (lost ? copies : [arrives, ...copies]).sort((a, b) => a - b);
  const next = due[delivered] ?? due.at(-1) ?? arrives;
  if (s.sent.seq >= n) return { status: "unsent", arrives: next, fates, delivered };
  if (delivered < due.length) return { status: "flying", arrives: next, fates, delivered };
  return { status: due.length > 0 ? "delivered" : "lost", arrives: next, fates, delivered };
}

/** Whether an intervention at time t can still reach the segment. */
export function canIntervene(s: Segment, n: number, t: number): boolean {
  const f = flight(s, n);
  return f.status === "flying" && f.arrives > Math.floor(t);
}
