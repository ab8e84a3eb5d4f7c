// <tcp-twin>: two to four runs side by side on one time axis. Each has a ladder of its own; a table tells how they came out.
import type { Branch } from "./branch.ts";
import { button, chip, h, hide, s, set, setText } from "./dom.ts";
import { duration } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import type { Source } from "./feed.ts";
import { changed, type Panel, Store } from "./store.ts";
import { ladderTop, TcpLadder } from "./tcp-ladder.ts";
import { type HostOutcome, onlyIn, outcome, type Outcome, parting } from "./twin-summary.ts";

/** A twin's runs come from the stage's store. */
const nowhere: Source = { reachable: false, open: () => "", close: () => {}, pump: () => {}, retry: () => {} };

interface Column {
  branch: Branch;
  store: Store;
  ladder: TcpLadder;
  el: HTMLElement;
  head: HTMLButtonElement;
  name: HTMLElement;
  differs: Set<number>;
  parts: number | undefined;
  mark: SVGGElement;
}

export interface TwinActions {
  branchName(b: Branch, when?: boolean): string;
  close(): void;
  /** One run behind the other in one ladder. */
  overlay(): void;
}

export class TcpTwin extends HTMLElement implements Panel {
  /** The table of outcomes, which stands under the transport. */
  readonly table = h("section", { class: "twintable" });
  #store!: Store;
  #say!: Phrases;
  #actions!: TwinActions;
  #bar = h("div", { class: "twinbar" });
  #heads = h("div", { class: "seg-ctl", role: "group" });
  #grid = h("div", { class: "twins" });
  #over!: HTMLButtonElement;
  #columns: Column[] = [];
  #scrolling: Element | undefined;

  attach(store: Store, say: Phrases, actions: TwinActions): void {
    this.#store = store;
    this.#say = say;
    this.#actions = actions;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", say.text("twin.label"));
    this.#heads.setAttribute("aria-label", say.text("twin.label"));
    this.#over = button("btn small", undefined, say.text("twin.overlay"), () => actions.overlay());
    this.#bar.append(h("h3", {}, say.text("twin.label")), this.#heads, h("span", { class: "r" }, this.#over, button("btn small", "cross", say.text("twin.close"), () => actions.close())));
    this.append(this.#bar, this.#grid);
    this.table.hidden = this.hidden = true;
    store.subscribe(this);
  }

  /** The run of the column that an element is in. */
  runAt(target: Element): Branch | undefined {
    return this.#columns.find((c) => c.el.contains(target))?.branch;
  }

  ladderOf(b: Branch): TcpLadder | undefined {
    return this.hidden ? undefined : this.#columns.find((c) => c.branch === b)?.ladder;
  }

  draw(store: Store, bits: number): void {
    const { twin } = store;
    for (const el of [this, this.table]) hide(el, twin.length === 0);
    if (twin.length !== this.#columns.length || twin.some((b, i) => this.#columns[i]?.branch !== b)) this.#build(twin);
    if (twin.length === 0) return;
    if (bits & (changed.log | changed.status)) this.#compare();
    for (const c of this.#columns) {
      set(c.head, "aria-pressed", String(c.branch === store.current));
      c.el.classList.toggle("cur", c.branch === store.current);
      c.store.mirror(store, c.branch, bits);
      this.#mark(c);
    }
  }

  #build(twin: readonly Branch[]): void {
    this.#columns = twin.map((b) => this.#column(b));
    this.#grid.className = `twins n${twin.length}`;
    this.#grid.replaceChildren(...this.#columns.map((c) => c.el));
    this.#heads.replaceChildren(...this.#columns.map((c) => c.head));
    this.#over.hidden = twin.length !== 2 || twin[0]!.family !== twin[1]!.family;
  }

  #column(branch: Branch): Column {
    const say = this.#say;
    const ladder = new TcpLadder();
    const store = new Store(nowhere, () => this.#store.invalidate(changed.time));
    ladder.attach(store, say);
    for (const el of ladder.querySelectorAll("[aria-label]")) {
      if (!el.closest(".hosts")) el.setAttribute("aria-label", `${el.getAttribute("aria-label") ?? ""} ${branch.name}`);
    }
    const mark = s("g", { class: "part", "aria-hidden": "true" });
    ladder.querySelector("svg.lad:not(.heads)")?.append(mark);
    const scroll = ladder.querySelector(".ladscroll");
    scroll?.addEventListener("scroll", () => this.#follow(scroll), { passive: true });
    const name = h("span", {});
    const head = h("button", { type: "button" }, branch.name);
    head.addEventListener("click", () => this.#store.show(branch));
    const el = h("section", { class: "twin", "aria-label": say.text("twin.run", { run: branch.name }) }, h("div", { class: "twinhead" }, h("b", { "aria-hidden": "true" }, branch.name), name), ladder);
    return { branch, store, ladder, el, head, name, differs: new Set(), parts: undefined, mark };
  }

  /** A scroll by hand of one ladder takes the others along. */
  #follow(from: Element): void {
    if (this.#scrolling && this.#scrolling !== from) return;
    this.#scrolling = from;
    for (const c of this.#columns) {
      const to = c.ladder.querySelector(".ladscroll");
      if (to && to !== from && Math.abs(to.scrollTop - from.scrollTop) > 1) to.scrollTop = from.scrollTop;
    }
    requestAnimationFrame(() => (this.#scrolling = undefined));
  }

  /** What differs, and the table. */
  #compare(): void {
    const [first, ...others] = this.#columns;
    if (!first) return;
    first.differs = new Set(others.flatMap((c) => [...onlyIn(first.branch.log, c.branch.log)]));
    first.parts = undefined;
    for (const c of others) {
      c.differs = onlyIn(c.branch.log, first.branch.log);
      c.parts = parting(first.branch.log, c.branch.log);
    }
    for (const c of this.#columns) {
      const name = this.#nameOf(c.branch);
      setText(c.name, name);
      set(c.head, "aria-label", `${c.branch.name}: ${name}`);
      set(c.head, "title", name);
    }
    this.#drawTable();
  }

  /** Runs that differ in a choice alone are called by it. */
  #nameOf(b: Branch): string {
    const metas = this.#columns.map((c) => c.branch.log.meta);
    const own = b.log.meta;
    const differing = Object.entries(own?.vary ?? {}).filter(([k, v]) => metas.some((m) => m && m.vary[k] !== v));
    if (b.inputs.length > 0 || differing.length === 0) return this.#actions.branchName(b, true);
    return differing.map(([k, v]) => `${k} = ${v}`).join(", ");
  }

  #mark(c: Column): void {
    for (const el of c.ladder.querySelectorAll<SVGGElement>("g.seg")) el.classList.toggle("differs", c.differs.has(Number(el.dataset["id"])));
    const t = c.parts;
    const shown = t !== undefined && this.#store.at.t >= t;
    const width = c.ladder.clientWidth;
    const key = shown ? `${t} ${width} ${this.#store.lens.height}` : "";
    if (c.mark.dataset["key"] === key) return;
    c.mark.dataset["key"] = key;
    c.mark.replaceChildren();
    if (!shown) return;
    const y = ladderTop + this.#store.lens.atTime(t).y - 8;
    c.mark.append(s("path", { d: `M0 ${y.toFixed(1)}H${width}` }), s("text", { x: width - 6, y: (y - 4).toFixed(1), "text-anchor": "end" }, this.#say.text("twin.part", { run: this.#columns[0]!.branch.name })));
  }

  #drawTable(): void {
    const say = this.#say;
    const all = this.#columns.map((c) => outcome(c.branch.log));
    const hosts = all[0]!.hosts.map((x) => x.host);
    const row = (name: string, cell: (o: Outcome, i: number) => (Node | string)[]): HTMLElement =>
      h("tr", {}, h("th", { scope: "row" }, name), ...all.map((o, i) => h("td", {}, ...cell(o, i))));
    const hostRow = (key: "twin.last" | "twin.wait" | "twin.errors" | "twin.read", cell: (x: HostOutcome) => (Node | string)[]): HTMLElement[] =>
      hosts.map((name, i) => row(say.text(key, { host: say.host(name) }), (o) => (o.hosts[i] ? cell(o.hosts[i]) : ["–"])));
    const body = h("tbody", {},
      row(say.text("twin.parts"), (_, i) => [this.#partLink(i)]),
      row(say.text("twin.segments"), (o) => [String(o.segments), ...(o.again || o.lost ? [" ", h("small", {}, say.text("twin.again", { again: o.again, lost: o.lost }))] : [])]),
      ...hostRow("twin.last", (x) => (x.last ? [chip(x.last.state), " ", h("small", {}, say.text("twin.since", { time: duration(x.last.t) }))] : ["–"])),
      ...hostRow("twin.wait", (x) => [x.timeWait > 0 ? duration(x.timeWait) : "–"]).filter((_, i) => all.some((o) => (o.hosts[i]?.timeWait ?? 0) > 0)),
      ...hostRow("twin.read", (x) => [say.text("twin.bytes", { n: x.read })]),
      ...hostRow("twin.errors", (x) => (x.errors.length > 0 ? x.errors.map((e) => h("code", { class: "errno" }, `${e.call}() ${e.errno}`)) : ["–"])).filter((_, i) => all.some((o) => (o.hosts[i]?.errors.length ?? 0) > 0)),
      ...(all.some((o) => o.expected > 0) ? [row(say.text("twin.expect"), (o) => [say.text("twin.holds", { n: o.holds, all: o.expected })])] : []));
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say.text("twin.run.head")), ...this.#columns.map((c) => h("th", { scope: "col" }, h("b", {}, c.branch.name), " ", this.#nameOf(c.branch)))));
    const held = document.activeElement instanceof HTMLElement && this.table.contains(document.activeElement) ? document.activeElement.dataset["run"] : undefined;
    this.table.replaceChildren(h("h3", {}, say.text("twin.table")), h("div", { class: "scrollx", tabindex: 0, role: "region", "aria-label": say.text("twin.table") }, h("table", {}, head, body)));
    if (held !== undefined) this.table.querySelector<HTMLElement>(`[data-run="${held}"]`)?.focus();
  }

  /** Where a run parts from the first one, as a way there. */
  #partLink(i: number): Node | string {
    const c = this.#columns[i]!;
    if (i === 0) return "–";
    const t = c.parts;
    if (t === undefined) return this.#say.text("twin.same");
    const b = h("button", { type: "button", class: "golink", "data-run": c.branch.name }, this.#say.text("twin.parts.at", { time: duration(t) }));
    b.addEventListener("click", () => {
      this.#store.pause();
      this.#store.seek(t);
      this.dispatchEvent(new CustomEvent("fw-diverge", { bubbles: true, composed: true, detail: { t } }));
    });
    return b;
  }
}
