// A scenario's programs as the code panes show them: each host's in the two languages, and which line is which.
import type { ProgramData, StageData } from "./stage-data.ts";

/** The language that the code panes show. */
export type CodeLanguage = "c" | "starlark";

/** A scenario's text, and each host's program in it. */
export interface Program {
  file: string;
  text: string;
  hosts: ReadonlyMap<string, HostProgram>;
}

export interface HostProgram {
  /** The program's lines in the scenario, from 1. */
  from: number;
  to: number;
  c: { text: string; lines: Readonly<Record<string, readonly number[]>> } | undefined;
  /** Why there is no C, where there is none; line 0 is unknown. */
  cError: { line: number; message: { en: string; zh: string } } | undefined;
  /** The programs of the host's other processes, by process. */
  others: ReadonlyMap<string, HostProgram>;
}

/** A line as a pane shows it. */
export interface CodeLine {
  no: number;
  text: string;
  /** The scenario's lines whose call this one has. */
  calls: number[];
  /** The scenario's lines whose call this one prepares. */
  helps: number[];
}

/** The programs of the scenario that the page names. */
export function programOf({ source, hosts }: StageData): Program | undefined {
  if (!source) return undefined;
  const map = new Map<string, HostProgram>();
  for (const host of hosts ?? []) {
    const own = hostProgram(host, new Map((host.others ?? []).map((other) => [other.name, hostProgram(other)])));
    if (host.program || host.c || own.others.size > 0) map.set(host.name, own);
  }
  return { file: source.file, text: source.text, hosts: map };
}

function hostProgram({ program, c, c_error: cError }: ProgramData, others: ReadonlyMap<string, HostProgram> = new Map()): HostProgram {
  return { from: program?.from ?? 1, to: program?.to ?? 0, c, cError, others };
}

/** The lines of a host's program in a language; those of the scenario where there is no C. */
export function linesOf(program: Program, host: HostProgram, language: CodeLanguage): CodeLine[] {
  if (language === "c" && host.c) return cLines(host.c);
  const all = program.text.split("\n").slice(host.from - 1, host.to);
  return all.map((text, i) => ({ no: host.from + i, text, calls: [host.from + i], helps: [] }));
}

function cLines(c: NonNullable<HostProgram["c"]>): CodeLine[] {
  const out = c.text.trimEnd().split("\n").map((text, i): CodeLine => ({ no: i + 1, text, calls: [], helps: [] }));
  for (const [key, [first, ...rest]] of Object.entries(c.lines)) {
    const at = Number(key);
    if (first !== undefined) out[first - 1]?.calls.push(at);
    for (const n of rest) out[n - 1]?.helps.push(at);
  }
  return out;
}

/** The first line to look at before anything has run: main, past what it includes. */
export function startLine(lines: readonly CodeLine[]): CodeLine | undefined {
  return lines.find((l) => l.text.startsWith("int main(")) ?? lines[0];
}
