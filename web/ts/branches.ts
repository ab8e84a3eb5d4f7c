// The runs that a learner has: all that are kept, those with a lane, and what was taken back.
import { type Branch, letter, newBranch } from "./branch.ts";

const mostLanes = 4;
const mostKept = 24; // a run's log takes memory

export class Branches {
  /** All runs, oldest first. The first is the page's own. */
  kept: Branch[];
  /** Those of the current run's family that have a lane: its first, its latest, and the current one. */
  lanes: Branch[];
  current: Branch;
  #count = 1;
  #undone: Branch[] = [];

  constructor(first: Branch) {
    this.current = first;
    this.kept = this.lanes = [first];
  }

  /** How many runs of the family have no lane. */
  get folded(): number {
    return this.#family().length - this.lanes.length;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Takes a run in, at the end or before another, names it, and shows it where `show` says so. */
  add(b: Branch, show: boolean, before?: Branch): void {
    while (!b.name || this.kept.some((x) => x.name === b.name)) b.name = letter(this.#count++);
    if (before) this.kept.splice(this.kept.indexOf(before), 0, b);
    else this.kept.push(b);
    this.#undone = [];
    if (show) this.current = b;
    if (this.kept.length > mostKept) {
      const old = this.kept.find((x) => x !== this.kept[0] && x !== this.current && x !== b);
      if (old) this.remove(old);
    }
    this.arrange();
  }

  /** Shows another run. What was taken back before can't be done again after it. */
  show(b: Branch): void {
    this.#undone = [];
    this.current = b;
    this.arrange();
  }

  /** Lets a run go for good; its forks stay. Gives the run to show then. The first one stays. */
  remove(b: Branch): Branch {
    if (b === this.kept[0]) return this.current;
    const next = b.parent ?? this.kept[Math.max(0, this.kept.indexOf(b) - 1)]!;
    this.kept = this.kept.filter((x) => x !== b);
    this.#undone = this.#undone.filter((x) => x !== b);
    for (const x of this.kept) if (x.parent === b) x.parent = undefined;
    if (this.current === b) this.current = next;
    this.arrange();
    return this.current;
  }

  /** Goes back to the current run's parent. */
  undo(): void {
    const { current } = this;
    if (!current.parent) return;
    this.current = current.parent;
    this.#undone.push(current);
    this.arrange();
  }

  /** Goes on to the run that was taken back last. */
  redo(): boolean {
    const b = this.#undone.pop();
    if (!b) return false;
    this.current = b;
    this.arrange();
    return true;
  }

  /** A run that came by a link gets the one before its last input as its parent. */
  adoptParent(b: Branch): Branch {
    const inputs = b.inputs.slice(0, -1);
    if (this.kept.length === 1) b.name = letter(1);
    const name = this.kept.some((x) => x.name === letter(0)) ? "" : letter(0);
    const parent = newBranch(name, inputs, b.family, undefined, inputs.at(-1)?.at ?? 0);
    b.parent = parent;
    b.forkAt = b.inputs.at(-1)!.at;
    this.add(parent, false, b);
    return parent;
  }

  #family(): Branch[] {
    return this.kept.filter((b) => b.family === this.current.family);
  }

  arrange(): void {
    const all = this.#family();
    const chosen = new Set([all[0]!, this.current]);
    for (let i = all.length - 1; i >= 0 && chosen.size < mostLanes; i--) chosen.add(all[i]!);
    this.lanes = all.filter((b) => chosen.has(b));
  }
}
