// Texts beside a question: a program, a list of packets, a table of sockets.
import { h } from "./dom.ts";
import type { Listing } from "./quiz.gen.ts";

export function drawListing(l: Listing): HTMLElement {
  const lines = l.lines.map((text, i) => {
    const no = l.numbers?.[i];
    const marked = no !== undefined && l.mark === no;
    const attrs = marked ? { class: "ln mark", "aria-current": "true" } : { class: "ln" };
    return h("span", attrs, no !== undefined ? h("span", { class: "no", "aria-hidden": "true" }, no > 0 ? String(no) : "") : undefined, `${text}\n`);
  });
  return h("figure", { class: "term" }, h("figcaption", {}, l.title), h("pre", { tabindex: 0, "aria-label": l.title, role: "region" }, ...lines));
}
