// The cards of the glossary's terms in a text. Without this script a term is a link to the glossary; with it, a button that
// opens its card: under the pointer, on keyboard focus, on a tap. The card stays while pointer or focus is on it (WCAG
// 1.4.13), and Escape closes it.

export {};

const wait = 120; // ms under the pointer before it opens
const linger = 220; // ms after the pointer left before it closes
const edge = 12; // px to the window's edge
const gap = 6; // px between term and card

const cards = document.querySelector('[data-role="cards"]');

class Cards {
  #term: HTMLAnchorElement | undefined;
  #card: HTMLElement | undefined;
  #pinned = false;
  #timer = 0;

  constructor() {
    for (const term of document.querySelectorAll<HTMLAnchorElement>("a.gloss[data-term]")) {
      term.setAttribute("role", "button");
      term.setAttribute("aria-expanded", "false");
      term.setAttribute("aria-describedby", `card-${term.dataset["term"] ?? ""}`);
    }
    document.addEventListener("pointerover", (e) => this.#over(e));
    document.addEventListener("focusin", (e) => this.#focus(e.target));
    document.addEventListener("click", (e) => this.#click(e));
    document.addEventListener("keydown", (e) => this.#key(e), true);
    addEventListener("scroll", () => this.#place(), { passive: true, capture: true });
    addEventListener("resize", () => this.#place());
  }

  #over(e: PointerEvent): void {
    if (e.pointerType === "touch") return;
    const term = termAt(e.target);
    const inside = e.target instanceof Node && this.#card?.contains(e.target);
    if (term && term !== this.#term) this.#later(wait, () => this.#open(term, false));
    else if (term || inside) this.#later(0);
    else if (this.#term && !this.#pinned) this.#later(linger, () => this.#close());
    else this.#later(0);
  }

  /** Puts off what the pointer asked for; only the latest counts. */
  #later(ms: number, act?: () => void): void {
    clearTimeout(this.#timer);
    if (act) this.#timer = setTimeout(act, ms);
  }

  #focus(at: EventTarget | null): void {
    const term = termAt(at);
    if (term?.matches(":focus-visible")) this.#open(term, true);
    else if (this.#card && !term && !(at instanceof Node && this.#card.contains(at))) this.#close();
  }

  #click(e: MouseEvent): void {
    const term = termAt(e.target);
    if (!term) {
      if (this.#card && !(e.target instanceof Node && this.#card.contains(e.target))) this.#close();
      return;
    }
    if (e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    if (term === this.#term && this.#pinned) this.#close();
    else this.#open(term, true);
  }

  #key(e: KeyboardEvent): void {
    const term = termAt(e.target);
    if (e.key === " " && term) {
      e.preventDefault();
      term.click();
    } else if (e.key === "Escape" && this.#card) {
      e.stopPropagation();
      if (this.#card.contains(document.activeElement)) this.#term?.focus();
      this.#close();
    }
  }

  #open(term: HTMLAnchorElement, pinned: boolean): void {
    this.#later(0);
    this.#pinned = pinned;
    if (term === this.#term) return;
    this.#close();
    this.#pinned = pinned;
    const card = cards?.querySelector(`#${CSS.escape(`card-${term.dataset["term"] ?? ""}`)}`)?.cloneNode(true);
    if (!(card instanceof HTMLElement)) return;
    card.removeAttribute("id");
    card.popover = "manual";
    term.after(card);
    card.showPopover();
    term.setAttribute("aria-expanded", "true");
    [this.#term, this.#card] = [term, card];
    this.#place();
  }

  #close(): void {
    this.#later(0);
    this.#term?.setAttribute("aria-expanded", "false");
    this.#card?.remove();
    this.#term = this.#card = undefined;
    this.#pinned = false;
  }

  /** Below the term where there is room, else above it. */
  #place(): void {
    const [term, card] = [this.#term, this.#card];
    const at = term?.getClientRects()[0];
    if (!at || !card) return;
    const { offsetWidth: width, offsetHeight: height } = card;
    const below = at.bottom + gap + height <= innerHeight - edge || at.top - gap - height < edge;
    card.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - edge - width))}px`;
    card.style.top = `${below ? at.bottom + gap : at.top - gap - height}px`;
  }
}

function termAt(at: EventTarget | null): HTMLAnchorElement | null {
  return at instanceof Element ? at.closest<HTMLAnchorElement>("a.gloss[data-term]") : null;
}

if (cards) new Cards();
