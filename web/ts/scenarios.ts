// What the stage knows of the scenarios of its runs: their programs, for the code panes, and what they vary.
import { type Branch, type Family, runOf } from "./branch.ts";
import { type Program, programOf } from "./program.ts";
import type { StageData } from "./stage-data.ts";
import type { Failure, Store } from "./store.ts";
import type { TcpCode } from "./tcp-code.ts";

interface Known {
  program: Program | undefined;
  vary: readonly Vary[];
}

interface Vary {
  name: string;
  choices: readonly string[];
}

const mostRuns = 4; // side by side

export class Scenarios {
  #store: Store;
  #base: string;
  #codes: readonly TcpCode[];
  #known = new Map<Family, Known>();
  #shown: Program | undefined; // in the code panes

  constructor(store: Store, base: string, codes: readonly TcpCode[]) {
    this.#store = store;
    this.#base = base;
    this.#codes = codes;
  }

  /** Takes what a page or the server says of a family of runs. */
  learn(family: Family, data: StageData): void {
    family.source ||= data.source?.text ?? "";
    this.#known.set(family, { program: programOf(data), vary: data.vary ?? [] });
  }

  /** Takes what a scenario varies, where that comes apart from its text. */
  learnChoices(family: Family, vary: readonly Vary[]): void {
    this.#known.set(family, { program: this.#known.get(family)?.program, vary });
  }

  /** The code panes show the page's own programs already. */
  shows(family: Family): void {
    this.#shown = this.#known.get(family)?.program;
  }

  /** Asks for the scenario of a run that another element opened: it may be another than the page's. */
  async fetch(token: string, family: Family): Promise<void> {
    if (this.#known.has(family)) return;
    const answer = await fetch(`${this.#base}api/v1/runs/program?run=${encodeURIComponent(token)}`).catch(() => undefined);
    if (!answer?.ok) return;
    this.learn(family, (await answer.json()) as StageData);
    this.show();
  }

  /** The code panes follow the run that is shown. Until its program has come they are empty: the lines of another one would
   * be marked as if they were its own. */
  show(): void {
    const program = this.#known.get(this.#store.current.family)?.program;
    if (program === this.#shown) return;
    this.#shown = program;
    for (const pane of this.#codes) pane.show(program, this.#store);
  }

  /** Whether the scenario of a run has choices to compare. */
  varies(b: Branch): boolean {
    return this.#varied(b) !== undefined && b.log.meta !== undefined;
  }

  #varied(b: Branch): Vary | undefined {
    return this.#known.get(b.family)?.vary.find((v) => v.choices.length > 1);
  }

  /** Puts a run for each choice of the current one's scenario side by side, at most four, the one that is shown among them. */
  async compare(): Promise<Failure | undefined> {
    const { current, runs } = this.#store;
    const vary = this.#varied(current);
    const base = runOf(current);
    const { meta } = current.log;
    if (!vary || !base || !meta) return undefined;
    const own = meta.vary[vary.name];
    const choices = vary.choices.filter((c, i) => c === own || i < mostRuns - (vary.choices.indexOf(own ?? "") < mostRuns ? 0 : 1)).slice(0, mostRuns);
    const wanted = choices.map((choice) => ({ ...meta.vary, [vary.name]: choice }));
    const there = wanted.map((w) => runs.kept.find((b) => isPlain(b, current, w)));
    const fetched = await this.#store.fetch(wanted.filter((_, i) => !there[i]).map((w) => ({ run: { ...base, vary: w, inputs: [] } })), current.family.source);
    if (!Array.isArray(fetched)) return fetched;
    for (const b of fetched) void this.fetch(b.token, b.family);
    this.#store.setTwin(there.map((b) => b ?? fetched.shift()!));
    return undefined;
  }
}

/** Whether b is the scenario's run of these choices with no input, of the same seed. */
function isPlain(b: Branch, of: Branch, vary: Record<string, string>): boolean {
  const [x, y] = [b.log.meta, of.log.meta];
  if (!x || !y || b.inputs.length > 0 || x.scenario.sha256 !== y.scenario.sha256 || x.seed !== y.seed) return false;
  return Object.entries(vary).every(([k, v]) => x.vary[k] === v);
}
