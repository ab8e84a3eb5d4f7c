// On every page: the theme, the size of the text, and links that the page answers itself. It is loaded before the first paint, so that what was
// chosen does not flash; everything else waits for a click.
(() => {
  const root = document.documentElement;
  const key = "finwait-theme";

  const show = (theme: string | null): void => {
    if (theme === "dark" || theme === "light") root.dataset["theme"] = theme;
    else delete root.dataset["theme"];
  };
  const stored = (): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked, as it is in some frames
    }
  };
  show(stored());

  // The size of the text: tokens.css has the steps.
  const sizeKey = "finwait-text";
  const resize = (size: string | null): void => {
    if (size === "s" || size === "l" || size === "xl") root.dataset["text"] = size;
    else delete root.dataset["text"];
    for (const b of document.querySelectorAll("[data-text-size]")) {
      b.setAttribute("aria-pressed", String(b.getAttribute("data-text-size") === (root.dataset["text"] ?? "m")));
    }
  };
  const storedSize = (): string | null => {
    try {
      return localStorage.getItem(sizeKey);
    } catch {
      return null;
    }
  };
  const choose = (size: string): void => {
    resize(size);
    try {
      localStorage.setItem(sizeKey, size);
    } catch {
      // it holds for this page alone
    }
  };
  resize(storedSize());
  addEventListener("DOMContentLoaded", () => resize(storedSize()));
  addEventListener("storage", (e) => {
    if (e.key === key) show(e.newValue);
    if (e.key === sizeKey) resize(e.newValue);
  });

  // The menus of the header close by Escape, and by a click beside them.
  const menus = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll(".top details[open]");
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.defaultPrevented) return;
    for (const menu of menus()) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
      menu.open = false;
    }
  });
  addEventListener("click", (e) => {
    for (const menu of menus()) if (!(e.target instanceof Node && menu.contains(e.target))) menu.open = false;
  });

  const toggle = (): void => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset["theme"] ?? system) === "dark" ? "light" : "dark";
    show(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // the choice holds for this page alone
    }
  };

  // The other language's link keeps the run and the time that the stage has put into this page's address.
  const keepRun = (link: HTMLAnchorElement): void => {
    const to = new URL(link.href);
    for (const [name, value] of new URLSearchParams(location.search)) to.searchParams.set(name, value);
    link.href = to.href;
  };

  // A link of the text to another run opens it on this page's stage.
  const openRun = ({ run: token, from }: DOMStringMap): void => {
    document.dispatchEvent(new CustomEvent("fw-open-run", { detail: { token, at: from && Number(from) } }));
  };

  // A moment of the text moves the stage's playhead (the stage does that); where the stage is out of sight, go to it.
  const goTo = (stage: Element): void => {
    const { top, bottom } = stage.getBoundingClientRect();
    if (top < innerHeight - 120 && bottom > 120) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stage.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  };

  // The search dialog comes when it is first asked for. Where it does not come, its link leads to the reference.
  const search = async (link: HTMLAnchorElement): Promise<void> => {
    try {
      const [dialog] = await Promise.all([import(link.dataset["search"] ?? "") as Promise<typeof import("./search-dialog.ts")>, styled(link.dataset["sheet"] ?? "")]);
      dialog.open(link);
    } catch {
      location.assign(link.href);
    }
  };
  const styled = (href: string): Promise<void> => new Promise((done, fail) => {
    if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return done();
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: () => done(), onerror: fail });
    document.head.append(sheet);
  });
  const searchLink = (): HTMLAnchorElement | null => document.querySelector("a[data-search]");
  addEventListener("DOMContentLoaded", () => {
    for (const [name, value] of [["role", "button"], ["aria-haspopup", "dialog"], ["aria-keyshortcuts", "/"]] as const) searchLink()?.setAttribute(name, value);
  });
  const letters = (): boolean => {
    try {
      return localStorage.getItem("finwait.letters") !== "off";
    } catch {
      return true;
    }
  };
  addEventListener("keydown", (e) => {
    const at = e.composedPath()[0];
    const link = searchLink();
    if (!link || !(at instanceof HTMLElement) || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = at.isContentEditable || at.matches("input, textarea, select");
    const asked = e.key === "/" ? !typing && letters() && !document.querySelector("dialog[open]") : e.key === " " && at === link;
    if (!asked) return;
    e.preventDefault();
    void search(link);
  });

  addEventListener("click", (e) => {
    if (!(e.target instanceof Element)) return;
    const find = e.target.closest<HTMLAnchorElement>("a[data-search]");
    if (find && e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      void search(find);
    }
    if (e.target.closest("[data-toggle-theme]")) toggle();
    if (e.target.closest("[data-print]")) print();
    const size = e.target.closest("[data-text-size]")?.getAttribute("data-text-size");
    if (size) choose(size);
    const language = e.target.closest<HTMLAnchorElement>("a[data-language]");
    if (language) keepRun(language);
    const stage = document.querySelector("tcp-stage:defined");
    if (!stage || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    if (e.target.closest("a[data-at]")) goTo(stage);
    const run = e.target.closest<HTMLAnchorElement>("a[data-run]");
    if (run) {
      e.preventDefault();
      openRun(run.dataset);
    }
  });
})();
