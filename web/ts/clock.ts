// The one frame clock of a page: everything that moves is moved from here, and nothing runs while nothing asks.

export type Frame = (now: number) => boolean;

const waiting = new Set<Frame>();
let due = 0;

/** Calls f at the next frame, and at each one after it for as long as it returns true. now is in ms. */
export function onFrame(f: Frame): void {
  waiting.add(f);
  if (due === 0) due = requestAnimationFrame(tick);
}

/** Takes f off the clock. */
export function offFrame(f: Frame): void {
  waiting.delete(f);
}

function tick(now: number): void {
  due = 0;
  for (const f of [...waiting]) {
    if (!f(now)) waiting.delete(f);
  }
  if (waiting.size > 0 && due === 0) due = requestAnimationFrame(tick);
}
