import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { Replay } from "./model.ts";
import { listed, ssSpan, ssState, ssTimer, ssTimerText } from "./ss.ts";

test("a time left is written as ss writes it", () => {
  const wanted = { 0: "", 204: "204ms", 5: "005ms", 1500: "1.500ms", 9999: "9.999ms", 10_000: "10sec", 59_999: "59sec", 60_000: "1min", 119_000: "1min59sec", 7_140_500: "119min" };
  for (const [ms, text] of Object.entries(wanted)) assert.equal(ssSpan(Number(ms) * 1000 + 999), text);
  assert.equal(ssSpan(-5), "");
});

test("the rows of the four-way close", () => {
  const log = load("four-way");
  const replay = new Replay(log);
  const at = (host: string, t: number): string[] => listed(replay.at(log.countAt(t)).hosts.get(host)).map((s) => {
    const timer = ssTimer(s);
    return [ssState(s.state), s.listener ? s.accept : s.recvq, s.listener ? s.backlog : s.sendq, timer ? ssTimerText(timer, t) : "-"].join(" ");
  });
  assert.deepEqual(at("server", 10_000), ["LISTEN 0 8 -", "SYN-RECV 0 0 timer:(on,1.014ms,0)"]);
  assert.deepEqual(at("client", 110_000), ["FIN-WAIT-1 0 1 timer:(on,202ms,0)"]);
  assert.deepEqual(at("client", 1_214_000), ["TIME-WAIT 0 0 timer:(timewait,1min,0)"]);
});

test("a host without power lists nothing", () => {
  const log = load("four-way");
  const host = structuredClone(new Replay(log).at(40).hosts.get("client")!);
  assert.ok(listed(host).length > 0);
  host.off = true;
  assert.deepEqual(listed(host), []);
});
