// <tcp-code host>: a host's program in C and in Starlark, the line it is in, what its calls gave.
import { CallIndex } from "./call-index.ts";
import { tokens as cTokens } from "./clike.ts";
import { codeLanguage, onLanguage } from "./code-language.ts";
import { CodeList, type LineState } from "./code-list.ts";
import { CodeTabs } from "./code-tabs.ts";
import { h, sentence, set, setText } from "./dom.ts";
import { duration } from "./format.ts";
import { HostHead } from "./host-head.ts";
import { type Host, primary, type Thread } from "./model.ts";
import type { Part, Phrases } from "./phrases.ts";
import { ProcessPick } from "./process-pick.ts";
import { type HostProgram, linesOf, type Program } from "./program.ts";
import type { RunLog } from "./run-log.ts";
import { Seen } from "./seen.ts";
import { tokens } from "./starlark.ts";
import { changed, type Panel, type Store } from "./store.ts";

export class TcpCode extends HTMLElement implements Panel {
  readonly later = { bits: changed.events | changed.log | changed.select, seen: new Seen(this) };
  #say!: Phrases;
  #store!: Store;
  #index = 0;
  #program: Program | undefined;
  #head!: HostHead;
  #pick!: ProcessPick;
  #status = h("span", { class: "r" });
  #tabs!: CodeTabs;
  #missing = h("p", { class: "noctext" });
  #list = new CodeList();
  #calls = new CallIndex();
  #note = h("p", { class: "sys" });
  #tag = h("span", { class: "tag" });
  #noteText = h("span", {});
  #shownFor = ""; // the host, and the language
  #shown = "";

  attach(store: Store, say: Phrases, index: number, program: Program | undefined): void {
    this.#say = say;
    this.#store = store;
    this.#index = index;
    this.#program = program;
    this.#head = new HostHead(say, index, store);
    this.#pick = new ProcessPick(say, store);
    this.#note.append(this.#tag, this.#noteText);
    this.#note.hidden = this.#missing.hidden = true;
    this.#tabs = new CodeTabs(say);
    this.#tabs.panel.append(this.#missing, this.#list.el);
    this.#list.onSeek = (line) => this.#seek(line);
    this.append(h("div", { class: "phbox" }, h("div", { class: "ph" }, this.#head.el, this.#pick.el, this.#tabs.el, this.#status)), this.#tabs.panel, h("div", { class: "sysbox" }, h("div", {}, this.#note)));
    store.subscribe(this);
    onLanguage((language) => {
      this.#tabs.show(language);
      this.#shownFor = this.#shown = "";
      store.invalidate(changed.log | changed.select);
    });
  }

  /** Shows another scenario's program: the stage has opened a run of it. Without one, none. */
  show(program: Program | undefined, store: Store): void {
    this.#program = program;
    this.#shownFor = this.#shown = "";
    this.draw(store, changed.log);
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log | changed.select))) return;
    const { log } = store.current;
    const name = store.focus.sides(log)[this.#index] ?? "";
    this.#head.draw(store, name);
    const host = store.world.hosts.get(name);
    const proc = this.#pick.draw(host, currentThread(host)?.proc);
    const laidOut = name !== "" && this.#shownFor !== this.#layout(name, proc);
    if (laidOut) this.#layOut(name, proc);
    if ((bits & changed.log || laidOut) && name && (this.#calls.update(log, name) || laidOut)) {
      this.#list.link(this.#calls, (line) => this.#say.text("code.goto", { line }));
    }
    const thread = currentThread(host, proc);
    const sock = primary(host);
    const blocked = thread !== undefined && log.blocks(thread);
    const selected = this.#selectedLine(log, name);
    const key = `${name} ${proc} ${host?.lastCall} ${[...(host?.procs.values() ?? [])].map((p) => p.action).join()} ${sock?.orphan} ${sock?.state} ${thread?.open} ${blocked} ${selected}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#list.mark(thread?.line, selected, (line) => this.#lineState(line, host, log));
    setText(this.#status, this.#statusText(host, proc, thread, blocked));
    this.#explain(host, proc, thread, blocked);
  }

  /** What decides which lines are listed. */
  #layout(name: string, proc: string): string {
    return `${name} ${this.#program?.hosts.get(name)?.others.has(proc) ? proc : ""} ${codeLanguage()}`;
  }

  #layOut(name: string, proc: string): void {
    const language = codeLanguage();
    this.#shownFor = this.#layout(name, proc);
    set(this.#list.el, "aria-label", this.#say.text("code.label", { host: this.#say.host(name) }));
    const first = this.#program?.hosts.get(name);
    const host = first?.others.get(proc) ?? first;
    const why = language === "c" ? host?.cError : undefined;
    this.#explainMissing(why);
    const inC = language === "c" && host?.c !== undefined;
    this.#list.fill(this.#program && host ? linesOf(this.#program, host, language) : [], inC ? cTokens : tokens, why?.line);
  }

  /** Says which line of the scenario has no C, and why, above the scenario's own text. */
  #explainMissing(why: HostProgram["cError"]): void {
    this.#missing.hidden = !why;
    if (why) setText(this.#missing, this.#say.text("code.missing", { line: why.line, why: why.message[this.#say.lang] }));
  }

  /** The line of the scenario whose call, or whose return, is selected in any of the lenses. */
  #selectedLine(log: RunLog, name: string): number | undefined {
    const e = log.events[this.#store.selected ?? -1];
    return e && (e.kind === "call" || e.kind === "return") && e.host === name && e.line > 0 ? e.line : undefined;
  }

  #lineState(line: number, host: Host | undefined, log: RunLog): LineState | undefined {
    const r = host?.lines.get(line);
    if (!r) return undefined;
    const waits = log.blocks(r) ? this.#say.text("code.blocked.tag") : "";
    return { text: r.open ? waits : `=${r.ret} ${r.errno}`.trimEnd(), errno: Boolean(r.errno) };
  }

  /** Goes to the call on a line of the scenario, and to its return where it returned at once. */
  #seek(line: number): void {
    const { log } = this.#store.current;
    const seq = this.#calls.seek(line, this.#store.at.n);
    if (seq === undefined) return;
    const back = log.returns.get(seq);
    this.#store.seekEvent(back && back.t === log.events[seq]?.t ? back.seq : seq);
    this.#store.select(seq);
  }

  #statusText(host: Host | undefined, proc: string, thread: Thread | undefined, blocked: boolean): string {
    const own = host?.procs.get(proc);
    const ended = own && own.action !== "start" ? own : undefined;
    if (ended?.action === "kill") return this.#say.text("code.killed", { time: duration(ended.t) });
    if (ended) return this.#say.text("code.exited", { status: ended.status, time: duration(ended.t) });
    if (!thread) return host && host.procs.size > 0 ? this.#say.text("code.running") : this.#say.text("code.waiting");
    return blocked ? this.#say.text("code.blocked", { time: duration(thread.since) }) : this.#say.text("code.running");
  }

  /** The note below: what the program waits for, how its last call failed, or that it is gone and its socket is not. */
  #explain(host: Host | undefined, proc: string, thread: Thread | undefined, blocked: boolean): void {
    const say = this.#say;
    const sock = primary(host);
    const own = host?.procs.get(proc);
    const ended = own !== undefined && own.action !== "start";
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

/** The thread whose line is lit: one that is blocked in a call, else the one that called last. */
function currentThread(host: Host | undefined, proc?: string): Thread | undefined {
  let best: Thread | undefined;
  for (const t of host?.threads.values() ?? []) {
    if (t.line === 0 || (proc !== undefined && t.proc !== proc)) continue;
    if (!best || (t.open && !best.open) || (t.open === best.open && t.since >= best.since)) best = t;
  }
  return best;
}
