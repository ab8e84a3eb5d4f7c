// <tcp-header>: every bit of the selected segment, or else of the latest one: IPv4, TCP, options and payload as fields and
// as bytes that point at each other.
import { RunBytes } from "./bytes.ts";
import { segmentOf } from "./causes.ts";
import { button, h, set, setText } from "./dom.ts";
import { segmentText } from "./format.ts";
import { type Drawing, drawPacket, fieldsAt, nameOf, neighbour, sourceLink, sourceText, sumMark } from "./header-grid.ts";
import { dump, type Field, type Packet, readPacket, spanOf } from "./packet.ts";
import type { Phrases } from "./phrases.ts";
import { upTo } from "./search.ts";
import { Seen } from "./seen.ts";
import { changed, type Panel, type Store } from "./store.ts";

export class TcpHeader extends HTMLElement implements Panel {
  // Bytes are fetched, and drawn, when they can be seen.
  readonly later = { bits: changed.events | changed.log | changed.select, seen: new Seen(this, "0px", () => this.#store.invalidate(changed.select)) };
  #say!: Phrases;
  #store!: Store;
  #bytes!: RunBytes;
  #seg = h("span", { class: "num hseg" });
  #sums = h("span", { class: "sums" });
  #copy!: HTMLButtonElement;
  #status = h("p", { class: "hstatus", role: "status" });
  #grid = h("div", { class: "hgrid" });
  #detail = h("p", { class: "hdetail" });
  #hex = h("div", { class: "hex", role: "group", tabindex: 0 });
  #more!: HTMLButtonElement;
  #packet: Packet | undefined;
  #drawing: Drawing = { grid: [], hex: [], fields: [], buttons: [], cells: [] };
  #all = false; // of the payload
  #shown = "";
  #pin = ""; // the field that keeps the mark, by name
  #marked: readonly number[] = [];
  #cursor = -1; // the byte that the keyboard is at

  attach(store: Store, say: Phrases, base: string): void {
    this.#store = store;
    this.#say = say;
    this.#bytes = new RunBytes(base, () => store.invalidate(changed.select));
    this.#copy = button("btn small hcopy", "copy", say.text("header.copy"), () => void this.#copyBytes());
    this.#more = button("btn small", undefined, "", () => this.#showAll());
    this.#copy.hidden = this.#more.hidden = this.#hex.hidden = this.#detail.hidden = true;
    set(this.#hex, "aria-label", say.text("header.hex"));
    this.append(h("div", { class: "phbox" }, h("div", { class: "ph" }, h("h3", {}, say.text("header.title")), this.#seg, h("span", { class: "r" }, this.#sums, this.#copy))),
      h("div", { class: "hbody" }, this.#status, this.#grid), h("div", { class: "hbytes" }, this.#hex, this.#more), this.#detail);
    this.#listen();
    store.subscribe(this);
  }

  draw(store: Store, bits: number): void {
    if (!this.later.seen.now || !(bits & (changed.events | changed.log | changed.select))) return;
    const { log, token } = store.current;
    const id = this.#segment(store);
    const sent = id === undefined ? undefined : log.segments.get(id)?.sent;
    const state = sent && token ? this.#bytes.want(token) : "none";
    const key = `${store.current.name} ${token} ${id} ${state} ${this.#all}`;
    if (key === this.#shown) return;
    this.#shown = key;
    set(this, "data-segment", id ?? "");
    const held = id === undefined ? undefined : this.#bytes.of(token, id);
    this.#packet = held && sent ? readPacket(held.bytes, held.omitted, sent) : undefined;
    setText(this.#seg, sent ? segmentText(sent) : "");
    this.#tell(state);
    this.#show();
  }

  /** The segment that the selected event is about; without one, that of the latest event that is about one. */
  #segment(store: Store): number | undefined {
    const { log } = store.current;
    if (store.selected !== undefined) return segmentOf(log, store.selected);
    for (let i = upTo(log.stops, store.at.n - 1) - 1; i >= 0; i--) {
      const e = log.events[log.stops[i]!]!;
      if (e.kind === "segment" || e.kind === "fate" || e.kind === "deliver") return e.id;
    }
    return undefined;
  }

  #tell(state: string): void {
    const say = this.#say;
    this.#status.hidden = this.#packet !== undefined;
    if (this.#packet) return;
    if (state === "failed") {
      const again = button("btn small", undefined, say.text("stage.retry"), () => {
        this.#bytes.want(this.#store.current.token, true);
        this.#store.invalidate(changed.select);
      });
      this.#status.replaceChildren(say.text("header.failed"), " ", again);
    } else this.#status.replaceChildren(say.text(state === "none" ? "header.none" : state === "loading" ? "header.loading" : "header.unread"));
  }

  #show(): void {
    const p = this.#packet;
    const say = this.#say;
    const focused = this.#drawing.buttons.some((b) => b === document.activeElement);
    for (const el of [this.#copy, this.#hex, this.#detail]) el.hidden = !p;
    this.#drawing = p ? drawPacket(p, say, this.#all) : { grid: [], hex: [], fields: [], buttons: [], cells: [] };
    this.#grid.replaceChildren(...this.#drawing.grid);
    this.#hex.replaceChildren(...this.#drawing.hex);
    const hidden = p ? p.bytes.length - this.#drawing.cells.length : 0;
    this.#more.hidden = hidden === 0;
    setText(this.#more, say.text("header.more", { n: hidden }));
    this.#sums.replaceChildren();
    if (p) {
      const bad = p.ipSum.state === "wrong" || p.tcpSum.state === "wrong";
      const key = bad ? "header.sums.wrong" : p.tcpSum.state === "unknown" ? "header.sums.unknown" : "header.sums.valid";
      this.#sums.append(sumMark(!bad), say.text(key));
    }
    const pinned = this.#drawing.fields.findIndex((f) => this.#keyOf(f) === this.#pin);
    this.#rove(Math.max(0, pinned));
    this.#cursor = -1;
    if (pinned < 0) this.#pin = "";
    if (focused) this.#drawing.buttons[Math.max(0, pinned)]?.focus();
    this.#rest();
  }

  #keyOf(f: Field): string {
    const same = this.#drawing.fields.filter((o) => o.layer === f.layer && nameOf(o, this.#say) === nameOf(f, this.#say));
    return `${f.layer} ${nameOf(f, this.#say)} ${same.indexOf(f)}`;
  }

  #rove(i: number): void {
    this.#drawing.buttons.forEach((b, k) => (b.tabIndex = k === i ? 0 : -1));
  }

  #listen(): void {
    const fieldOf = (e: Event): number | undefined => {
      const i = e.target instanceof Element ? e.target.closest<HTMLElement>(".fb")?.dataset["i"] : undefined;
      return i === undefined ? undefined : Number(i);
    };
    const byteOf = (e: Event): number | undefined => {
      const b = e.target instanceof HTMLElement ? e.target.dataset["b"] : undefined;
      return b === undefined ? undefined : Number(b);
    };
    this.#grid.addEventListener("pointerover", (e) => {
      const i = fieldOf(e);
      if (i !== undefined) this.#mark([i]);
    });
    this.#hex.addEventListener("pointerover", (e) => {
      const b = byteOf(e);
      if (b !== undefined) this.#mark(fieldsAt(this.#drawing.fields, b));
    });
    for (const el of [this.#grid, this.#hex]) el.addEventListener("pointerleave", () => this.#rest());
    for (const type of ["focusin", "click"] as const) {
      this.#grid.addEventListener(type, (e) => {
        const i = fieldOf(e);
        if (i !== undefined) this.#keep(i);
      });
    }
    this.#hex.addEventListener("click", (e) => {
      const b = byteOf(e);
      if (b !== undefined) this.#moveTo(b);
    });
    this.#grid.addEventListener("keydown", (e) => this.#gridKey(e, fieldOf(e)));
    this.#hex.addEventListener("keydown", (e) => this.#hexKey(e));
  }

  #gridKey(e: KeyboardEvent, i: number | undefined): void {
    const { fields, buttons } = this.#drawing;
    if (i === undefined || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return;
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, ArrowDown: neighbour(fields, i, true), ArrowUp: neighbour(fields, i, false),
      Home: 0, End: fields.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    buttons[Math.max(0, Math.min(fields.length - 1, to))]?.focus();
  }

  #hexKey(e: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 16, ArrowUp: -16, Home: -Infinity, End: Infinity }[e.key];
    if (step === undefined || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    this.#moveTo(Math.max(0, Math.min(this.#drawing.cells.length - 1, Math.max(0, this.#cursor) + (this.#cursor < 0 && Math.abs(step) <= 16 ? 0 : step))));
  }

  /** Puts the keyboard's mark on a byte of the dump. */
  #moveTo(byte: number): void {
    this.#cursor = byte;
    const [i] = fieldsAt(this.#drawing.fields, byte);
    if (i !== undefined) this.#keep(i);
    this.#mark(fieldsAt(this.#drawing.fields, byte));
    this.#drawing.cells[byte]?.scrollIntoView({ block: "nearest" });
  }

  #keep(i: number): void {
    const f = this.#drawing.fields[i];
    if (!f) return;
    this.#pin = this.#keyOf(f);
    this.#rove(i);
    this.#mark([i]);
    this.#drawing.cells[spanOf(f)[0]]?.scrollIntoView({ block: "nearest" });
  }

  /** Without a pointer over a field, the one that keeps the mark has it. */
  #rest(): void {
    const i = this.#drawing.fields.findIndex((f) => this.#keyOf(f) === this.#pin);
    this.#mark(i >= 0 ? [i] : []);
  }

  #mark(list: readonly number[]): void {
    const { fields, buttons, cells } = this.#drawing;
    for (const i of this.#marked) buttons[i]?.parentElement?.classList.remove("mk");
    for (const c of this.#hex.querySelectorAll(".mk")) c.classList.remove("mk");
    this.#marked = list;
    for (const i of list) {
      buttons[i]?.parentElement?.classList.add("mk");
      const [from, to] = spanOf(fields[i]!);
      for (let b = from; b < to; b++) cells[b]?.classList.add("mk");
    }
    this.#explain(list.map((i) => fields[i]!));
  }

  #explain(list: readonly Field[]): void {
    const say = this.#say;
    set(this.#detail, "aria-live", this.#hex === document.activeElement ? "polite" : "off");
    if (list.length === 0) {
      this.#detail.replaceChildren(say.text("header.hint"));
      return;
    }
    this.#detail.replaceChildren(...list.flatMap((f, i) => {
      const [from, to] = spanOf(f);
      const where = f.bits % 8 !== 0 ? say.text("header.bits", { n: f.bits, byte: from }) : to - from === 1 ? say.text("header.byte", { byte: from }) : say.text("header.bytes", { from, to: to - 1 });
      const link = h("a", { class: "rfc", href: sourceLink(f), target: "_blank", rel: "noreferrer" }, sourceText(f));
      const value = f.layer === "payload" ? "" : f.value;
      return [i > 0 ? h("br") : "", h("b", {}, nameOf(f, say)), " ", h("code", {}, value), f.note ? ` ${say.text(f.note.key, f.note.values)} ` : " ", h("span", { class: "hwhere" }, where), " ", link];
    }));
  }

  #showAll(): void {
    this.#all = true;
    this.#store.invalidate(changed.select);
    this.#hex.focus();
  }

  async #copyBytes(): Promise<void> {
    if (!this.#packet) return;
    const say = this.#say;
    try {
      await navigator.clipboard.writeText(dump(this.#packet.bytes));
      setText(this.#copy.lastElementChild!, say.text("header.copied"));
    } catch {
      getSelection()?.selectAllChildren(this.#hex);
      setText(this.#copy.lastElementChild!, say.text("header.selected"));
    }
    setTimeout(() => setText(this.#copy.lastElementChild!, say.text("header.copy")), 3000);
  }
}
