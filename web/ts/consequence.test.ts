import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { consequence, consequences, stays } from "./consequence.ts";
import { events } from "./fixture.test.ts";
import { Phrases } from "./phrases.ts";
import { RunLog } from "./run-log.ts";

function log(name: "four-way" | "fin-dropped", most = Infinity): RunLog {
  const l = new RunLog();
  l.append(events(name).slice(0, most));
  return l;
}

function say(lang: "en" | "zh"): Phrases {
  return new Phrases(lang, JSON.parse(readFileSync(`../../content/phrases/${lang}.json`, "utf8")) as Record<string, string>);
}

test("how long each end was in each state", () => {
  const list = stays(log("four-way"));
  assert.deepEqual(list.map((s) => `${s.host} ${s.state}`).sort(), [
    "client ESTABLISHED", "client FIN-WAIT-1", "client FIN-WAIT-2", "client SYN-SENT", "client TIME-WAIT",
    "server CLOSE-WAIT", "server ESTABLISHED", "server LAST-ACK", "server SYN-RECEIVED",
  ]);
  const wait = list.find((s) => s.state === "TIME-WAIT")!;
  assert.ok(wait.us >= 60e6 && wait.us < 63e6, `${wait.us} µs`);
  assert.ok(list.every((s) => !s.open));
});

test("a lost FIN is sent again, and the state that waits for its acknowledgment lasts longer", () => {
  const list = consequences(log("four-way"), log("fin-dropped"), say("en"));
  assert.deepEqual(list.map((c) => c.key), ["effect.again", "effect.longer", "effect.longer"]);
  const text = consequence(log("four-way"), log("fin-dropped"), say("en"));
  assert.match(text, /^The client sends FIN,ACK seq=\d+ ack=\d+ again after \d+ ms\. FIN-WAIT-1 on the client lasts \d+ ms longer\./);
  assert.match(consequence(log("four-way"), log("fin-dropped"), say("zh")), /^客户端在 \d+ ms 后重发 FIN,ACK seq=\d+ ack=\d+。客户端的 FIN-WAIT-1 延长了 \d+ ms。/);
});

test("two equal runs differ in nothing, and a run that is still coming is not judged by its end", () => {
  assert.deepEqual(consequences(log("four-way"), log("four-way"), say("en")), []);
  assert.equal(consequence(log("four-way"), log("four-way"), say("en")), "Nothing else changes.");
  assert.deepEqual(consequences(log("four-way"), log("fin-dropped", 90), say("en")).filter((c) => c.key !== "effect.again"), []);
});
