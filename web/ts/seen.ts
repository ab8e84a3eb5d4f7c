// Whether an element is within the window, or near it.

export class Seen {
  now = false;

  /** near is how far around the window counts; appears is called when the element comes there. */
  constructor(el: Element, near = "120px 0px", appears: () => void = () => {}) {
    new IntersectionObserver((entries) => {
      const before = this.now;
      this.now = entries.at(-1)?.isIntersecting ?? false;
      if (this.now && !before) appears();
    }, { rootMargin: near }).observe(el);
  }
}
