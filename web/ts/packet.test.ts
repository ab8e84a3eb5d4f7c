import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { SegmentEvent } from "./events.gen.ts";
import { load } from "./fixture.test.ts";
import { fieldsAt, neighbour } from "./header-grid.ts";
import { bytesOf, checksum, dump, type Field, type Packet, readPacket, spanOf } from "./packet.ts";

const log = load("four-way");
const lines = readFileSync("testdata/four-way.bytes.jsonl", "utf8").trimEnd().split("\n").map((l) => JSON.parse(l) as { id: number; hex: string });
const sentOf = (id: number): SegmentEvent => log.segments.get(id)!.sent;
const packetOf = (id: number, change: (b: Uint8Array) => void = () => {}): Packet => {
  const bytes = bytesOf(lines.find((l) => l.id === id)!.hex);
  change(bytes);
  const p = readPacket(bytes, 0, sentOf(id));
  assert.ok(p);
  return p;
};
const nameOf = (f: Field): string => (typeof f.name === "string" ? f.name : f.name.is);
const value = (p: Packet, name: string): string | undefined => p.fields.find((f) => nameOf(f) === name)?.value;

test("each bit of each datagram lies in exactly one field", () => {
  for (const { id } of lines) {
    const p = packetOf(id);
    let at = 0;
    for (const f of p.fields) {
      assert.equal(f.at, at, `segment ${id}: ${nameOf(f)}`);
      at += f.bits;
    }
    assert.equal(at, p.bytes.length * 8);
  }
});

test("the fields say what the log says of the segment", () => {
  for (const { id } of lines) {
    const [p, s] = [packetOf(id), sentOf(id)];
    assert.equal(value(p, "header.tcp.sport"), String(s.sport));
    assert.equal(value(p, "header.tcp.dport"), String(s.dport));
    assert.equal(value(p, "header.tcp.window"), String(s.win));
    assert.equal(value(p, "header.tcp.seq"), String(s.seqno));
    const names = { S: "SYN", F: "FIN", R: "RST", P: "PSH", A: "ACK" };
    for (const [letter, name] of Object.entries(names)) assert.equal(value(p, name), s.flags.includes(letter) ? "1" : "0");
    const seq = p.fields.find((f) => nameOf(f) === "header.tcp.seq")!;
    const [from] = spanOf(seq);
    assert.equal(new DataView(p.bytes.buffer).getUint32(from), s.abs.seq);
    if (s.opts.mss !== undefined) assert.equal(value(p, "MSS"), "2");
    if (s.opts.ts) assert.equal(value(p, "TSval"), String(s.opts.ts.val));
  }
});

test("both checksums of the engine's datagrams are valid, and a changed bit is noticed where it is", () => {
  for (const { id } of lines) {
    const p = packetOf(id);
    assert.deepEqual([p.ipSum.state, p.tcpSum.state], ["valid", "valid"]);
  }
  assert.deepEqual([packetOf(4, (b) => (b[8]! ^= 1)).ipSum.state, packetOf(4, (b) => (b[8]! ^= 1)).tcpSum.state], ["wrong", "valid"]);
  const last = packetOf(4, (b) => (b[b.length - 1]! ^= 1));
  assert.deepEqual([last.ipSum.state, last.tcpSum.state], ["valid", "wrong"]);
});

test("a wrong sum says what it should be", () => {
  const right = packetOf(4);
  const place = 20 + 16;
  const wrong = packetOf(4, (b) => (b[place] = b[place]! ^ 0xff));
  assert.deepEqual(wrong.tcpSum, { state: "wrong", want: (right.bytes[place]! << 8) | right.bytes[place + 1]! });
});

test("a datagram without its payload has a sum that can't be told, and says how long the payload is", () => {
  const whole = packetOf(4);
  const p = readPacket(whole.bytes.slice(0, whole.headerBytes), 8, sentOf(4))!;
  assert.equal(p.tcpSum.state, "unknown");
  assert.deepEqual(p.fields.at(-1)!.note, { key: "header.note.payload", values: { n: 8 } });
});

test("what is no TCP over IPv4 is not read", () => {
  const { bytes } = packetOf(1);
  assert.equal(readPacket(bytes.slice(0, 30), 0, sentOf(1)), undefined);
  assert.equal(readPacket(new Uint8Array(0), 0, sentOf(1)), undefined);
  const six = bytes.slice();
  six[0] = 0x65;
  assert.equal(readPacket(six, 0, sentOf(1)), undefined);
});

test("options that don't add up end in a rest", () => {
  for (const [at, byte] of [[41, 0], [41, 200], [41, 5]] as const) { // the MSS option's length
    const p = packetOf(1, (b) => (b[at] = byte));
    const rest = p.fields.find((f) => nameOf(f) === "header.opt.rest")!;
    assert.equal(spanOf(rest)[1], p.headerBytes);
  }
});

test("the sum is RFC 1071's example", () => {
  assert.equal(checksum(bytesOf("0001f203f4f5f6f7")), 0xffff - 0xddf2);
});

test("a byte has its fields, and a field its neighbours in the words above and below", () => {
  const { fields } = packetOf(3);
  const index = (name: string): number => fields.findIndex((f) => nameOf(f) === name);
  assert.deepEqual(fieldsAt(fields, 0), [index("header.ip.version"), index("header.ip.ihl")]);
  assert.equal(fieldsAt(fields, 33).length, 8);
  assert.equal(neighbour(fields, index("header.tcp.dport"), true), index("header.tcp.seq"));
  assert.equal(neighbour(fields, index("header.tcp.window"), true), index("header.tcp.urgent"));
  assert.equal(neighbour(fields, index("FIN"), false), index("header.tcp.ack"));
});

test("the dump is what text2pcap reads", () => {
  assert.equal(dump(Uint8Array.from({ length: 18 }, (_, i) => i)), "0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n0010  10 11\n");
});
