// How CodeMirror looks here, and what it says in Chinese.
import { EditorView } from "@codemirror/view";

export const editorTheme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "var(--fs-12)", maxBlockSize: "var(--editor-height, 420px)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px", borderRadius: "var(--radius-2)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", overflow: "auto", scrollbarWidth: "thin", scrollbarColor: "var(--line-strong) transparent" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0", minHeight: "120px" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-3)", border: "0", paddingInlineStart: "4px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": { backgroundColor: "var(--surface)" },
  ".cm-cursor": { borderInlineStartColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--line)" },
  ".cm-selectionMatch": { backgroundColor: "var(--line)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--line-strong)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--lost)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--lost)", textUnderlineOffset: "3px" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-2)", boxShadow: "var(--shadow)", zIndex: "25" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", fontSize: "var(--fs-12)", maxBlockSize: "13em", maxInlineSize: "min(560px, 92vi)", borderRadius: "var(--radius-2)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 10px", lineHeight: "1.4", display: "flex", gap: "10px", alignItems: "baseline" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--on-ink)" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal", overflow: "hidden", textOverflow: "ellipsis", marginInlineStart: "0" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { padding: "8px 10px", fontFamily: "var(--font-sans)", fontSize: "var(--fs-12)", lineHeight: "1.5", maxInlineSize: "280px" },
  ".cm-diagnostic": { borderInlineStart: "0", padding: "6px 10px", fontFamily: "var(--font-sans)", fontSize: "var(--fs-12)" },
  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels-bottom": { borderBlockStart: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 28px 8px 8px", fontFamily: "var(--font-sans)", fontSize: "var(--fs-12)" },
  ".cm-textfield, .cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-1)", fontSize: "var(--fs-12)" },
  ".cm-searchMatch": { backgroundColor: "transparent", outline: "1px solid var(--line-strong)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--line)" },
});

export const editorPhrases: Record<string, string> = {
  "Control character": "控制字符",
  "Find": "查找", "Replace": "替换", "next": "下一个", "previous": "上一个", "all": "全部", "match case": "区分大小写", "by word": "全字匹配",
  "regexp": "正则表达式", "replace": "替换", "replace all": "全部替换", "close": "关闭", "current match": "当前匹配", "on line": "在行",
  "replaced $ matches": "已替换 $ 处", "replaced match on line $": "已替换第 $ 行的匹配", "Go to line": "转到行", "go": "转到",
  "Completions": "补全", "Diagnostics": "错误", "No diagnostics": "没有错误", "Selection deleted": "已删除所选内容",
};
