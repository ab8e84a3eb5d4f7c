// A segment's way in px: the lines that are drawn along it. Pure geometry.
import { across, along, type Point, traced, type Wire } from "./wire.ts";

const crossRoom = 11; // px before a loss

export class WireLine {
  readonly #wire: Wire;
  readonly #top: number;

  /** top is the height of the drawing above the lens. */
  constructor(wire: Wire, top: number) {
    [this.#wire, this.#top] = [wire, top];
  }

  /** A point of the way in px. */
  at(p: Point): { x: number; y: number } {
    return { x: across(this.#wire, p.share), y: this.#top + p.y };
  }

  px(p: Point): string {
    const { x, y } = this.at(p);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  }

  /** As the points of a polyline. */
  points(points: readonly Point[]): string {
    return traced(this.#wire, points).map((p) => this.px(p)).join(" ");
  }

  path(points: readonly Point[]): string {
    return `M${traced(this.#wire, points).map((p) => this.px(p)).join("L")}`;
  }

  /** The direction of the line's end, in degrees. */
  heading(points: readonly Point[]): number {
    const [a, b] = traced(this.#wire, points).slice(-2);
    return a && b ? this.angle(a, b) : 0;
  }

  angle(a: Point, b: Point): number {
    const [from, to] = [this.at(a), this.at(b)];
    return (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  }

  /** The way to a loss, and to where its cross begins. */
  untilLoss(points: readonly Point[], lost: Point): Point[] {
    const before = points.filter((p) => p.y < lost.y);
    const last = before.at(-1) ?? lost;
    const [from, to] = [this.at(last), this.at(lost)];
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const f = length > crossRoom ? 1 - crossRoom / length : 0;
    return [...before, { y: last.y + f * (lost.y - last.y), share: last.share + f * (lost.share - last.share) }];
  }
}

/** The points passed at height y, and the point there. */
export function cut(points: readonly Point[], y: number): { points: Point[]; here: Point } {
  let i = 1;
  while (i < points.length - 1 && points[i]!.y <= y) i++;
  return { points: points.slice(0, i), here: along(points[i - 1]!, points[i]!, y) };
}
