// The runs of a stage as the history entry keeps them: a reload brings them back, and after a restart of the server it
// computes them anew.
import { type Branch, type Family, newBranch } from "./branch.ts";
import type { Store } from "./store.ts";

interface KeptRun {
  token: string;
  name: string;
  parent: string; // its name; empty for none
  family: number; // the same for runs of one scenario and its choices
  beside: boolean; // it stands side by side with others
}

const key = "runs";
const most = 8; // a token may hold a whole scenario

/** A history state with the runs that a stage has now: those side by side and those with a lane. */
export function withRuns(state: unknown, store: Store): object {
  const wanted = new Set([...store.twin, ...store.runs.lanes]);
  const list = store.runs.kept.filter((b) => wanted.has(b) && b.token !== "").slice(0, most);
  const families = [...new Set(list.map((b) => b.family))];
  const runs: KeptRun[] = list.map((b) => ({
    token: b.token, name: b.name, parent: b.parent?.name ?? "", family: families.indexOf(b.family), beside: store.twin.includes(b),
  }));
  return { ...(state as object | null), [key]: runs };
}

/** Brings back the runs of a history entry beside the page's own, which is one of them; gives those that came. */
export async function restoreRuns(state: unknown, store: Store, patience: number): Promise<readonly Branch[]> {
  const kept = keptIn(state);
  const own = store.first;
  if (kept.length < 2) return [];
  await store.begun(own);
  await store.whole(own, patience);
  const here = kept.find((k) => k.token === own.token);
  if (!here) return [];
  const families = new Map<number, Family>([[here.family, own.family]]);
  const made = new Map<string, Branch>();
  for (const k of kept) {
    const family = families.get(k.family) ?? { source: own.family.source };
    families.set(k.family, family);
    made.set(k.name, k === here ? own : newBranch(k.name, [], family));
  }
  const name = own.name;
  own.name = here.name;
  const came = await store.bringBack(own, kept.map((k) => ({ b: made.get(k.name)!, token: k.token })));
  if (came.length === 0) {
    own.name = name;
    return came;
  }
  for (const k of kept) {
    const b = made.get(k.name)!;
    b.parent = made.get(k.parent);
    if (b.parent) b.forkAt = b.inputs.at(-1)?.at ?? 0;
  }
  store.setTwin(kept.filter((k) => k.beside).map((k) => made.get(k.name)!));
  return came;
}

function keptIn(state: unknown): readonly KeptRun[] {
  if (typeof state !== "object" || state === null || !(key in state) || !Array.isArray(state[key])) return [];
  return state[key] as KeptRun[];
}
