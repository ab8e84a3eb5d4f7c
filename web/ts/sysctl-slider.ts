// <sysctl-slider>: one number that a host or the link has, as a slider and as a number to type. The tick marks the default;
// Delete goes back to it.
import { h, s, set } from "./dom.ts";
import { Scale } from "./sysctl-scale.ts";

export interface SliderValue {
  name: string;
  label: string; // of the number field
  min: number;
  max: number;
  default: number;
  unit: string;
  /** What a screen reader says besides the value: its default. */
  hint: string;
  /** What a value means where that is not itself, e.g. "acts as 8". */
  meaning(value: number): string | undefined;
}

let count = 0;

export class SysctlSlider extends HTMLElement {
  #spec!: SliderValue;
  #scale!: Scale;
  #range = h("input", { type: "range", min: 0 });
  #number = h("input", { type: "number", step: 1, inputmode: "numeric" });
  #note = h("span", { class: "means" });
  #value = 0;
  #decide!: (value: number, done: boolean) => void;

  /** decide gets each value; done says that the reader has let go of it. */
  attach(spec: SliderValue, decide: (value: number, done: boolean) => void): void {
    this.#spec = spec;
    this.#decide = decide;
    this.#scale = new Scale(spec);
    const id = `slider-${++count}`;
    this.#range.id = id;
    for (const [el, name] of [[this.#number, spec.label], [this.#range, spec.name]] as const) el.setAttribute("aria-label", name);
    this.#range.max = String(this.#scale.steps);
    this.#range.title = spec.hint;
    this.#number.min = String(spec.min);
    this.#number.max = String(spec.max);
    this.#number.classList.toggle("long", spec.max >= 100_000);
    const at = `${(100 * this.#scale.place(spec.default)) / this.#scale.steps}%`;
    const tick = s("svg", { class: "tick", "aria-hidden": "true" }, s("line", { x1: at, x2: at, y1: 0, y2: 8 }));
    this.append(h("label", { for: id }, spec.name), h("span", { class: "val" }, this.#note, this.#number, h("span", { class: "unit" }, spec.unit.length <= 2 ? spec.unit : "")),
      h("span", { class: "trk" }, tick, this.#range));
    this.#range.addEventListener("input", () => this.#choose(this.#scale.value(this.#range.valueAsNumber), false));
    this.#range.addEventListener("change", () => this.#choose(this.#value, true));
    this.#range.addEventListener("keydown", (e) => {
      if (e.key !== "Delete") return;
      e.preventDefault();
      this.#choose(spec.default, true);
    });
    this.#number.addEventListener("change", () => {
      const typed = this.#number.valueAsNumber;
      this.#choose(Number.isFinite(typed) ? Math.round(Math.min(spec.max, Math.max(spec.min, typed))) : this.#value, true);
    });
  }

  #choose(value: number, done: boolean): void {
    this.value = value;
    this.#decide(value, done);
  }

  set value(value: number) {
    this.#value = value;
    const { unit, hint, meaning } = this.#spec;
    this.#range.value = String(this.#scale.place(value));
    this.#number.value = String(value);
    const means = meaning(value);
    this.#note.textContent = means ?? "";
    set(this.#range, "aria-valuetext", [`${value}${unit ? ` ${unit}` : ""}`, means, hint].filter(Boolean).join(", "));
  }

  set disabled(off: boolean) {
    this.#range.disabled = this.#number.disabled = off;
  }
}
