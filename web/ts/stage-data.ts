// What a page tells the stage beyond the run.
import type { Program } from "./tcp-code.ts";

/** What the page tells the stage, as JSON in its markup. */
export interface StageData {
  source?: { file: string; text: string };
  hosts?: { name: string; program?: { from: number; to: number } }[];
  phrases?: Record<string, string>;
  token?: string;
  /** What the scenario varies, and between what. */
  vary?: { name: string; choices: string[] }[];
}

/** The programs of the scenario that the page names. */
export function programOf({ source, hosts }: StageData): Program | undefined {
  if (!source) return undefined;
  const lines = new Map<string, { from: number; to: number }>();
  for (const x of hosts ?? []) if (x.program) lines.set(x.name, x.program);
  return { file: source.file, text: source.text, lines };
}

/** An attribute as a number; undefined where it is none. */
export function numberOf(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const n = Number(text);
  return Number.isFinite(n) ? n : undefined;
}
