// <tcp-scenario>: the editor of a scenario's source. It stands in a shadow root, because there CodeMirror can bring its
// styles without a style element, which the pages' policy forbids.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, undo } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { h } from "./dom.ts";
import { editorPhrases, editorTheme } from "./editor-theme.ts";
import type { Change } from "./source-edits.ts";
import { colours, type Lang, starlark } from "./starlark-language.ts";

/** A mistake in a source, as the server finds it: line and column from 1, 0 where they are unknown. */
export interface SourceError {
  code: string;
  message: { en: string; zh: string };
  line?: number;
  col?: number;
}

/** Where places of the old text are in the new one. */
export type Mapping = (pos: number, assoc: number) => number;

export interface ScenarioHost {
  lang: Lang;
  label: string; // of the text box
  hint: string; // how the keyboard leaves it
  at(line: number): string; // "Line 7"
  run(): void;
  /** The text has changed; byControl says that one of the page's own controls did it. */
  changed(map: Mapping, byControl: boolean): void;
}

export class TcpScenario extends HTMLElement {
  #view!: EditorView;
  #host!: ScenarioHost;
  #describe = new Compartment();
  #note = h("p", { id: "note", class: "note", role: "status" });
  #goto = h("button", { type: "button" });
  #said = h("span", {});
  #hosts: readonly string[] = [];
  #errorLine = 0;

  attach(host: ScenarioHost, source: string): void {
    this.#host = host;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(frame);
    root.adoptedStyleSheets = [sheet];
    const box = h("div", { class: "box" });
    this.#note.hidden = true;
    this.#note.append(this.#goto, this.#said);
    this.#goto.addEventListener("click", () => this.focusLine(this.#errorLine));
    root.append(box, this.#note, h("p", { id: "hint", class: "hint" }, host.hint));
    this.#view = new EditorView({ root, parent: box, state: this.#state(source) });
  }

  #state(source: string): EditorState {
    const { lang, label, run, changed } = this.#host;
    const extensions: Extension[] = [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
      lineNumbers(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
      autocompletion({ icons: false }), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
      starlark(lang, () => this.#hosts), syntaxHighlighting(colours), indentUnit.of("    "), EditorState.tabSize.of(4), editorTheme,
      EditorState.phrases.of(lang === "zh" ? editorPhrases : {}),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
      this.#describe.of(EditorView.contentAttributes.of({ "aria-describedby": "hint" })),
      EditorView.updateListener.of((u) => {
        if (u.docChanged) changed((pos, assoc) => u.changes.mapPos(pos, assoc), u.transactions.every((t) => !t.docChanged || t.isUserEvent("control")));
      }),
    ];
    return EditorState.create({ doc: source, extensions });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Puts another text in place of all; undo brings the old one back. */
  replace(source: string): void {
    if (source === this.text) return;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: source }, selection: { anchor: 0 }, userEvent: "input.replace", scrollIntoView: true });
    this.showError(undefined);
  }

  /** Makes the edits of a control. */
  apply(changes: Change[]): void {
    this.#view.dispatch({ changes, userEvent: "control" });
  }

  undo(): void {
    undo(this.#view);
  }

  set hosts(names: readonly string[]) {
    this.#hosts = names;
  }

  /** Whether a word of this line is being chosen: then it is not finished, and no mistake yet. */
  chooses(line: number | undefined): boolean {
    const { state } = this.#view;
    return completionStatus(state) === "active" && state.doc.lineAt(state.selection.main.head).number === line;
  }

  override focus(): void {
    this.#view.focus();
  }

  /** Marks a mistake at its line and says it below; undefined takes it away. */
  showError(e: SourceError | undefined): void {
    const { doc } = this.#view.state;
    const message = e ? e.message[this.#host.lang] : "";
    const found: Diagnostic[] = [];
    this.#errorLine = e?.line ? Math.min(e.line, doc.lines) : 0;
    if (e && this.#errorLine > 0) {
      const line = doc.line(this.#errorLine);
      // Columns count characters, the text's places UTF-16 code units.
      const before = [...line.text].slice(0, Math.max(0, (e.col ?? 1) - 1)).join("").length;
      const from = Math.min(line.from + before, line.to);
      const word = /^[\w.]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
      found.push({ from, to: Math.min(line.to, from + Math.max(1, word)), severity: "error", message });
    }
    this.#view.dispatch(setDiagnostics(this.#view.state, found), {
      effects: this.#describe.reconfigure(EditorView.contentAttributes.of({
        "aria-describedby": e ? "note hint" : "hint", ...(e && { "aria-invalid": "true" }),
      })),
    });
    this.#note.hidden = !e;
    this.#goto.hidden = this.#errorLine === 0;
    this.#goto.textContent = this.#errorLine > 0 ? this.#host.at(this.#errorLine) : "";
    this.#said.textContent = message;
  }

  focusLine(n: number): void {
    const line = this.#view.state.doc.line(Math.max(1, Math.min(n, this.#view.state.doc.lines)));
    this.#view.dispatch({ selection: { anchor: line.from + (/^\s*/.exec(line.text)?.[0].length ?? 0) }, scrollIntoView: true });
    this.#view.focus();
  }
}

// The frame around CodeMirror's own. Tokens are inherited from the page.
const frame = `
  :host { display: block; min-inline-size: 0; }
  .box { border: 1px solid var(--line); border-radius: var(--radius-2); overflow: clip; background: var(--sunken); }
  .box:focus-within { border-color: var(--line-strong); }
  .note { display: flex; gap: 8px; align-items: baseline; margin: 6px 0 0; padding: 7px 10px; border-radius: var(--radius-2); background: var(--lost-tint); color: var(--ink); font: 400 var(--fs-12)/1.5 var(--font-sans); overflow-wrap: anywhere; }
  .note[hidden], .note [hidden] { display: none; }
  .note button { flex: none; padding: 0; border: 0; background: none; color: var(--lost); font: 600 var(--fs-12)/1.5 var(--font-sans); text-decoration: underline; text-underline-offset: 2px; cursor: pointer; }
  .note button:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
  .hint { margin: 5px 0 0; color: var(--ink-3); font: 400 var(--fs-11)/1.45 var(--font-sans); }
`;
