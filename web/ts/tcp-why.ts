// <tcp-why>: why the selected event, or else the latest one, happened: its rule in a sentence, the source, the cause.
import type { LogEvent } from "./events.gen.ts";
import { glyph, h, s, sentence } from "./dom.ts";
import { families } from "./family.ts";
import { duration } from "./format.ts";
import type { RunLog } from "./model.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import { sentenceOf } from "./sentences.ts";
import { changed, type Panel, type Store } from "./store.ts";

/** What the catalogue says about one rule. */
interface RuleText {
  why: string;
  source: string;
  href: string;
}

type Catalogue = Record<string, RuleText>;

const mostEffects = 4;

export class TcpWhy extends HTMLElement implements Panel {
  #say!: Phrases;
  #store!: Store;
  #base = "/";
  #body = h("div", { class: "why" });
  #rules: Catalogue | undefined;
  #state: "idle" | "loading" | "ready" | "failed" = "idle";
  #shown = "";

  attach(store: Store, say: Phrases, base: string): void {
    this.#store = store;
    this.#say = say;
    this.#base = base;
    this.#body.tabIndex = -1;
    this.append(h("div", { class: "ph" }, h("h3", {}, say.text("why.title"))), this.#body);
    this.#body.append(h("p", { class: "hint" }, say.text("why.hint")), this.#legend());
    store.subscribe(this);
  }

  /** Brings the keyboard to the panel. */
  enter(): void {
    this.#body.focus();
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log | changed.select))) return;
    const seq = store.selected ?? store.latest;
    if (seq < 0) return;
    const key = `${store.current.name} ${store.current.token} ${seq} ${store.selected} ${this.#state} ${store.at.n}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#load();
    this.#show(store.current.log, seq);
  }

  /** The catalogue is fetched when the first event is explained. */
  #load(): void {
    if (this.#state !== "idle") return;
    this.#state = "loading";
    const done = (state: "ready" | "failed"): void => {
      this.#state = state;
      this.#store.invalidate(changed.select);
    };
    fetch(`${this.#base}api/v1/rules/${this.#say.lang}.json`)
      .then(async (r) => {
        if (!r.ok) throw new Error(r.statusText);
        this.#rules = (await r.json()) as Catalogue;
        done("ready");
      })
      .catch(() => done("failed"));
  }

  #show(log: RunLog, seq: number): void {
    const e = log.events[seq];
    if (!e) return;
    const say = this.#say;
    const { why, rule } = this.#reason(log, e);
    const out: Node[] = [h("p", { class: "ev" }, h("b", {}, duration(e.t)), " ", ...sentence(sentenceOf(log, seq, say)))];
    if (why) out.push(h("p", {}, why));
    if (rule) out.push(this.#source(rule, this.#ruleOf(log, e)));
    const links: HTMLLIElement[] = [];
    if (e.cause !== undefined && log.events[e.cause]) links.push(this.#link(log, "why.cause", e.cause));
    const { n } = this.#store.at;
    const effects = log.stops.filter((x) => x < n && log.events[x]?.cause === seq);
    for (const x of effects.slice(0, mostEffects)) links.push(this.#link(log, "why.effects", x));
    if (links.length > 0) out.push(h("ul", { class: "links" }, ...links));
    this.#body.replaceChildren(...out);
  }

  /** The rule of an event that has none is that of its cause: a delivery's is the segment's. */
  #ruleOf(log: RunLog, e: LogEvent): string | undefined {
    if (e.rule) return e.rule;
    if (e.kind === "deliver") return log.segments.get(e.id)?.sent.rule;
    return undefined;
  }

  #reason(log: RunLog, e: LogEvent): { why: string; rule: RuleText | undefined } {
    const id = this.#ruleOf(log, e);
    const program = e.kind === "call" || e.kind === "return" || e.kind === "process";
    if (!id) return { why: program ? this.#say.text("why.none") : "", rule: undefined };
    if (this.#state === "failed") return { why: this.#say.text("why.failed"), rule: undefined };
    const rule = this.#rules?.[id];
    if (!rule) return { why: this.#state === "ready" ? id : this.#say.text("why.loading"), rule: undefined };
    return { why: rule.why, rule };
  }

  #source(rule: RuleText, id: string | undefined): HTMLElement {
    const name = rule.href ? h("a", { class: "rfc", href: rule.href, target: "_blank", rel: "noreferrer" }, rule.source) : h("span", { class: "src" }, rule.source);
    return h("p", { class: "from" }, name, " ", h("code", {}, id ?? ""));
  }

  #link(log: RunLog, key: "why.cause" | "why.effects", seq: number): HTMLLIElement {
    const go = h("button", { type: "button", class: "golink" }, ...sentence(sentenceOf(log, seq, this.#say)));
    go.addEventListener("click", () => this.#store.select(seq));
    return h("li", {}, h("span", { class: "k" }, this.#say.text(key)), go);
  }

  #legend(): HTMLElement {
    const list = h("ul", { class: "legend" });
    for (const f of families) {
      const key = `legend.${f}`;
      list.append(h("li", { class: `st-${f}` }, s("svg", { class: "gl", viewBox: "-6 -6 12 12", "aria-hidden": "true" }, glyph(f)),
        isPhraseKey(key) ? this.#say.text(key) : f));
    }
    const loss = s("svg", { class: "gl lossmark", viewBox: "-6 -6 12 12", "aria-hidden": "true" }, s("path", { d: "M-4 -4L4 4M4 -4L-4 4" }));
    list.append(h("li", { class: "loss" }, loss, this.#say.text("legend.loss")));
    const again = h("span", { class: "again", "aria-hidden": "true" }, "↻");
    list.append(h("li", {}, again, this.#say.text("legend.again")));
    return list;
  }
}
