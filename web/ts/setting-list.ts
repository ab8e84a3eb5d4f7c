// The playground's settings: a host's sysctls and the link's delay. What is set in the source is shown, and what lessons
// turn most often; the rest can be added.
import { h, set, setText } from "./dom.ts";
import type { Outline } from "./language.gen.ts";
import type { PlaygroundWords } from "./playground-words.ts";
import { type Change, setDelay, setSysctl } from "./source-edits.ts";
import { sysctls } from "./sysctl.gen.ts";
import { SysctlSlider } from "./sysctl-slider.ts";

/** How the list changes the source. key names what is changed; a value that is written anew needs no new reading. */
export interface SettingEdits {
  source(): string;
  edit(key: string, make: (outline: Outline) => Change[] | undefined, done: boolean): void;
}

const usual = ["net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2", "net.core.somaxconn"];
const delayRange = { min: 0, max: 10_000, default: 10 }; // ms
const standsFor: Readonly<Record<string, Record<number, number>>> = { "net.ipv4.tcp_orphan_retries": { 0: 8 } };

export class SettingList {
  readonly el = h("div", { class: "settings" });
  #say: PlaygroundWords;
  #edits: SettingEdits;
  #hosts = h("div", { class: "seg-ctl whose", role: "group" });
  #fixed = h("p", { class: "quiet" });
  #list = h("div", {});
  #add = h("select", { class: "pick" });
  #delay = new SysctlSlider();
  #delayFixed = h("p", { class: "quiet" });
  #sliders = new Map<string, SysctlSlider>();
  #added = new Set<string>();
  #host = "";
  #outline: Outline | undefined;
  #locked = false;

  constructor(say: PlaygroundWords, edits: SettingEdits) {
    this.#say = say;
    this.#edits = edits;
    this.#hosts.setAttribute("aria-label", say.say("sysctl.host"));
    this.#add.setAttribute("aria-label", say.say("sysctl.add"));
    this.#fixed.textContent = say.say("sysctl.fixed");
    this.#delayFixed.textContent = say.say("delay.fixed");
    this.#add.addEventListener("change", () => {
      const name = this.#add.value;
      this.#added.add(name);
      this.#draw();
      this.#sliders.get(name)?.querySelector("input")?.focus();
    });
    this.#delay.attach({
      ...delayRange, name: say.say("delay"), label: say.say("delay.value"), unit: "ms", hint: this.#default(delayRange.default, "ms"), meaning: () => undefined,
    }, (ms, done) => {
      const bare = !/\bscenario\s*\(/.test(edits.source());
      edits.edit("delay", (o) => setDelay(edits.source(), o.link, `${ms}ms`, say.say("blank.title"), bare), done);
    });
    this.el.append(this.#hosts, this.#fixed, this.#list, this.#add, this.#delay, this.#delayFixed);
  }

  #default(value: number, unit: string): string {
    return this.#say.say("sysctl.default", { value: `${value}${unit ? ` ${unit}` : ""}` });
  }

  show(outline: Outline, locked: boolean): void {
    this.#outline = outline;
    this.#locked = locked;
    const names = outline.hosts.map((x) => x.name);
    if (!names.includes(this.#host)) this.#host = names[0] ?? "";
    if (names.join() !== [...this.#hosts.children].map((b) => b.textContent).join()) {
      this.#hosts.replaceChildren(...names.map((name) => {
        const b = h("button", { type: "button" }, name);
        b.addEventListener("click", () => {
          this.#host = name;
          this.#draw();
        });
        return b;
      }));
    }
    this.#draw();
  }

  #draw(): void {
    const outline = this.#outline;
    const host = outline?.hosts.find((x) => x.name === this.#host);
    if (!outline || !host) return;
    for (const b of this.#hosts.children) set(b, "aria-pressed", String(b.textContent === this.#host));
    const own = sysctls.map((s) => s.name).filter((name) => usual.includes(name) || this.#added.has(name) || outline.hosts.some((x) => name in x.sysctl));
    for (const name of own) if (!this.#sliders.has(name)) this.#sliders.set(name, this.#slider(name));
    // In the usual order first, so that the list does not jump when a source adds one.
    const order = [...usual, ...own.filter((name) => !usual.includes(name))];
    const wanted = order.map((name) => this.#sliders.get(name)!);
    if (wanted.some((el, i) => this.#list.children[i] !== el) || this.#list.children.length !== wanted.length) this.#list.replaceChildren(...wanted);
    const fixed = !host.call;
    for (const name of order) {
      const slider = this.#sliders.get(name)!;
      const entry = host.dict?.entries.find((e) => e.name === name);
      slider.value = host.sysctl[name] ?? sysctls.find((s) => s.name === name)!.default;
      slider.disabled = this.#locked || fixed || (entry !== undefined && !entry.value.literal);
    }
    const rest = sysctls.filter((s) => !order.includes(s.name));
    this.#add.replaceChildren(h("option", { value: "" }, this.#say.say("sysctl.add")), ...rest.map((s) => h("option", { value: s.name }, s.name)));
    this.#add.hidden = rest.length === 0;
    this.#fixed.hidden = !fixed;
    const { link } = outline;
    this.#delay.value = link.delay_us / 1000;
    const delayArg = link.call?.args.find((a) => a.name === "delay");
    const bare = !/\bscenario\s*\(/.test(this.#edits.source());
    const delayFixed = link.call ? delayArg !== undefined && !delayArg.value.literal : !link.scenario && !bare;
    this.#delay.disabled = this.#locked || delayFixed;
    this.#delayFixed.hidden = !delayFixed;
    setText(this.#fixed, this.#say.say("sysctl.fixed"));
  }

  #slider(name: string): SysctlSlider {
    const s = sysctls.find((x) => x.name === name)!;
    const el = new SysctlSlider();
    el.attach({
      name, min: s.min, max: s.max, default: s.default, unit: s.unit, label: this.#say.say("sysctl.value", { name }), hint: this.#default(s.default, s.unit),
      meaning: (v) => {
        const as = standsFor[name]?.[v];
        return as === undefined ? undefined : this.#say.say("sysctl.acts", { value: as });
      },
    }, (value, done) => {
      const at = this.#host;
      this.#edits.edit(`sysctl ${at} ${name}`, (o) => {
        const host = o.hosts.find((x) => x.name === at);
        return host && setSysctl(this.#edits.source(), host, name, value);
      }, done);
    });
    return el;
  }
}
