import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt, fold, marked, pairs, Search, wordsOf } from "./search-index.ts";

const entries = [
  { kind: "lesson", title: "03 The four-way close", text: "Each direction closes on its own; TIME-WAIT lasts 60 s.", also: "四次挥手", path: "lessons/four-way" },
  { kind: "state", title: "TIME-WAIT", text: "Answers late FINs.", path: "states#TIME-WAIT" },
  { kind: "sysctl", title: "net.ipv4.tcp_orphan_retries", text: "How often an orphan sends again.", path: "reference#x" },
  { kind: "term", title: "孤儿连接", text: "程序已经退出，连接还没有结束。", path: "reference#term-orphan" },
];
const search = new Search(entries);
const titles = (query: string): string[] => search.find(query).map((f) => f.entry.title);

test("case, hyphens and underscores make no difference, and a folded text keeps its places", () => {
  for (const q of ["TIME-WAIT", "time wait", "time_wait", "Time-Wait"]) assert.deepEqual(titles(q), ["TIME-WAIT", "03 The four-way close"]);
  for (const text of ["TIME-WAIT", "İstanbul 12 – 3", "四次挥手"]) assert.equal(fold(text).length, text.length);
});

test("part of a name finds it, every word must occur, and another language's title counts", () => {
  assert.deepEqual(titles("tcp_orphan"), ["net.ipv4.tcp_orphan_retries"]);
  assert.deepEqual(titles("orphan close"), []);
  assert.deepEqual(titles("close direction"), ["03 The four-way close"]);
  assert.deepEqual(titles("四次挥手"), ["03 The four-way close"]);
  assert.deepEqual(titles("   "), []);
});

test("kinds narrow what is found, and with no words give all of theirs", () => {
  const only = (query: string, ...kinds: string[]): string[] => search.find(query, new Set(kinds)).map((f) => f.entry.title);
  assert.deepEqual(only("time wait", "lesson"), ["03 The four-way close"]);
  assert.deepEqual(only("time wait", "rule"), []);
  assert.deepEqual(only("", "state", "term"), ["TIME-WAIT", "孤儿连接"]);
});

test("Chinese that occurs nowhere as a whole is looked for by its pairs", () => {
  assert.deepEqual(pairs("程序退出"), ["程序", "序退", "退出"]);
  assert.deepEqual(pairs("程序"), []);
  assert.deepEqual(titles("连接孤儿"), []); // 接孤 is nowhere: the pairs keep the order
  assert.deepEqual(titles("孤儿连接"), ["孤儿连接"]);
  assert.deepEqual(titles("孤儿 退出"), ["孤儿连接"]);
  assert.deepEqual(titles("还没有结"), ["孤儿连接"]);
  assert.deepEqual(wordsOf("孤儿，FIN  孤儿"), ["孤儿", "fin"]);
});

test("what was looked for is marked as it is written", () => {
  assert.deepEqual(marked("A TIME-WAIT of 60 s", ["time", "wait"]), [["A ", false], ["TIME", true], ["-", false], ["WAIT", true], [" of 60 s", false]]);
  assert.deepEqual(marked("", ["x"]), []);
});

test("an excerpt holds the place, cuts no word and says that it is cut", () => {
  const text = "alpha ".repeat(40) + "needle " + "omega ".repeat(40);
  const cut = excerpt(text, ["needle"], 80);
  assert.match(cut, /^… (alpha )+needle( omega)+ …$/);
  assert.ok(cut.length < 100);
  assert.equal(excerpt("short", ["x"], 80), "short");
});
