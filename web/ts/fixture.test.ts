// Two runs of the engine, as it wrote them: the four-way close, and the same with the client's FIN dropped at 95 ms.
import { readFileSync } from "node:fs";
import type { LogEvent } from "./events.gen.ts";
import { RunLog } from "./run-log.ts";

/** Reads a log of testdata. Tests run in the folder of this file's source. */
export function events(name: string): LogEvent[] {
  return readFileSync(`testdata/${name}.jsonl`, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as LogEvent);
}

export function load(name: string): RunLog {
  const log = new RunLog();
  log.append(events(name));
  return log;
}
