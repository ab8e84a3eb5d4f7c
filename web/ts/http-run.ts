// A run over HTTP, where WebSockets are blocked: made where it has no token yet, and fetched whole.
import type { LogEvent } from "./events.gen.ts";
import type { OpenRequest } from "./stream.ts";

export interface WholeRun {
  token: string;
  forkSeq: number | undefined;
  events: LogEvent[];
}

/** The server's refusal of a run. A request that got no answer rejects with what fetch does. */
export class Refused extends Error {
  readonly code: string;
  /** After how many ms it may be asked for again; 0 where it may not. */
  readonly retryAfter: number;

  constructor(code: string, message: string, retryAfter: number) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Gets a run by its token, or makes it first. base is the service's address, lang the reader's language. */
export async function fetchRun(base: URL, lang: string, request: OpenRequest): Promise<WholeRun> {
  let token = request.token ?? request.fallback;
  let forkSeq: number | undefined;
  if (!token && request.run) {
    const made = await ask(new URL(`api/v1/runs?lang=${lang}`, base), {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ run: request.run, ...(request.base && { base: request.base }) }),
    });
    ({ token, forkSeq } = (await made.json()) as { token: string; forkSeq?: number });
  }
  const answer = await ask(new URL(`api/v1/runs.jsonl?lang=${lang}&run=${encodeURIComponent(token ?? "")}`, base));
  const text = await answer.text();
  return { token: token ?? "", forkSeq, events: text.trimEnd().split("\n").map((line) => JSON.parse(line) as LogEvent) };
}

async function ask(url: URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (answer.ok) return answer;
  const text = await answer.text();
  const wait = Number(answer.headers.get("retry-after") ?? 0) * 1000;
  let error = { code: "other", message: "" };
  try {
    ({ error } = JSON.parse(text) as { error: { code: string; message: string } });
  } catch {
    // what stands between us and the server has answered in its own words
  }
  throw new Refused(error.code, error.message, error.code === "too_many_runs" ? wait : 0);
}
