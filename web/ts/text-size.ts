// The size of the text that the reader chose, here or in the browser: drawings follow it as the words do.
import { h } from "./dom.ts";

const usual = 16; // px

const followers: ((scale: number) => void)[] = [];
let watched = false;
let now = 1;

/** Calls f with the size of the text, 1 being the usual one: at once, and when it changes. */
export function onTextSize(f: (scale: number) => void): void {
  followers.push(f);
  f(now);
  if (watched) return;
  watched = true;
  const rem = h("div", { class: "remsize", "aria-hidden": "true" });
  document.body.append(rem);
  new ResizeObserver(([entry]) => {
    const scale = (entry?.contentRect.width ?? usual) / usual;
    if (scale === now) return;
    now = scale;
    for (const tell of followers) tell(scale);
  }).observe(rem);
}
