// A segment's way in px: the lines that are drawn along it. Pure geometry.
import { tenth } from "./format.ts";
import { across, along, type Point, traced, type Wire } from "./wire.ts";

const crossRoom = 11; // px before a loss
const headLength = 9.75; // px
const headHalf = 4.03;
const nose = 3; // px of a head that is before now

/** A place in the drawing, in px. */
export interface Spot {
  x: number;
  y: number;
}

export class WireLine {
  readonly #wire: Wire;
  readonly #top: number;

  /** top is the height of the drawing above the lens. */
  constructor(wire: Wire, top: number) {
    [this.#wire, this.#top] = [wire, top];
  }

  /** A point of the way in px. */
  at(p: Point): Spot {
    return { x: across(this.#wire, p.share), y: this.#top + p.y };
  }

  px(p: Point): string {
    return spot(this.at(p));
  }

  /** As the points of a polyline. */
  points(points: readonly Point[]): string {
    return traced(this.#wire, points).map((p) => this.px(p)).join(" ");
  }

  path(points: readonly Point[]): string {
    return `M${traced(this.#wire, points).map((p) => this.px(p)).join("L")}`;
  }

  /** The head at the end of a line. */
  head(points: readonly Point[]): string {
    const [a, b] = traced(this.#wire, points).slice(-2).map((p) => this.at(p));
    return a && b ? cornersAt(b, headOf(a, b, 0)) : "";
  }

  /** The straight piece of the way that is at height y of the lens. */
  legAt(points: readonly Point[], y: number): Leg {
    return new Leg(traced(this.#wire, points).map((p) => this.at(p)), this.#top + y);
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

/** A straight piece of a segment's way. While the segment is on it, next to nothing has to be computed for a frame. */
export class Leg {
  #from: Spot;
  #to: Spot;
  #first: boolean;
  #last: boolean;
  #passed: string; // the line before it
  #rest: string; // the way after it
  #head: readonly Spot[];

  /** Of the corners of a way, the piece that reaches height y of the drawing. */
  constructor(corners: readonly Spot[], y: number) {
    let i = 1;
    while (i < corners.length - 1 && corners[i]!.y <= y) i++;
    [this.#from, this.#to] = [corners[i - 1]!, corners[i]!];
    [this.#first, this.#last] = [i === 1, i === corners.length - 1];
    this.#passed = corners.slice(0, i).map(spot).join(" ");
    this.#rest = corners.slice(i).map((c) => `L${spot(c)}`).join("");
    this.#head = headOf(this.#from, this.#to, nose);
  }

  /** Whether the piece is the one that reaches height y of the drawing. */
  holds(y: number): boolean {
    return (this.#first || y >= this.#from.y) && (this.#last || y < this.#to.y);
  }

  at(y: number): Spot {
    const [a, b] = [this.#from, this.#to];
    const f = b.y > a.y ? Math.max(0, Math.min(1, (y - a.y) / (b.y - a.y))) : 1;
    return { x: a.x + f * (b.x - a.x), y: a.y + f * (b.y - a.y) };
  }

  /** The line as far as a spot on the piece, as points. */
  passed(here: Spot): string {
    return `${this.#passed} ${spot(here)}`;
  }

  /** The way from a spot on the piece to its end, as a path. */
  rest(here: Spot): string {
    return `M${spot(here)}${this.#rest}`;
  }

  /** The head of who flies there, as points. */
  head(here: Spot): string {
    return cornersAt(here, this.#head);
  }
}

/** The corners of a head that points from a to b, beside its place; its tip so many px before it. */
function headOf(a: Spot, b: Spot, before: number): Spot[] {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const corner = (along: number, aside: number): Spot => ({ x: along * dx - aside * dy, y: along * dy + aside * dx });
  return [corner(before, 0), corner(before - headLength, -headHalf), corner(before - headLength, headHalf)];
}

function cornersAt(p: Spot, corners: readonly Spot[]): string {
  return corners.map((c) => `${tenth(p.x + c.x)} ${tenth(p.y + c.y)}`).join(" ");
}

function spot(p: Spot): string {
  return `${tenth(p.x)} ${tenth(p.y)}`;
}

/** The points passed at height y, and the point there. */
export function cut(points: readonly Point[], y: number): { points: Point[]; here: Point } {
  let i = 1;
  while (i < points.length - 1 && points[i]!.y <= y) i++;
  return { points: points.slice(0, i), here: along(points[i - 1]!, points[i]!, y) };
}
