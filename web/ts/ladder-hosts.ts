// The heads of the ladder's lifelines as buttons: each opens the menu of what can be done on that host.
import { h, icon } from "./dom.ts";
import type { Phrases } from "./phrases.ts";
import { type Columns, lineOf } from "./lifelines.ts";

/** What is asked for by a press: bubbles from the ladder. */
export interface HostPress {
  host: string;
}

export class LadderHosts {
  readonly el = h("div", { class: "hosts" });
  #buttons = new Map<string, HTMLButtonElement>();

  /** Puts a button over each host's name; zoom is how many px a px of the drawing has. */
  place(c: Columns, zoom: number, say: Phrases): void {
    for (const [name, b] of this.#buttons) {
      if (lineOf(c, name)) continue;
      b.remove();
      this.#buttons.delete(name);
    }
    for (const { host: name, x } of c.lines) {
      if (name === "") continue;
      let b = this.#buttons.get(name);
      if (!b) {
        const shown = say.hostHeading(name);
        b = h("button", { type: "button", "aria-haspopup": "menu", "aria-label": say.text("onhost.menu", { host: shown }), "data-host": name }, h("span", {}, shown), icon("caret"));
        b.addEventListener("click", (e) => {
          e.stopPropagation();
          this.el.dispatchEvent(new CustomEvent<HostPress>("fw-host", { bubbles: true, composed: true, detail: { host: name } }));
        });
        this.#buttons.set(name, b);
        this.el.append(b);
      }
      b.style.insetInlineStart = `${x * zoom}px`;
    }
  }

  focus(host: string): void {
    this.#buttons.get(host)?.focus();
  }

  /** Where a host's button is, in px of the ladder. */
  at(host: string): { x: number; y: number; yTo: number } | undefined {
    const b = this.#buttons.get(host);
    return b && { x: b.offsetLeft, y: b.offsetTop, yTo: b.offsetTop + b.offsetHeight - 12 };
  }
}
