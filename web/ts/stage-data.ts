// What a page tells the stage beyond the run.

/** A program: a host's, or one of a process beside it, which the name is then of. */
export interface ProgramData {
  name: string;
  program?: { from: number; to: number };
  c?: { text: string; lines: Record<string, number[]> };
  c_error?: { line: number; message: { en: string; zh: string } };
}

/** What the page tells the stage, as JSON in its markup. */
export interface StageData {
  source?: { file: string; text: string };
  hosts?: (ProgramData & { others?: ProgramData[] })[];
  phrases?: Record<string, string>;
  token?: string;
  /** What the scenario varies, and between what. */
  vary?: { name: string; choices: string[] }[];
}

/** An attribute as a number; undefined where it is none. */
export function numberOf(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const n = Number(text);
  return Number.isFinite(n) ? n : undefined;
}
