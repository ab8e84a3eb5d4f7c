import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { Focus } from "./focus.ts";
import { Replay } from "./model.ts";

test("the panels show the ends of the ladder, and a run of one host has one side", () => {
  const f = new Focus();
  assert.deepEqual(f.sides(load("four-way")), ["client", "server"]);
  assert.deepEqual(f.sides(load("two-clients")), ["client", "server"]);
  assert.deepEqual(f.sides(load("self")), ["client", undefined]);
});

test("a host that is chosen for one side gives the other side up", () => {
  const [f, log] = [new Focus(), load("two-clients")];
  f.showHost(log, 0, "second");
  assert.deepEqual(f.sides(log), ["second", "server"]);
  f.showHost(log, 0, "server");
  assert.deepEqual(f.sides(log), ["server", "second"]);
  f.reset();
  assert.deepEqual(f.sides(log), ["client", "server"]);
});

test("an event that is chosen brings its host into view", () => {
  const [f, log] = [new Focus(), load("two-clients")];
  const own = log.events.find((e) => e.kind === "state" && e.host === "second")!;
  f.reveal(log, own.seq);
  assert.deepEqual(f.sides(log), ["second", "server"]);
  const sent = [...log.segments.values()].find(({ sent: s }) => s.from === "client")!.sent;
  f.reveal(log, sent.seq);
  assert.deepEqual(f.sides(log), ["client", "server"]);
});

test("a host's panels show the connection that changed last, unless another one is chosen or meant", () => {
  const [f, log] = [new Focus(), load("two-clients")];
  const n = log.events.length;
  const server = new Replay(log).at(n).hosts.get("server")!;
  const number = (selected?: number): number | undefined => log.connections.numberOf("server", f.socket(server, log, selected)!.sock);
  const last = log.events.findLast((e) => e.kind === "state" && e.host === "server" && e.remote !== "*")!;
  assert.ok(last.kind === "state");
  const latest = log.connections.numberOf("server", last.sock)!;
  assert.equal(number(), latest);
  const first = [...server.sockets.values()].find((s) => log.connections.numberOf("server", s.sock) === 3 - latest)!;
  f.showSocket("server", first.sock);
  assert.equal(number(), 3 - latest);
  const sent = [...log.segments.values()].find(({ sent: s }) => log.connections.numberOn(s) === latest)!.sent;
  assert.equal(number(sent.seq), latest, "the selected segment's");
  f.showSocket("server", undefined);
  assert.equal(number(first.steps[0]!.seq), 3 - latest, "the selected state's");
});
