// The scale of a slider for a setting: each value where there are few, else logarithmic in round numbers.
export interface Range {
  min: number;
  max: number;
  default: number;
}

const fewest = 300; // values that get a place each
const places = 120;

export class Scale {
  readonly #range: Range;
  readonly steps: number;

  constructor(range: Range) {
    this.#range = range;
    const span = range.max - range.min;
    this.steps = span <= fewest ? span : places;
  }

  /** The value at a place, 0 to steps. */
  value(place: number): number {
    const { min, max } = this.#range;
    if (place <= 0) return min;
    if (place >= this.steps) return max;
    if (this.steps === max - min) return min + place;
    if (place === this.place(this.#range.default)) return this.#range.default;
    return Math.min(max, Math.max(min, round(min + (max - min + 1) ** (place / this.steps) - 1)));
  }

  /** The place nearest to a value. */
  place(value: number): number {
    const { min, max } = this.#range;
    if (this.steps === max - min) return value - min;
    const v = Math.min(max, Math.max(min, value));
    return Math.round((Math.log(v - min + 1) / Math.log(max - min + 1)) * this.steps);
  }
}

/** Two digits, as people choose numbers. */
function round(v: number): number {
  if (v < 10) return Math.round(v);
  const unit = 10 ** (Math.floor(Math.log10(v)) - 1);
  return Math.round(v / unit) * unit;
}
