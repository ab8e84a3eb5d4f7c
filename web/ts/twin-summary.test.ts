import assert from "node:assert/strict";
import { test } from "node:test";
import { events } from "./fixture.test.ts";
import { RunLog } from "./run-log.ts";
import { onlyIn, outcome, parting } from "./twin-summary.ts";

function log(name: "four-way" | "fin-dropped"): RunLog {
  const l = new RunLog();
  l.append(events(name));
  return l;
}

test("how a run came out", () => {
  const [a, b] = [outcome(log("four-way")), outcome(log("fin-dropped"))];
  assert.deepEqual(a.hosts.map((h) => [h.host, h.last?.state, h.timeWait > 60e6, h.errors.length]), [["client", "CLOSED", true, 0], ["server", "CLOSED", false, 0]]);
  assert.deepEqual([a.again, a.lost], [0, 0]);
  assert.deepEqual([b.again, b.lost, b.segments], [1, 1, a.segments + 1]);
  assert.deepEqual(a.hosts.map((h) => h.read), [9, 8]);
  assert.ok(a.expected > 0 && a.holds === a.expected && b.expected === a.expected);
});

test("two runs part at the change, and a run does not part from itself", () => {
  const [a, b] = [log("four-way"), log("fin-dropped")];
  const input = b.events.find((e) => e.kind === "input")!;
  assert.equal(parting(a, b), input.t);
  assert.equal(parting(a, log("four-way")), undefined);
});

test("the line in the source is no difference", () => {
  const [a, b] = [new RunLog(), new RunLog()];
  a.append(events("four-way"));
  b.append(events("four-way").map((e) => (e.kind === "call" || e.kind === "return" ? { ...e, line: e.line + 3 } : e)));
  assert.equal(parting(a, b), undefined);
});

test("the segments that only one run has are those after the change", () => {
  const [a, b] = [log("four-way"), log("fin-dropped")];
  const at = parting(a, b)!;
  for (const [x, y] of [[a, b], [b, a]] as const) {
    const only = onlyIn(x, y);
    assert.ok(only.size > 0);
    for (const id of only) assert.ok(x.segments.get(id)!.sent.t >= at, `segment ${id}`);
  }
  assert.equal(onlyIn(a, a).size, 0);
});
