// Loaded before the first paint, so that a chosen theme does not flash. Everything else waits for the document.
"use strict";
(() => {
  const root = document.documentElement;
  const key = "finwait-theme";

  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked, as it is in some frames
    }
  };
  const show = (theme) => {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show(stored());
  addEventListener("storage", (e) => {
    if (e.key === key) show(e.newValue);
  });

  const toggle = () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    show(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // the choice holds for this page alone
    }
  };

  // The other language's link keeps the run and the time that the stage has put into this page's address.
  const keepRun = (link) => {
    const to = new URL(link.href);
    for (const [name, value] of new URLSearchParams(location.search)) to.searchParams.set(name, value);
    link.href = to.href;
  };

  // A link of the text to another run opens it on this page's stage.
  const openRun = (link, e) => {
    const plain = e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;
    if (!plain) return;
    e.preventDefault();
    document.dispatchEvent(new CustomEvent("fw-open-run", { detail: { token: link.dataset.run } }));
  };

  // A moment of the text moves the stage's playhead (the stage does that); where the stage is out of sight, go to it.
  const goToStage = (stage) => {
    const { top, bottom } = stage.getBoundingClientRect();
    if (top < innerHeight - 120 && bottom > 120) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stage.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  };

  addEventListener("click", (e) => {
    if (!(e.target instanceof Element)) return;
    if (e.target.closest("[data-toggle-theme]")) toggle();
    const link = e.target.closest("a[data-language]");
    if (link) keepRun(link);
    const stage = document.querySelector("tcp-stage:defined");
    if (stage && e.target.closest("a[data-at]")) goToStage(stage);
    const run = e.target.closest("a[data-run]");
    if (stage && run) openRun(run, e);
  });
})();
