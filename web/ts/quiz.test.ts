import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Evidence } from "./quiz.gen.ts";
import { Axis } from "./quiz-figure.ts";
import { newID, Outbox, practice, type Submission } from "./quiz-outbox.ts";

/** A browser's storage. */
class Memory implements Storage {
  [name: string]: unknown;
  #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(n: number): string | null {
    return [...this.#items.keys()][n] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

/** Answers requests one after the other; a number is a status, an Error is no connection. */
function serve(...answers: (number | Error)[]): { url: string; body: unknown }[] {
  const seen: { url: string; body: unknown }[] = [];
  globalThis.fetch = (url, init) => {
    seen.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) return Promise.reject(answer ?? new Error("nothing more"));
    const body = answer === 200 ? { score: 1 } : { error: { code: "x", message: "It does not fit." } };
    return Promise.resolve(new Response(JSON.stringify(body), { status: answer }));
  };
  return seen;
}

const submission = (id = newID()): Submission => ({ id, to: practice("four-way-states", 7), lang: "en", answer: { client: "CLOSED" } });

test("an id is a UUID of its own", () => {
  const ids = new Set(Array.from({ length: 100 }, newID));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("an answer goes to its question, with its id, and is then forgotten", async () => {
  const seen = serve(200);
  const box = new Outbox("/finwait/", new Memory());
  const s = submission();
  assert.equal((await box.send(s)).kind, "saved");
  assert.deepEqual(seen, [{ url: "/finwait/api/v1/quizzes/four-way-states/7/answers?lang=en", body: { id: s.id, answer: s.answer } }]);
  assert.deepEqual(box.waiting(), []);
});

test("an answer that was not confirmed outlives the page and keeps its id", async () => {
  const storage = new Memory();
  const s = submission();
  for (const failure of [new Error("offline"), 503, 500, 429]) {
    serve(failure);
    assert.equal((await new Outbox("/", storage).send(s)).kind, "waiting");
  }
  const later = new Outbox("/", storage);
  assert.deepEqual(later.waiting(), [s]);
  const seen = serve(200);
  assert.equal((await later.send(later.waiting()[0]!)).kind, "saved");
  assert.equal((seen[0]!.body as Submission).id, s.id);
  assert.deepEqual(later.waiting(), []);
});

test("an answer that the server refuses is not sent again", async () => {
  serve(422);
  const box = new Outbox("/", new Memory());
  assert.deepEqual(await box.send(submission()), { kind: "refused", message: "It does not fit." });
  assert.deepEqual(box.waiting(), []);
});

test("a page without storage, or with spoilt storage, still sends", async () => {
  const spoilt = new Memory();
  spoilt.setItem("finwait.unsent", '[{"id":1},"x",null');
  for (const storage of [undefined, spoilt]) {
    serve(200);
    const box = new Outbox("/", storage);
    assert.deepEqual(box.waiting(), []);
    assert.equal((await box.send(submission())).kind, "saved");
  }
});

const evidence: Evidence = {
  hosts: [{ value: "client", label: "Client" }, { value: "server", label: "Server" }],
  from: 90_000, at: 60_000_000, delay: 10_000, folded: 7, lines: [],
  segments: [
    { from: "client", flags: "FA", label: "FIN,ACK", len: 0, t: 90_000, due: 100_000, arrives: 100_000, again: false },
    { from: "server", flags: "A", label: "ACK", len: 0, t: 144_000, due: 154_000, lost: 149_000, again: false },
  ],
  states: [{ host: "client", state: "FIN-WAIT-1", from: 90_000, to: 60_000_000 }],
};

test("the figure's axis keeps the order of time, has room for labels, and ends at the moment asked about", () => {
  const axis = new Axis(evidence);
  assert.deepEqual(axis.marks, [90_000, 100_000, 144_000, 149_000, 60_000_000]);
  const ys = axis.marks.map((t) => axis.y(t));
  for (let i = 1; i < ys.length; i++) assert.ok(ys[i]! - ys[i - 1]! >= 13, `${axis.marks[i]} µs stands too near`);
  assert.equal(axis.y(60_000_000), axis.end);
  assert.ok(axis.end < 400, "a minute fits the card");
  assert.ok(axis.y(95_000) > ys[0]! && axis.y(95_000) < ys[1]!);
});
