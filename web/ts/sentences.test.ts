import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { clockTime, duration, flagsOf, grouped } from "./format.ts";
import { Phrases, textOf } from "./phrases.ts";
import { phraseKeys } from "./stage-keys.ts";
import { isByLearner, sentenceOf } from "./sentences.ts";
import { tokens } from "./starlark.ts";

const say = { en: phrases("en"), zh: phrases("zh") };

function phrases(lang: "en" | "zh"): Phrases {
  const texts = JSON.parse(readFileSync(`../../content/phrases/${lang}.json`, "utf8")) as Record<string, string>;
  for (const key of phraseKeys) assert.ok(texts[key], `${lang} lacks ${key}`);
  return new Phrases(lang, texts);
}

test("every event that a step stops at has a sentence with every value filled in", () => {
  for (const name of ["four-way", "fin-dropped"]) {
    const log = load(name);
    for (const lang of [say.en, say.zh]) {
      for (const seq of log.stops) {
        const text = textOf(sentenceOf(log, seq, lang));
        assert.ok(text.length > 3 && !/\{\w+\}|event\.|undefined/.test(text), `${lang.lang} ${seq}: ${text}`);
      }
    }
  }
});

test("the learner's drop is told as theirs", () => {
  const log = load("fin-dropped");
  const input = log.events.find((e) => e.kind === "input")!;
  const fate = log.events.find((e) => e.kind === "fate")!;
  assert.ok(isByLearner(log, input) && isByLearner(log, fate));
  assert.match(textOf(sentenceOf(log, input.seq, say.en)), /^You drop FIN,ACK seq=9 ack=10/);
  assert.match(textOf(sentenceOf(log, input.seq, say.zh)), /^你.*FIN,ACK seq=9 ack=10/);
});

test("times are written as they are read", () => {
  assert.deepEqual([70_000, 1_300, 222_000, 60_300_000, 3_725_000_000].map(duration), ["70 ms", "1.3 ms", "222 ms", "60.3 s", "62 min 5 s"]);
  assert.deepEqual([335_000, 335_049, 61_440_000].map(clockTime), ["335.0 ms", "335.0 ms", "61.44 s"]);
  assert.deepEqual([60, 1024, 60_330].map(grouped), ["60", "1024", "60\u202f330"]);
  assert.equal(flagsOf("FPA"), "FIN,PSH,ACK");
});

test("a value that is text never becomes a placeholder", () => {
  const p = new Phrases("en", { "event.call": "{host} calls {call}." });
  assert.equal(p.text("event.call", { host: "{call}", call: { code: "x()" } }), "{call} calls x().");
  assert.equal(p.text("event.call", { host: "a" }), "A calls {call}.");
});

test("Starlark is coloured by words, texts, numbers and comments", () => {
  const kinds = (line: string): string[] => tokens(line).filter((t) => t.kind).map((t) => `${t.kind}:${t.text}`);
  assert.deepEqual(kinds('    if os.read(s, 512) == "#no":  # "yes" in'), ["k:if", "d:512", 's:"#no"', 'c:# "yes" in']);
  const all = 'x = "unclosed # text';
  assert.equal(tokens(all).map((t) => t.text).join(""), all);
});
