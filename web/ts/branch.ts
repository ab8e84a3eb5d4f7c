// The runs of one stage: the first, and those forked from it.
import type { Input } from "./events.gen.ts";
import { Replay, RunLog } from "./model.ts";
import type { RunValue } from "./stream.ts";

/** One run of the stage. A branch other than the first was forked from its parent by the last of its inputs. */
export interface Branch {
  name: string; // "A", "B", …
  log: RunLog;
  replay: Replay;
  token: string;
  inputs: Input[];
  parent: Branch | undefined;
  forkAt: number; // µs, the new input's time
  seen: number; // events that the reader has seen of it
}

export function newBranch(name: string, inputs: Input[], parent: Branch | undefined, forkAt: number): Branch {
  const log = new RunLog();
  return { name, log, replay: new Replay(log), token: "", inputs, parent, forkAt, seen: 0 };
}

/** The letter after the last one in use. */
export function nextName(branches: readonly Branch[]): string {
  const last = branches.reduce((a, b) => Math.max(a, b.name.charCodeAt(0)), 64);
  return String.fromCharCode(Math.min(90, last + 1));
}

/** The run that a branch is of, its inputs apart; source is the scenario's text where it has no name. */
export function runOf(b: Branch, source: string): RunValue | undefined {
  const { meta } = b.log;
  if (!meta) return undefined;
  const { name, sha256 } = meta.scenario;
  const what = name ? { scenario: name, digest: sha256.slice(0, 16) } : { source };
  return { ...what, vary: meta.vary ?? {}, seed: meta.seed };
}
