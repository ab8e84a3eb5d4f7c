// <tcp-code host>: a host's program, the line it is in, what its calls gave.
import { h, sentence, set, setText } from "./dom.ts";
import { duration } from "./format.ts";
import { type Host, hostOrder, primary, type RunLog, type Thread, usualHosts } from "./model.ts";
import type { Part, Phrases } from "./phrases.ts";
import { tokens } from "./starlark.ts";
import { changed, type Panel, type Store } from "./store.ts";

/** A scenario's text, and which of its lines (from 1) are a host's program. */
export interface Program {
  file: string;
  text: string;
  lines: ReadonlyMap<string, { from: number; to: number }>;
}

const context = 20; // px of other lines that stay in view beside the current one

export class TcpCode extends HTMLElement implements Panel {
  #say!: Phrases;
  #index = 0;
  #program: Program | undefined;
  #title = h("h3", {});
  #file = h("code", {});
  #status = h("span", { class: "r" });
  #list = h("ol", { class: "code" });
  #note = h("p", { class: "sys" });
  #tag = h("span", { class: "tag" });
  #noteText = h("span", {});
  #lines = new Map<number, { el: HTMLLIElement; result: HTMLSpanElement }>();
  #heights = new Map<Element, number>(); // of the lines and of the list, in px, as last told
  #current: HTMLLIElement | undefined;
  #top = 0; // what the list was scrolled to
  #watch = new ResizeObserver((entries) => {
    for (const e of entries) this.#heights.set(e.target, e.target === this.#list ? e.contentRect.height : e.borderBoxSize[0]!.blockSize);
    this.#keepInView();
  });
  #shownFor = "";
  #shown = "";

  attach(store: Store, say: Phrases, index: number, program: Program | undefined): void {
    this.#say = say;
    this.#index = index;
    this.#program = program;
    this.#title.textContent = say.host(usualHosts[index] ?? "");
    this.#note.append(this.#tag, this.#noteText);
    this.#note.hidden = true;
    this.#watch.observe(this.#list);
    if (program) this.#file.textContent = program.file.split("/").at(-1) ?? "";
    this.append(h("div", { class: "ph" }, this.#title, this.#file, this.#status), this.#list, this.#note);
    store.subscribe(this);
  }

  /** Shows another scenario's program: the stage has opened a run of it. */
  show(program: Program, store: Store): void {
    this.#program = program;
    this.#file.textContent = program.file.split("/").at(-1) ?? "";
    this.#shownFor = this.#shown = "";
    this.draw(store, changed.log);
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log))) return;
    const { log } = store.current;
    const name = hostOrder(log)[this.#index] ?? "";
    const host = store.world.hosts.get(name);
    if (name && this.#shownFor !== name) this.#layOut(name);
    const thread = currentThread(host);
    const sock = primary(host);
    const blocked = thread !== undefined && log.blocks(thread);
    const key = `${host?.lastCall} ${[...(host?.procs.values() ?? [])].map((p) => p.action).join()} ${sock?.orphan} ${sock?.state} ${thread?.open} ${blocked}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#mark(host, thread, log);
    setText(this.#status, this.#statusText(host, thread, blocked));
    this.#explain(host, thread, blocked);
  }

  #layOut(name: string): void {
    this.#shownFor = name;
    for (const { el } of this.#lines.values()) this.#watch.unobserve(el);
    this.#lines.clear();
    this.#heights.clear();
    this.#watch.unobserve(this.#list);
    this.#watch.observe(this.#list);
    this.#current = undefined;
    setText(this.#title, this.#say.host(name));
    set(this.#list, "aria-label", this.#say.text("code.label", { host: this.#say.host(name) }));
    const range = this.#program?.lines.get(name);
    const all = this.#program?.text.split("\n") ?? [];
    this.#list.replaceChildren();
    if (!range) return;
    for (let no = range.from; no <= Math.min(range.to, all.length); no++) {
      const result = h("span", { class: "rv" });
      const text = lineText(all[no - 1] ?? "");
      const el = h("li", { class: "l" }, h("span", { class: "no" }, String(no)), text, result);
      this.#lines.set(no, { el, result });
      this.#list.append(el);
      this.#watch.observe(el);
    }
  }

  /** Scrolls the list by as little as brings the current line into view. */
  #keepInView(): void {
    const room = this.#heights.get(this.#list) ?? 0;
    let [from, all] = [0, 0];
    for (const { el } of this.#lines.values()) {
      if (el === this.#current) from = all;
      all += this.#heights.get(el) ?? 0;
    }
    // What scrolls can be scrolled by keys too.
    if (room > 0 && all > room + 1) set(this.#list, "tabindex", 0);
    else this.#list.removeAttribute("tabindex");
    if (!this.#current || room === 0) return;
    const height = this.#heights.get(this.#current) ?? 0;
    const margin = Math.max(0, Math.min(context, (room - height) / 2));
    const high = Math.max(0, from - margin);
    const low = Math.min(all, from + height + margin) - room;
    this.#top = Math.max(0, Math.min(Math.max(this.#top, low), high, all - room));
    this.#list.scrollTop = this.#top;
  }

  #mark(host: Host | undefined, thread: Thread | undefined, log: RunLog): void {
    let current: HTMLLIElement | undefined;
    for (const [no, { el, result }] of this.#lines) {
      const r = host?.lines.get(no);
      const cur = thread?.line === no;
      el.classList.toggle("cur", cur);
      el.classList.toggle("ran", r !== undefined);
      if (cur) {
        el.setAttribute("aria-current", "step");
        current = el;
      } else el.removeAttribute("aria-current");
      const text = !r ? "" : !r.open ? `=${r.ret} ${r.errno}`.trimEnd() : log.blocks(r) ? this.#say.text("code.blocked.tag") : "";
      setText(result, text);
      result.classList.toggle("errno", Boolean(r?.errno));
    }
    if (current === this.#current) return;
    this.#current = current;
    this.#keepInView();
  }

  #statusText(host: Host | undefined, thread: Thread | undefined, blocked: boolean): string {
    const ended = [...(host?.procs.values() ?? [])].find((p) => p.action !== "start");
    if (ended?.action === "kill") return this.#say.text("code.killed", { time: duration(ended.t) });
    if (ended) return this.#say.text("code.exited", { status: ended.status, time: duration(ended.t) });
    if (!thread) return host && host.procs.size > 0 ? this.#say.text("code.running") : this.#say.text("code.waiting");
    return blocked ? this.#say.text("code.blocked", { time: duration(thread.since) }) : this.#say.text("code.running");
  }

  /** The note below: what the program waits for, how its last call failed, or that it is gone and its socket is not. */
  #explain(host: Host | undefined, thread: Thread | undefined, blocked: boolean): void {
    const say = this.#say;
    const sock = primary(host);
    const ended = [...(host?.procs.values() ?? [])].some((p) => p.action !== "start");
    const put = (tag: string, parts: readonly Part[], hollow = false): void => {
      this.#note.hidden = false;
      setText(this.#tag, tag);
      this.#tag.classList.toggle("hollow", hollow);
      this.#noteText.replaceChildren(" ", ...sentence(parts));
    };
    const call = thread ? { code: `${thread.call}()` } : "";
    if (sock && (ended || sock.orphan) && sock.state !== "CLOSED" && !sock.listener) {
      put(say.text("code.orphan"), say.parts("code.orphan.text", { state: { state: sock.state } }), true);
    } else if (thread?.open && !blocked) {
      put(say.text("code.running"), say.parts("code.running.text", { call, time: duration(thread.since) }), true);
    } else if (thread?.open) {
      put(say.text("code.blocked.tag"), say.parts("code.blocked.text", { call, time: duration(thread.since) }));
    } else if (thread?.errno) {
      put(say.text("code.failed.tag"), say.parts("code.failed.text", { call, errno: { code: thread.errno } }));
    } else if (thread && !ended) {
      put(say.text("code.returned.tag"), say.parts("code.returned.text", { call, ret: { code: String(thread.ret) }, time: duration(thread.returnedAt) }), true);
    } else {
      this.#note.hidden = true;
    }
  }
}

/** A line of source. What does not fit goes on below it, two columns further in; a comment moves up to its code. */
function lineText(line: string): HTMLElement {
  const parts = tokens(line);
  const before = parts.at(-2);
  if (before && parts.at(-1)?.kind === "c") before.text = before.text.replace(/ {2,}$/, "  ");
  const el = h("span", { class: "tx" }, ...parts.map((t) => (t.kind ? h("span", { class: t.kind }, t.text) : t.text)));
  const indent = line.length - line.trimStart().length + 2;
  el.style.paddingInlineStart = `${indent}ch`;
  el.style.textIndent = `-${indent}ch`;
  return el;
}

/** The thread whose line is lit: one that is blocked in a call, else the one that called last. */
function currentThread(host: Host | undefined): Thread | undefined {
  let best: Thread | undefined;
  for (const t of host?.threads.values() ?? []) {
    if (t.line === 0) continue;
    if (!best || (t.open && !best.open) || (t.open === best.open && t.since >= best.since)) best = t;
  }
  return best;
}
