// The address of exactly this, to copy by hand where the page may not write to the clipboard, as in most frames.
import { button, h } from "./dom.ts";
import type { Phrases } from "./phrases.ts";

export class ShareDialog {
  readonly el: HTMLDialogElement;
  #address = h("input", { type: "text", readonly: true, class: "address" });

  constructor(say: Phrases) {
    const title = say.text("play.copy");
    this.#address.setAttribute("aria-label", title);
    const close = button("btn primary", undefined, say.text("keys.close"), () => this.el.close());
    this.el = h("dialog", { class: "keysdlg", "aria-label": say.text("play.share") }, h("p", {}, title), this.#address, close);
  }

  show(url: string): void {
    this.#address.value = url;
    this.el.showModal();
    this.#address.select();
  }
}
