// In which frame a panel is drawn. What is looked at while a run plays is drawn in each; the others take turns, one a frame,
// and those that nobody sees wait. Whoever stands still sees the same instant everywhere: then all are drawn at once.

export interface Turned {
  /** While a run plays it may be drawn some frames later: the bits that it hears, and whether anybody sees it. */
  readonly later?: { bits: number; seen: { readonly now: boolean } } | undefined;
}

const rest = 6; // frames between two turns of a panel

export class Turns<P extends Turned> {
  #panels: P[] = [];
  #owed = new Map<P, number>(); // in the order in which they fell due
  #drawn = new Map<P, number>(); // the frame of the last turn
  #frame = 0;

  add(p: P): void {
    this.#panels.push(p);
  }

  /** Draws what is due. */
  draw(bits: number, playing: boolean, draw: (p: P, bits: number) => void): void {
    this.#frame++;
    for (const p of this.#panels) {
      const heard = p.later ? bits & p.later.bits : bits;
      if (heard !== 0) this.#owed.set(p, (this.#owed.get(p) ?? 0) | heard);
    }
    const next = playing ? this.#next() : undefined;
    for (const p of this.#panels) {
      const due = this.#owed.get(p);
      if (due === undefined || (playing && p.later && p !== next)) continue;
      this.#owed.delete(p);
      if (p.later) this.#drawn.set(p, this.#frame);
      draw(p, due);
    }
  }

  #next(): P | undefined {
    for (const p of this.#owed.keys()) {
      if (p.later?.seen.now && this.#frame - (this.#drawn.get(p) ?? -rest) >= rest) return p;
    }
    return undefined;
  }
}
