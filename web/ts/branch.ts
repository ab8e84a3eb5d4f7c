// One run of the stage: the first, one forked from another, or one that was opened beside them.
import type { Input } from "./events.gen.ts";
import type { Hold } from "./hold.ts";
import { Replay } from "./model.ts";
import { RunLog } from "./run-log.ts";
import type { RunValue } from "./stream.ts";

/** One run of the stage. A fork was made from its parent by the last of its inputs. */
export interface Branch {
  name: string; // "A", "B", …
  log: RunLog;
  replay: Replay;
  token: string;
  inputs: Input[];
  parent: Branch | undefined;
  forkAt: number; // µs, the new input's time
  seen: number; // events that the reader has seen of it
  family: Family;
  hold?: Hold | undefined; // what of it the reader must predict first
  note: string; // what the reader's last change led to, in a few sentences; empty before it is known
}

/** What a run and all forks of it have in common: the scenario and its choices. Two runs of a family share a beginning. */
export interface Family {
  source: string; // the scenario's text, where it has no name
}

export function newBranch(name: string, inputs: Input[], family: Family, parent?: Branch, forkAt = 0): Branch {
  const log = new RunLog();
  return { name, log, replay: new Replay(log), token: "", inputs, parent, forkAt, seen: 0, family, note: "" };
}

/** The name of run n, from 0: "A" to "Z", then "AA", "AB", … */
export function letter(n: number): string {
  return (n < 26 ? "" : letter(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));
}

/** The run that a branch is of, its inputs apart. */
export function runOf(b: Branch): RunValue | undefined {
  const { meta } = b.log;
  if (!meta) return undefined;
  const { name, sha256 } = meta.scenario;
  const what = name ? { scenario: name, digest: sha256.slice(0, 16) } : { source: b.family.source };
  return { ...what, vary: meta.vary ?? {}, seed: meta.seed };
}
