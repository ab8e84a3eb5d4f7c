import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArgs } from "./act-dialog.ts";
import type { Do, LogEvent } from "./events.gen.ts";
import { events } from "./fixture.test.ts";
import { cutFrom, descriptors, isOff, living, sysctlOf } from "./host-facts.ts";
import { RunLog } from "./run-log.ts";

function log(...inputs: Do[]): RunLog {
  const l = new RunLog();
  const list = events("four-way");
  const until = list.findIndex((e) => e.kind === "segment" && e.flags.includes("F"));
  l.append(list.slice(0, until));
  l.append(inputs.map((d, i): LogEvent => ({ seq: until + i, t: list[until]!.t, kind: "input", do: d })));
  return l;
}

test("the open descriptors of a host, by what was called", () => {
  const l = log();
  const at = (call: string, host: string): number => l.events.findIndex((e) => e.kind === "return" && e.call === call && e.host === host) + 1;
  const open = (n: number, host: string): string[] => descriptors(l, n, host).map((d) => `${d.proc} ${d.fd} ${d.kind}`);
  assert.deepEqual(open(1, "client"), []);
  assert.deepEqual(open(at("socket", "client"), "client"), ["client 3 new"]);
  assert.deepEqual(open(at("connect", "client"), "client"), ["client 3 connection"]);
  assert.deepEqual(open(at("accept", "server"), "server"), ["server 3 listener", "server 4 connection"]);
  const whole = new RunLog();
  whole.append(events("four-way"));
  assert.deepEqual(descriptors(whole, whole.events.length, "server"), []);
});

test("a program that has exited lives no more, nor does one on a host without power", () => {
  const whole = new RunLog();
  whole.append(events("four-way"));
  assert.deepEqual(living(whole, 1, "client"), []);
  assert.deepEqual(living(log(), log().events.length, "client"), ["client"]);
  assert.deepEqual(living(whole, whole.events.length, "client"), []);
  const off = log({ "power-off": { host: "client" } });
  assert.deepEqual([isOff(off, off.events.length, "client"), isOff(off, off.events.length - 1, "client"), isOff(off, off.events.length, "server")], [true, false, false]);
  assert.deepEqual(living(off, off.events.length, "client"), []);
});

test("the link's directions are cut and healed one by one", () => {
  const of = (...inputs: Do[]): string[] => [...cutFrom(log(...inputs), Infinity)].sort();
  assert.deepEqual(of(), []);
  assert.deepEqual(of({ cut: {} }), ["client", "server"]);
  assert.deepEqual(of({ cut: { from: "client" } }), ["client"]);
  assert.deepEqual(of({ cut: {} }, { heal: { from: "server" } }), ["client"]);
  assert.deepEqual(of({ cut: { from: "client" } }, { heal: {} }), []);
});

test("a sysctl is what an input set, else the scenario, else its default", () => {
  const name = "net.ipv4.tcp_fin_timeout";
  assert.equal(sysctlOf(log(), Infinity, "client", name), 60);
  const set = log({ sysctl: { host: "client", name, value: 5 } });
  assert.equal(sysctlOf(set, Infinity, "client", name), 5);
  assert.equal(sysctlOf(set, set.events.length - 1, "client", name), 60);
  assert.equal(sysctlOf(set, Infinity, "server", name), 60);
  assert.equal(sysctlOf(set, Infinity, "client", "net.ipv4.none"), undefined);
});

test("arguments as they are typed", () => {
  assert.deepEqual(parseArgs(""), []);
  assert.deepEqual(parseArgs("SHUT_WR"), ["SHUT_WR"]);
  assert.deepEqual(parseArgs("SO_LINGER, 1, 0"), ["SO_LINGER", 1, 0]);
  assert.deepEqual(parseArgs('"a, b" , -7'), ["a, b", -7]);
  assert.deepEqual(parseArgs('""'), [""]);
});
