// <fault-rules>: the rules of the link that a source states, each with a switch, and its arguments where they can be
// changed. A rule that is off is a comment in the source.
import { button, h, set, setText } from "./dom.ts";
import type { FaultOutline, Outline } from "./language.gen.ts";
import type { PlaygroundWords } from "./playground-words.ts";
import { addStatement, canSwitch, type Change, quote, removeFault, setArg, setKind, switchFault } from "./source-edits.ts";

/** How the list changes the source. */
export interface RuleEdits {
  source(): string;
  edit(make: () => Change[] | undefined): void;
}

const kinds = ["drop", "delay", "duplicate", "reorder"] as const;
type Kind = (typeof kinds)[number];
const timeForm = /^\d+(\.\d+)?(us|µs|ms|s|m|h)$/;
const flagsForm = /^[SFRPA]*$/;

/** A rule in words. */
function ruleText(say: PlaygroundWords, f: FaultOutline): string {
  const args = f.call?.args ?? [];
  if (!isKind(f.kind) || !f.call || args.some((a) => !a.value.literal)) return f.text.replace(/\s+/g, " ");
  const get = (name: string): string => args.find((a) => a.name === name)?.value.text ?? "";
  const flags = names(get("flags"));
  const [data, nth, sender, by] = [get("data") === "True", Number(get("nth")) || 0, get("sender"), get("by")];
  const what = flags ? flags + (data ? ` ${say.say("rule.data")}` : "") : say.say(data ? "rule.data" : "rule.any");
  return say.say("rule.text", {
    verb: say.say(`rule.${f.kind}`), what, from: sender && say.say("rule.from", { host: sender }), by: by && by !== "0" ? say.say("rule.by", { time: by }) : "",
    nth: nth > 0 ? say.say("rule.nth", { n: ordinal(nth, say.lang) }) : say.say("rule.each"), at: f.at ? say.say("rule.at", { time: f.at.replace(/"/g, "") }) : "",
  });
}

const endings: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd", other: "th" };

/** 1st, 2nd, 3rd in English; the number itself in Chinese. */
function ordinal(n: number, lang: string): string {
  return lang === "en" ? `${n}${endings[new Intl.PluralRules("en", { type: "ordinal" }).select(n)] ?? ""}` : String(n);
}

const letters: Readonly<Record<string, string>> = { S: "SYN", F: "FIN", R: "RST", P: "PSH", A: "ACK" };
const names = (flags: string): string => [...flags].map((l) => letters[l] ?? l).join(",");
const isKind = (k: string): k is Kind => (kinds as readonly string[]).includes(k);

export class FaultRules extends HTMLElement {
  #say!: PlaygroundWords;
  #edits!: RuleEdits;
  #list = h("ul", {});
  #rows: Row[] = [];
  #note = h("p", { class: "quiet" });
  #outline: Outline | undefined;
  #add!: HTMLButtonElement;

  attach(say: PlaygroundWords, edits: RuleEdits): void {
    this.#say = say;
    this.#edits = edits;
    this.#add = button("btn small", undefined, say.say("faults.add"), () => this.#addRule());
    this.append(this.#list, this.#note, this.#add);
  }

  /** How many rules there are, and how many of them hold. */
  get counts(): { on: number; all: number } {
    const rules = this.#outline?.faults ?? [];
    return { on: rules.filter((f) => f.on).length, all: rules.length };
  }

  show(outline: Outline, locked: boolean): void {
    this.#outline = outline;
    const { faults, computed } = outline;
    while (this.#rows.length > faults.length) this.#rows.pop()!.el.remove();
    faults.forEach((f, i) => {
      let row = this.#rows[i];
      if (!row) {
        row = new Row(this.#say, this.#edits);
        this.#rows.push(row);
        this.#list.append(row.el);
      }
      row.show(f, outline.hosts.map((x) => x.name), locked);
    });
    const more = computed > 0 ? this.#say.say("faults.computed", { n: computed }) : faults.length === 0 ? this.#say.say("faults.none") : "";
    this.#note.hidden = more === "";
    this.#list.hidden = faults.length === 0;
    setText(this.#note, more);
    this.#add.disabled = locked;
  }

  #addRule(): void {
    if (!this.#outline) return;
    const sender = this.#outline.hosts[0]?.name ?? "client";
    const before = this.#rows.length;
    const outline = this.#outline;
    this.#edits.edit(() => addStatement(this.#outline ?? outline, `drop(sender = ${quote(sender)}, flags = "F", nth = 1)`));
    // The new rule comes with the server's answer; it opens then, ready to be changed.
    const wait = new MutationObserver(() => {
      if (this.#rows.length <= before) return;
      wait.disconnect();
      this.#rows.at(-1)?.open();
    });
    wait.observe(this.#list, { childList: true });
    setTimeout(() => wait.disconnect(), 5000);
  }
}

/** One rule of the list. */
class Row {
  readonly el = h("li", { class: "rule-l" });
  #say: PlaygroundWords;
  #edits: RuleEdits;
  #fault!: FaultOutline;
  #switch = h("button", { type: "button", role: "switch", class: "sw" });
  #text = h("summary", {});
  #details = h("details", {});
  #kind = h("select", {});
  #sender = h("select", {});
  #flags = h("input", { type: "text", size: 5, maxlength: 5, autocapitalize: "characters", spellcheck: "false" });
  #lacks = h("input", { type: "text", size: 5, maxlength: 5, autocapitalize: "characters", spellcheck: "false" });
  #data = h("input", { type: "checkbox" });
  #nth = h("input", { type: "number", min: 1, step: 1 });
  #by = h("input", { type: "text", size: 6, spellcheck: "false" });
  #byField: HTMLElement;
  #fields = h("fieldset", {});
  #fixed = h("p", { class: "quiet" });
  #remove: HTMLButtonElement;

  constructor(say: PlaygroundWords, edits: RuleEdits) {
    this.#say = say;
    this.#edits = edits;
    this.#kind.append(...kinds.map((k) => h("option", { value: k }, say.say(`rule.${k}`))));
    this.#nth.placeholder = say.say("field.nth.each");
    this.#fixed.textContent = say.say("faults.fixed");
    this.#remove = button("btn small", undefined, say.say("faults.remove"), () => edits.edit(() => removeFault(edits.source(), this.#fault)));
    const field = (key: Parameters<PlaygroundWords["say"]>[0], el: HTMLElement): HTMLElement => h("label", {}, h("span", {}, say.say(key)), el);
    this.#byField = field("field.by", this.#by);
    this.#fields.append(field("field.kind", this.#kind), field("field.sender", this.#sender), field("field.flags", this.#flags), field("field.lacks", this.#lacks),
      field("field.nth", this.#nth), this.#byField, h("label", { class: "tickbox" }, this.#data, h("span", {}, say.say("field.data"))));
    this.#details.append(this.#text, this.#fields, this.#fixed, this.#remove);
    this.el.append(this.#switch, this.#details);
    this.#listen();
  }

  #listen(): void {
    this.#switch.addEventListener("click", () => {
      const on = !this.#fault.on;
      this.#edits.edit(() => switchFault(this.#edits.source(), this.#fault, on));
    });
    this.#kind.addEventListener("change", () => {
      const kind = this.#kind.value;
      this.#edits.edit(() => setKind(this.#edits.source(), this.#fault, kind));
    });
    this.#sender.addEventListener("change", () => this.#set("sender", this.#sender.value && quote(this.#sender.value)));
    for (const [el, name] of [[this.#flags, "flags"], [this.#lacks, "lacks"]] as const) {
      el.addEventListener("change", () => {
        const letters = el.value.toUpperCase().replace(/[\s,]/g, "");
        if (flagsForm.test(letters)) this.#set(name, letters && quote(letters));
        else this.#reset();
      });
    }
    this.#data.addEventListener("change", () => this.#set("data", this.#data.checked ? "True" : ""));
    this.#nth.addEventListener("change", () => {
      const n = Math.floor(this.#nth.valueAsNumber);
      this.#set("nth", n >= 1 ? String(n) : "");
    });
    this.#by.addEventListener("change", () => {
      const time = this.#by.value.trim();
      this.#by.setCustomValidity(timeForm.test(time) ? "" : this.#say.say("field.bad.time"));
      if (this.#by.reportValidity()) this.#set("by", quote(time));
    });
  }

  #set(name: string, value: string): void {
    this.#edits.edit(() => this.#fault.call && setArg(this.#edits.source(), this.#fault.call, name, value === "" ? undefined : value));
  }

  open(): void {
    this.#details.open = true;
    this.#text.focus();
  }

  show(f: FaultOutline, hosts: readonly string[], locked: boolean): void {
    this.#fault = f;
    const text = ruleText(this.#say, f);
    setText(this.#text, text);
    set(this.#switch, "aria-checked", String(f.on));
    set(this.#switch, "aria-label", text);
    this.el.classList.toggle("off", !f.on);
    const own = canSwitch(this.#edits.source(), f);
    const fixed = !f.call || !isKind(f.kind) || f.call.args.some((a) => !a.value.literal);
    this.#switch.disabled = this.#remove.disabled = locked || !own;
    this.#fields.disabled = locked || !f.on;
    this.#fields.hidden = fixed;
    this.#fixed.hidden = !fixed;
    this.#byField.hidden = f.kind === "drop";
    this.#sender.replaceChildren(h("option", { value: "" }, this.#say.say("field.sender.any")), ...hosts.map((x) => h("option", { value: x }, x)));
    this.#reset();
  }

  /** Shows what the source says. */
  #reset(): void {
    const get = (name: string): string => this.#fault.call?.args.find((a) => a.name === name)?.value.text ?? "";
    this.#kind.value = this.#fault.kind;
    this.#sender.value = get("sender");
    this.#flags.value = get("flags");
    this.#lacks.value = get("lacks");
    this.#data.checked = get("data") === "True";
    this.#nth.value = get("nth") === "None" ? "" : get("nth");
    if (document.activeElement !== this.#by) this.#by.value = get("by");
  }
}
