// The progress page: what this browser keeps, put into the places that the server left for it.
import { forget, seen } from "./coverage.ts";
import { forgetLessons, opened } from "./opened.ts";
import { forgetPredictions } from "./predicted.ts";
import { Outbox } from "./quiz-outbox.ts";
import { forgetRight } from "./right.ts";
import { storage } from "./storage.ts";

const all = <E extends Element>(selector: string): E[] => [...document.querySelectorAll<E>(selector)];

function fill(role: string, n: number): void {
  for (const el of all(`[data-role="${role}"]`)) el.textContent = String(n);
}

/** Lights the arrows seen, and the states that they touch. CLOSED stands twice: where a connection begins, and ends. */
function showArrows(): void {
  const got = seen();
  fill("arrows", got.size);
  for (const el of all<HTMLElement | SVGElement>("[data-arrow]")) {
    const has = ([...got] as string[]).includes(el.dataset["arrow"] ?? "");
    el.classList.toggle("got", has);
    if (el instanceof SVGPathElement) el.setAttribute("marker-end", has ? "url(#m-on)" : "url(#m-off)");
  }
  const ends = [...got].map((id) => id.split(">"));
  for (const el of all<SVGElement>("[data-state]")) {
    const state = el.dataset["state"];
    const last = el.hasAttribute("data-end");
    const touched = ends.some(([from, to]) => {
      if (state !== "CLOSED") return from === state || to === state;
      const end = from === "LAST-ACK" || from === "TIME-WAIT";
      return last ? end : !end && (from === state || to === state);
    });
    el.classList.toggle("vis", touched);
  }
  const figure = document.querySelector<SVGElement>("svg[data-label]");
  const arrows = new Set(all<SVGElement>("path[data-arrow]")).size;
  figure?.setAttribute("aria-label", (figure.dataset["label"] ?? "").replace("{n}", String(got.size)).replace("{all}", String(arrows)));
}

function showLessons(): void {
  const rows = all<HTMLElement>("[data-lesson]");
  const read = rows.filter((row) => opened().includes(row.dataset["lesson"] ?? ""));
  for (const row of rows) row.classList.toggle("got", read.includes(row));
  fill("opened", read.length);
}

function showUnsent(): void {
  fill("unsent", new Outbox("", storage()).waiting().length);
}

/** Empties what the browser keeps. */
function forgetHere(): void {
  forget();
  forgetLessons();
  forgetRight();
  forgetPredictions();
  new Outbox("", storage()).empty();
}

// What the browser keeps goes when the server has said that its part is gone: that is the page which this form leads to.
const asked = "finwait.forgetting";

function wasAsked(): boolean {
  try {
    const was = sessionStorage.getItem(asked) !== null;
    sessionStorage.removeItem(asked);
    return was;
  } catch {
    return false; // where nothing may be kept, nothing is
  }
}

function noteAsked(): void {
  try {
    sessionStorage.setItem(asked, "1");
  } catch {
    // as above
  }
}

if (wasAsked() && document.querySelector("[data-gone]")) forgetHere();
showArrows();
showLessons();
showUnsent();
const form = document.querySelector<HTMLFormElement>('form[data-role="forget"]');
form?.addEventListener("submit", noteAsked);
form?.addEventListener("reset", () => {
  const box = form.closest("details");
  if (!box) return;
  box.open = false;
  box.querySelector("summary")?.focus();
});
