// The one frame clock of a page: everything that moves is moved from here, and nothing runs while nothing asks.

export type Frame = (now: number) => boolean;

const waiting = new Set<Frame>();
const after: (() => void)[] = [];
let drawing = false;
let due = 0;

/** Calls f at the next frame, and at each one after it for as long as it returns true. now is in ms. */
export function onFrame(f: Frame): void {
  waiting.add(f);
  if (due === 0) due = requestAnimationFrame(tick);
}

/** Calls f when all of the frame is drawn; outside of a frame at once. For what lays the page out, as a scroll does: it is
 * laid out once then. */
export function afterDrawing(f: () => void): void {
  if (drawing) after.push(f);
  else f();
}

function tick(now: number): void {
  due = 0;
  drawing = true;
  try {
    for (const f of [...waiting]) {
      if (!f(now)) waiting.delete(f);
    }
  } finally {
    drawing = false;
  }
  for (const f of after.splice(0)) f();
  if (waiting.size > 0 && due === 0) due = requestAnimationFrame(tick);
}
