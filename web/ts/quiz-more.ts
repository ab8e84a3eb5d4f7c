// A link to all questions of a lesson puts those that the page has not yet in its own place. Where they do not come, it leads there.

document.addEventListener("click", (e) => {
  const link = e.target instanceof Element ? e.target.closest<HTMLAnchorElement>("a[data-more]") : null;
  if (!link || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  void more(link);
});

async function more(link: HTMLAnchorElement): Promise<void> {
  try {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const names = [...document.querySelectorAll("quiz-card")].map((card) => card.getAttribute("quiz"));
    const cards = [...page.querySelectorAll("quiz-card")].filter((card) => !names.includes(card.getAttribute("quiz")));
    link.parentElement?.replaceWith(...cards);
    cards[0]?.querySelector<HTMLElement>("[tabindex='-1']")?.focus();
  } catch {
    location.assign(link.href);
  }
}
