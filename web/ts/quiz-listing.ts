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
  return h("figure", { class: "term" }, h("figcaption", {}, l.title), h("pre", { tabindex: 0, "aria-label": l.title, role: "group" }, ...lines));
}

/** The listings that a page has in its markup, which its data leaves out. */
export function readListings(root: ParentNode): Listing[] {
  return [...root.querySelectorAll("figure.term")].map((figure) => {
    const lines = [...figure.querySelectorAll(".ln")];
    const numbers = lines.map((ln) => ln.querySelector(".no")).filter((no) => no !== null).map((no) => Number(no.textContent));
    const text = (ln: Element): string => (ln.lastChild?.textContent ?? "").replace(/\n$/, "").slice(numbers.length > 0 ? 1 : 0); // behind a number stands a space
    const mark = lines.findIndex((ln) => ln.classList.contains("mark"));
    return { title: figure.querySelector("figcaption")?.textContent ?? "", lines: lines.map(text),
      ...(numbers.length > 0 && { numbers }), ...(mark >= 0 && { mark: numbers[mark] }) };
  });
}
