// What the editor knows of the language of scenarios: Python's grammar for colours and indentation, and the names that
// scenarios have, offered where each belongs.
import { type Completion, type CompletionContext, type CompletionResult, snippetCompletion } from "@codemirror/autocomplete";
import { localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
import { HighlightStyle, LanguageSupport, syntaxTree } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { catalogue, type Word, type WordKind } from "./language.gen.ts";
import { type Sysctl, sysctls } from "./sysctl.gen.ts";

export type Lang = "en" | "zh";

/** The colours of the code panes. */
export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.bool, tags.null], color: "var(--code-kw)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-str)" },
  { tag: tags.number, color: "var(--code-num)" },
  { tag: tags.comment, color: "var(--code-com)" },
  { tag: tags.function(tags.definition(tags.variableName)), fontWeight: "600" },
]);

const keywords = ["def", "return", "if", "elif", "else", "for", "while", "in", "not", "and", "or", "pass", "break", "continue", "lambda", "True", "False", "None"];
const functions = ["len", "range", "sorted", "any", "all", "min", "max", "list", "dict", "tuple", "set", "str", "int", "bool", "enumerate", "zip", "reversed", "repr", "type", "bytes"];
const blocks = [
  snippetCompletion("def ${program}(os):\n\t${pass}", { label: "def", detail: "(os)", type: "keyword" }),
  snippetCompletion("while os.read(${fd}, 4096):\n\tpass", { label: "while", detail: "os.read", type: "keyword" }),
];

/** Starlark with completion. hosts gives the names of the hosts, as they were when the source was last read. */
export function starlark(lang: Lang, hosts: () => readonly string[]): Extension {
  const members = { os: [...completions("call", lang), ...completions("constant", lang)], log: completions("log", lang) };
  const top = [...completions("declaration", lang), ...blocks, ...[...keywords, ...functions].map((label): Completion => ({ label, type: keywords.includes(label) ? "keyword" : "function" }))];
  const texts = [...catalogue.filter((w) => w.kind === "constant").map((w): Completion => ({ label: w.name, type: "constant" })),
    ...sysctls.map(sysctlCompletion)];
  const complete = (context: CompletionContext): CompletionResult | null => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    if (/Comment/.test(node.name)) return null;
    if (/String/.test(node.name)) {
      const word = context.matchBefore(/[\w.-]*/);
      if (!word || (word.from === word.to && !context.explicit)) return null;
      return { from: word.from, options: [...hosts().map((label): Completion => ({ label, type: "text", boost: 2 })), ...texts], validFor: /^[\w.-]*$/ };
    }
    const member = context.matchBefore(/\b(os|log)\.\w*/);
    if (member) {
      const of = member.text.startsWith("os") ? members.os : members.log;
      return { from: member.from + member.text.indexOf(".") + 1, options: of, validFor: /^\w*$/ };
    }
    const word = context.matchBefore(/\w+/);
    if ((!word && !context.explicit) || context.matchBefore(/\.\w*/)) return null;
    return { from: word?.from ?? context.pos, options: [...parameters(context.state, context.pos), ...top], validFor: /^\w*$/ };
  };
  return new LanguageSupport(pythonLanguage, [
    pythonLanguage.data.of({ autocomplete: complete }),
    pythonLanguage.data.of({ autocomplete: localCompletionSource }),
  ]);
}

function completions(kind: WordKind, lang: Lang): Completion[] {
  return catalogue.filter((w) => w.kind === kind).map((w) => completion(w, lang));
}

function completion(w: Word, lang: Lang): Completion {
  const call = w.signature !== "";
  return {
    label: w.name, detail: w.signature, type: call ? "function" : w.kind === "constant" ? "constant" : "property",
    ...(w.doc[lang] && { info: w.doc[lang] }),
    ...(call && {
      apply: (view, _, from, to) => {
        const open = view.state.sliceDoc(to, to + 1) === "(";
        view.dispatch({
          changes: { from, to, insert: w.name + (open ? "" : "()") },
          selection: { anchor: from + w.name.length + (w.signature === "()" && !open ? 2 : 1) }, userEvent: "input.complete",
        });
      },
    }),
  };
}

function sysctlCompletion(s: Sysctl): Completion {
  return { label: s.name, type: "property", detail: `${s.default}${s.unit ? ` ${s.unit}` : ""} · ${s.min}–${s.max}` };
}

/** The arguments of the declaration within whose brackets a place is. */
function parameters(state: EditorState, pos: number): Completion[] {
  let node = syntaxTree(state).resolveInner(pos, -1);
  while (node.name !== "ArgList" && node.parent) node = node.parent;
  const call = node.parent?.firstChild;
  if (node.name !== "ArgList" || !call) return [];
  const word = catalogue.find((w) => w.kind === "declaration" && w.name === state.sliceDoc(call.from, call.to));
  const names = word ? [...word.signature.matchAll(/[(,] ?([a-z]+)(?= =|,|\))/g)].map((m) => m[1] ?? "") : [];
  return names.map((label): Completion => ({ label, type: "property", apply: `${label} = `, detail: `${word?.name ?? ""}()`, boost: 1 }));
}
