// "Take it away": all the forms in which a run leaves the stage, each made when it is asked for.
import { button, h, icon } from "./dom.ts";
import { clockTime, duration } from "./format.ts";
import { ladderPicture, picturePNG, pictureText } from "./ladder-picture.ts";
import type { Phrases } from "./phrases.ts";
import type { Store } from "./store.ts";
import { commandLine, fileAddress, fileStem, frameSnippet, oembedAddress, type Taken, tokenLine } from "./takeaway.ts";

export class TakeawayDialog {
  readonly el: HTMLDialogElement;
  #store: Store;
  #say: Phrases;
  #body = h("div", { class: "take" });
  #status = h("p", { class: "said", role: "status" });
  #upToNow = h("input", { type: "checkbox" });

  constructor(store: Store, say: Phrases) {
    this.#store = store;
    this.#say = say;
    const close = button("btn", undefined, say.text("keys.close"), () => this.el.close());
    this.el = h("dialog", { class: "keysdlg takedlg", "aria-label": say.text("take.title") },
      h("h3", {}, say.text("take.title")), this.#body, h("div", { class: "foot" }, this.#status, close));
    this.el.addEventListener("click", (e) => {
      if (e.target === this.el) this.el.close();
    });
  }

  /** Opens with the run and the moment that are shown. */
  show(taken: Taken): void {
    this.#status.textContent = "";
    this.#body.replaceChildren(...this.#parts(taken));
    this.#body.querySelector("button")?.setAttribute("autofocus", "");
    if (!this.el.open) this.el.showModal();
  }

  #parts(taken: Taken): HTMLElement[] {
    const say = this.#say;
    const snippet = frameSnippet(taken);
    const part = (name: "link" | "picture" | "files" | "command" | "embed", ...children: HTMLElement[]): HTMLElement =>
      h("section", {}, h("h4", {}, say.text(`take.${name}`)), ...children);
    return [
      part("link", this.#copied(say.text("take.link"), taken.page.href)),
      part("picture", this.#pictures(taken)),
      part("files", this.#files(taken)),
      part("command", this.#copied(say.text("take.command"), commandLine(taken)),
        ...(taken.meta.scenario.name ? [this.#copied(say.text("take.token"), tokenLine(taken.token))] : [])),
      ...(snippet ? [part("embed", this.#copied(say.text("take.frame"), snippet), this.#copied(say.text("take.oembed"), oembedAddress(taken)))] : []),
    ];
  }

  /** A text that can be copied: by its button, or by hand where the page may not write to the clipboard. */
  #copied(name: string, text: string): HTMLElement {
    const field = h("textarea", { readonly: true, rows: text.includes("\n") ? 3 : 1, "aria-label": name, spellcheck: "false" });
    field.value = text;
    field.addEventListener("focus", () => field.select());
    const copy = h("button", { type: "button", class: "btn icon", "aria-label": this.#say.text("take.copy", { what: name }) }, icon("copy"));
    copy.addEventListener("click", () => void this.#copy(name, text, field));
    return h("div", { class: "copied" }, field, copy);
  }

  async #copy(name: string, text: string, field: HTMLTextAreaElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#tell(this.#say.text("take.copied", { what: name }));
    } catch {
      field.focus();
      this.#tell(this.#say.text("take.byhand"));
    }
  }

  #pictures(taken: Taken): HTMLElement {
    const make = (format: "svg" | "png"): HTMLButtonElement => {
      const b = button("btn", "download", format.toUpperCase(), () => void this.#picture(taken, format));
      b.setAttribute("aria-label", this.#say.text("take.download", { what: `${this.#say.text("take.picture")}, ${format.toUpperCase()}` }));
      return b;
    };
    return h("div", { class: "row" }, make("svg"), make("png"), h("label", {}, this.#upToNow, this.#say.text("take.now", { time: clockTime(taken.at) })));
  }

  async #picture(taken: Taken, format: "svg" | "png"): Promise<void> {
    const { current, at } = this.#store;
    const now = this.#upToNow.checked;
    const { meta } = taken;
    const facts = [meta.scenario.name, this.#say.text("stage.seed", { seed: meta.seed }), this.#say.text("stage.delay", { delay: duration(meta.link.delay_us) }),
      ...Object.entries(meta.vary ?? {}).map(([k, v]) => `${k}=${v}`)].filter((x) => x !== "").join(" · ");
    const [n, t] = now ? [at.n, at.t] : [current.log.events.length, current.log.length];
    const svg = ladderPicture(current.log, n, t, { title: meta.title[this.#say.lang], facts, address: taken.page.href }, this.#say);
    const name = `${fileStem(taken)}${now ? `-${Math.floor(at.t)}us` : ""}.${format}`;
    try {
      const blob = format === "svg" ? new Blob([pictureText(svg)], { type: "image/svg+xml" }) : await picturePNG(svg);
      this.#save(name, blob);
    } catch (e) {
      this.#tell(this.#say.text("take.failed", { what: name, why: String(e) }));
    }
  }

  #files(taken: Taken): HTMLElement {
    const say = this.#say;
    const hosts = taken.meta.hosts.map((x) => x.name);
    const row = (name: string, format: string, perHost: boolean): HTMLElement => h("li", {}, h("span", {}, name),
      ...(perHost ? hosts : [undefined]).map((host) => this.#file(taken, name, format, host)));
    return h("ul", { class: "files" },
      row(say.text("take.pcapng"), "pcapng", true), row(say.text("take.packetdrill"), "pkt", true),
      row(say.text("take.ss", { time: clockTime(taken.at) }), "ss", true), row(say.text("take.txt"), "txt", false), row(say.text("take.jsonl"), "jsonl", false));
  }

  #file(taken: Taken, what: string, format: string, host: string | undefined): HTMLElement {
    const shown = host === undefined ? `.${format}` : this.#say.hostHeading(host);
    const name = `${fileStem(taken)}${host === undefined ? "" : `-${host}`}${format === "ss" ? `-${Math.floor(taken.at)}us` : ""}.${format === "ss" ? "ss.txt" : format}`;
    const label = this.#say.text("take.download", { what: `${what}, ${shown}` });
    const a = h("a", { class: "btn", href: fileAddress(taken, format, host), download: name, "aria-label": label }, icon("download"), h("span", {}, shown));
    a.addEventListener("click", (e) => {
      e.preventDefault();
      void this.#fetch(a.href, name);
    });
    return a;
  }

  /** Saves a file of the server's, or says why there is none: not every run can be told in every form. */
  async #fetch(address: string, name: string): Promise<void> {
    const answer = await fetch(address, { headers: { "Accept-Language": this.#say.lang } }).catch(() => undefined);
    if (answer?.ok) {
      this.#save(name, await answer.blob());
      return;
    }
    const why = answer ? ((await answer.json().catch(() => ({}))) as { error?: { message?: string } }).error?.message : undefined;
    this.#tell(this.#say.text("take.failed", { what: name, why: why ?? this.#say.text("error.lost") }));
  }

  #save(name: string, blob: Blob): void {
    const url = URL.createObjectURL(blob);
    const a = h("a", { href: url, download: name });
    a.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    this.#tell(this.#say.text("take.saved", { what: name }));
  }

  #tell(text: string): void {
    this.#status.textContent = text;
  }
}
