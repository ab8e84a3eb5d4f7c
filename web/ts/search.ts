// Binary search in what ascends.

/** How many of the indices 0 to length - 1 pass a test that holds for a prefix of them. */
export function prefix(length: number, holds: (i: number) => boolean): number {
  let lo = 0;
  let hi = length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (holds(mid)) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** How many values of an ascending list are at most x, a rounding error aside. */
export function upTo(list: readonly number[], x: number): number {
  return prefix(list.length, (i) => list[i]! <= x + 1e-6);
}
