// The scale of a slider for a setting: each value where there are few, else the round numbers that people choose.
export interface Range {
  min: number;
  max: number;
  default: number;
}

const fewest = 300; // values that get a place each
const decade = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

export class Scale {
  readonly #values: readonly number[];

  constructor({ min, max, default: usual }: Range) {
    const all = new Set([min, max, usual]);
    if (max - min <= fewest) for (let v = min; v < max; v++) all.add(v);
    else {
      for (let v = min; v < 10; v++) all.add(v);
      for (let unit = 1; unit * 10 < max; unit *= 10) for (const n of decade) if (n * unit > min && n * unit < max) all.add(n * unit);
    }
    this.#values = [...all].sort((a, b) => a - b);
  }

  /** The last place; the first is 0. */
  get steps(): number {
    return this.#values.length - 1;
  }

  /** The value at a place. */
  value(place: number): number {
    return this.#values[Math.max(0, Math.min(this.steps, place))]!;
  }

  /** The place nearest to a value. */
  place(value: number): number {
    const above = this.#values.findIndex((v) => v >= value);
    if (above <= 0) return above < 0 ? this.steps : 0;
    return this.#values[above]! - value <= value - this.#values[above - 1]! ? above : above - 1;
  }
}
