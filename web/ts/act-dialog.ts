// Asks for what an intervention needs beyond a choice: how long, which call, which sysctl and its value.
import { button, h, setText } from "./dom.ts";
import type { CallAction } from "./events.gen.ts";
import { grouped } from "./format.ts";
import type { Descriptor } from "./host-facts.ts";
import type { PhraseKey, Phrases } from "./phrases.ts";
import { sysctls } from "./sysctl.gen.ts";

const longestDelay = 3_600_000; // ms, an hour

/** The calls that can be made on a descriptor, with arguments to begin with. */
const calls: Readonly<Record<string, string>> = {
  close: "", shutdown: "SHUT_WR", read: "4096", write: '"hello"', setsockopt: "SO_LINGER, 1, 0", getsockopt: "SO_ERROR", accept: "", getsockname: "", getpeername: "",
};

export class ActDialog {
  readonly el: HTMLDialogElement;
  #say: Phrases;
  #title = h("h3", {});
  #fields = h("div", { class: "fields" });
  #done: () => boolean = () => true;
  #closed: () => void = () => {};

  constructor(say: Phrases) {
    this.#say = say;
    const form = h("form", { method: "dialog" }, this.#title, this.#fields, h("div", { class: "acts" },
      h("button", { type: "submit", class: "btn primary" }, say.text("act.do")), button("btn", undefined, say.text("act.cancel"), () => this.el.close())));
    form.addEventListener("submit", (e) => {
      if (!this.#done()) e.preventDefault();
    });
    this.el = h("dialog", { class: "keysdlg actdlg" }, form);
    this.el.addEventListener("close", () => this.#closed());
  }

  /** Asks how long a segment is to be delayed, in ms. */
  delay(ms: number, pick: (ms: number) => void, closed: () => void): void {
    const input = h("input", { type: "number", min: 0.1, max: longestDelay, step: "any", value: ms, required: true });
    this.#open("act.delay", {}, [this.#field("act.delay.ms", input)], () => pick(Number(input.value)), closed);
  }

  /** Asks for a call of a host's programs. */
  call(host: string, open: readonly Descriptor[], pick: (call: CallAction) => void, closed: () => void): void {
    const fd = h("select", {}, ...open.map((d, i) => h("option", { value: i }, `${d.fd} · ${this.#say.text(`onhost.fd.${d.kind}`)} · ${d.proc}`)));
    const name = h("select", {}, ...Object.keys(calls).map((c) => h("option", {}, c)));
    const args = h("input", { type: "text", spellcheck: "false", autocomplete: "off" });
    name.addEventListener("change", () => (args.value = calls[name.value] ?? ""));
    this.#open("act.call", { host: this.#say.host(host) }, [this.#field("act.call.fd", fd), this.#field("act.call.name", name), this.#field("act.call.args", args)], () => {
      const d = open[Number(fd.value)];
      if (d) pick({ host, proc: d.proc, call: name.value, args: [d.fd, ...parseArgs(args.value)] });
    }, closed);
  }

  /** Asks for a sysctl of a host and its value. valueOf gives the one it has now. */
  sysctl(host: string, valueOf: (name: string) => number | undefined, pick: (name: string, value: number) => void, closed: () => void): void {
    const say = this.#say;
    const list = h("datalist", { id: "fw-sysctls" }, ...sysctls.map((s) => h("option", { value: s.name })));
    const name = h("input", { type: "text", list: "fw-sysctls", required: true, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
    const value = h("input", { type: "number", step: 1, required: true, "aria-describedby": "fw-sysctl-range" });
    const range = h("p", { class: "range", id: "fw-sysctl-range", role: "status" });
    const show = (): void => {
      const s = sysctls.find((x) => x.name === name.value);
      name.setCustomValidity(s || name.value === "" ? "" : say.text("act.sysctl.unknown"));
      setText(range, s ? say.text("act.sysctl.range", { now: figure(valueOf(s.name) ?? s.default), default: figure(s.default), min: figure(s.min), max: figure(s.max), unit: s.unit }).trimEnd() : say.text("act.sysctl.hint"));
      if (!s) return;
      value.min = String(s.min);
      value.max = String(s.max);
      value.value ||= String(valueOf(s.name) ?? s.default);
    };
    name.addEventListener("input", show);
    name.addEventListener("change", () => {
      value.value = "";
      show();
    });
    show();
    this.#open("act.sysctl", { host: say.host(host) }, [list, this.#field("act.sysctl.name", name), this.#field("act.sysctl.value", value), range],
      () => pick(name.value, Number(value.value)), closed);
  }

  #field(key: PhraseKey, input: HTMLInputElement | HTMLSelectElement): HTMLElement {
    return h("label", {}, h("span", {}, this.#say.text(key)), input);
  }

  #open(title: PhraseKey, values: Record<string, string>, fields: HTMLElement[], pick: () => void, closed: () => void): void {
    this.#title.textContent = this.#say.text(title, values);
    this.el.setAttribute("aria-label", this.#title.textContent);
    this.#fields.replaceChildren(...fields);
    this.#closed = closed;
    this.#done = () => {
      this.#closed = () => {};
      this.el.close();
      closed();
      pick();
      return true;
    };
    this.el.showModal();
  }
}

function figure(n: number): string {
  return grouped(n);
}

/** The arguments of a call as they are typed: numbers, names and quoted texts between commas. */
export function parseArgs(text: string): (number | string)[] {
  const out: (number | string)[] = [];
  for (const [, quoted, bare] of text.matchAll(/"([^"]*)"|([^\s,"][^,"]*)/g)) {
    const word = bare?.trim();
    out.push(word === undefined ? (quoted ?? "") : /^-?\d+$/.test(word) ? Number(word) : word);
  }
  return out;
}
