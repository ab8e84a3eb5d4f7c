// On every page with the list of lessons: which of them were opened, how many of their questions were answered right, and
// where to go on. Kept in this browser alone.
import { last, opened } from "./opened.ts";
import { noteRight, rightIn } from "./right.ts";

const header = document.querySelector<HTMLElement>("header.top");

function phrase(name: string, values: Readonly<Record<string, string>>): string {
  return (header?.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? "");
}

const links = (slug?: string): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>("a[data-slug]")].filter((a) => slug === undefined || a.dataset["slug"] === slug);

/** Marks the lessons that were opened; words say it too. */
function mark(): void {
  const seen = opened();
  for (const link of links()) {
    const slug = link.dataset["slug"] ?? "";
    const right = rightIn(slug);
    link.classList.toggle("seen", seen.includes(slug));
    link.querySelector(".done")?.remove();
    link.querySelectorAll(".dots i").forEach((dot, i) => dot.classList.toggle("on", i < right));
    if (!seen.includes(slug)) continue;
    const done = document.createElement("span");
    done.className = "done";
    done.textContent = right > 0 ? phrase("right", { n: String(right), of: link.dataset["questions"] ?? "" }) : phrase("seen", {});
    link.querySelector(".lt")?.after(done);
  }
}

/** Leads to the lesson that was open last. */
function resume(): void {
  const slug = last();
  const link = slug === undefined ? undefined : links(slug)[0];
  if (!link) return;
  const number = link.querySelector(".n")?.textContent ?? "";
  const lesson = `${number} ${link.querySelector(".lt")?.textContent ?? ""}`;
  for (const to of document.querySelectorAll<HTMLAnchorElement>("a[data-resume]")) {
    to.href = link.href;
    to.title = lesson;
    to.querySelector(".to")?.replaceChildren(to.dataset["resume"] === "short" ? phrase("continue", { n: String(Number(number)) }) : phrase("resume", { lesson }));
    to.hidden = location.href.startsWith(link.href);
  }
}

mark();
resume();
addEventListener("storage", mark);
document.addEventListener("fw-answer", (e) => {
  const slug = /\/lessons\/([a-z0-9-]+)(?:\/questions)?$/.exec(location.pathname)?.[1];
  if (slug === undefined || !(e instanceof CustomEvent) || !(e.target instanceof Element)) return;
  const score = (e.detail as { score: number }).score;
  if (score >= 1) noteRight(slug, e.target.getAttribute("quiz") ?? "");
  mark();
});
