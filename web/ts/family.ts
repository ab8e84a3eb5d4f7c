// The families of states: their colour, their glyph, their short names.
import type { State } from "./events.gen.ts";

export type Family = "idle" | "opening" | "open" | "active" | "passive" | "quiet";

export const families: readonly Family[] = ["idle", "opening", "open", "active", "passive", "quiet"];

const familyByState: Record<State, Family> = {
  CLOSED: "idle",
  LISTEN: "idle",
  "SYN-SENT": "opening",
  "SYN-RECEIVED": "opening",
  ESTABLISHED: "open",
  "FIN-WAIT-1": "active",
  "FIN-WAIT-2": "active",
  CLOSING: "active",
  "CLOSE-WAIT": "passive",
  "LAST-ACK": "passive",
  "TIME-WAIT": "quiet",
};

export function isState(name: string): name is State {
  return Object.hasOwn(familyByState, name);
}

export function familyOf(state: State): Family {
  return familyByState[state];
}

/** The state's name where space is short. */
export function shortName(state: State): string {
  return state === "SYN-RECEIVED" ? "SYN-RCVD" : state;
}
