// <tcp-why>: why the selected event, or else the latest one, happened: its rule in a sentence, the source, what brought it
// about and what came of it. Its links walk from event to event.
import { causeOf, chainOf, effectsOf } from "./causes.ts";
import type { LogEvent } from "./events.gen.ts";
import { button, glyph, h, s, sentence, unbroken } from "./dom.ts";
import { families } from "./family.ts";
import { duration } from "./format.ts";
import { isPhraseKey, type Phrases } from "./phrases.ts";
import type { RunLog } from "./run-log.ts";
import { Seen } from "./seen.ts";
import { sentenceOf } from "./sentences.ts";
import { changed, type Panel, type Store } from "./store.ts";

/** What the catalogue says about one rule. */
interface RuleText {
  why: string;
  source: string;
  href: string;
}

type Catalogue = Record<string, RuleText>;

const mostEffects = 8;
const mostCauses = 6; // of those further back than the first

export class TcpWhy extends HTMLElement implements Panel {
  readonly later = { bits: changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #store!: Store;
  #base = "/";
  #title = h("h3", {});
  #back!: HTMLButtonElement;
  #body = h("div", { class: "why" });
  #rules: Catalogue | undefined;
  #state: "idle" | "loading" | "ready" | "failed" = "idle";
  #shown = "";
  #from: HTMLElement | undefined; // where the keyboard came from

  attach(store: Store, say: Phrases, base: string): void {
    this.#store = store;
    this.#say = say;
    this.#base = base;
    this.#body.tabIndex = -1;
    this.#body.setAttribute("role", "group");
    this.#body.setAttribute("aria-label", say.text("why.title"));
    this.#back = button("btn small", undefined, say.text("why.back"), () => this.#leave());
    this.#back.hidden = true;
    this.#title.textContent = say.text("why.title");
    this.append(h("div", { class: "ph" }, this.#title, h("span", { class: "r" }, this.#back)), h("div", { class: "whybox" }, this.#body));
    this.#body.append(h("p", { class: "hint" }, say.text("why.hint")), this.#legend());
    this.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || !this.#from) return;
      e.preventDefault();
      this.#leave();
    });
    store.subscribe(this);
  }

  /** Brings the keyboard to the panel; Escape takes it back. */
  enter(): void {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement || activeElement instanceof SVGElement) this.#from = activeElement as HTMLElement;
    this.#back.hidden = false;
    this.#body.focus();
  }

  #leave(): void {
    const to = this.#from;
    this.#from = undefined;
    this.#back.hidden = true;
    this.#store.select(undefined);
    if (to?.isConnected) to.focus();
    else this.closest("tcp-stage")?.querySelector<HTMLElement>("[role=slider]")?.focus();
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log | changed.select))) return;
    const seq = store.selected ?? store.latest;
    if (seq < 0) return;
    const key = `${store.current.name} ${store.current.token} ${seq} ${store.selected} ${this.#state} ${store.at.n}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.dataset["seq"] = String(seq);
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
    if (why) out.push(h("p", {}, ...unbroken(why)));
    if (rule) out.push(this.#source(rule, this.#ruleOf(log, e)));
    const cause = causeOf(log, seq);
    if (cause !== undefined) out.push(this.#links("why.cause", log, [cause]));
    out.push(...this.#after(log, seq));
    const way = cause === undefined ? [] : [cause, ...chainOf(log, cause)];
    // A call that returned at once is told with its return.
    const before = way.filter((x, i) => i > 0 && this.#tells(log, x) && !(log.events[x]?.kind === "call" && way[i - 1] === x + 1));
    if (before.length > 0) out.push(this.#chain(log, before));
    const focused = this.#body.contains(document.activeElement) && document.activeElement !== this.#body;
    this.#body.replaceChildren(...out);
    if (focused) this.#body.focus();
  }

  /** Whether there is a sentence for an event: none for what a queue does. */
  #tells(log: RunLog, seq: number): boolean {
    return sentenceOf(log, seq, this.#say).length > 0;
  }

  /** What the event brought about, as far as the playhead has come. */
  #after(log: RunLog, seq: number): Node[] {
    const { n } = this.#store.at;
    const all = effectsOf(log, seq).filter((x) => x < n && this.#tells(log, x));
    if (all.length === 0) return [];
    const list = this.#links("why.effects", log, all.slice(0, mostEffects));
    if (all.length > mostEffects) list.append(h("li", {}, h("span", { class: "k" }), h("span", {}, this.#say.text("why.more", { n: all.length - mostEffects }))));
    return [list];
  }

  #links(key: "why.cause" | "why.effects", log: RunLog, list: readonly number[]): HTMLElement {
    const name = this.#say.text(key);
    return h("ul", { class: "links", "aria-label": name }, ...list.map((x, i) =>
      h("li", {}, h("span", { class: "k", "aria-hidden": "true" }, i === 0 ? name : ""), this.#link(log, x))));
  }

  /** The way back to where it began; where that is long, its middle is left out. */
  #chain(log: RunLog, way: readonly number[]): HTMLElement {
    const long = way.length > mostCauses + 1;
    const items = (long ? way.slice(0, mostCauses - 1) : way).map((x) => h("li", {}, this.#link(log, x)));
    if (long) items.push(h("li", { class: "gap" }, this.#say.text("why.between", { n: way.length - mostCauses })), h("li", {}, this.#link(log, way.at(-1)!)));
    return h("div", { class: "chain" }, h("p", { class: "k" }, this.#say.text("why.chain")), h("ol", {}, ...items));
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

  /** A walk to another event: it is selected, here and in each panel. */
  #link(log: RunLog, seq: number): HTMLButtonElement {
    const e = log.events[seq];
    const go = h("button", { type: "button", class: "golink", "data-seq": seq }, ...sentence(sentenceOf(log, seq, this.#say)),
      h("span", { class: "at" }, ` ${duration(e?.t ?? 0)}`));
    go.addEventListener("click", () => this.#store.select(seq));
    return go;
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
