import assert from "node:assert/strict";
import { test } from "node:test";
import { sysctls } from "./sysctl.gen.ts";
import { Scale } from "./sysctl-scale.ts";

test("a value between two places stands at the nearer one", () => {
  const scale = new Scale({ min: 0, max: 1 << 21, default: 60 });
  assert.equal(scale.value(scale.place(61)), 60);
  assert.equal(scale.value(scale.place(75)), 80);
  assert.equal(scale.value(scale.place(1 << 22)), 1 << 21);
});

test("each setting's slider reaches least, most and default, and moves with each step", () => {
  for (const s of sysctls) {
    const scale = new Scale(s);
    assert.equal(scale.value(0), s.min, s.name);
    assert.equal(scale.value(scale.steps), s.max, s.name);
    assert.equal(scale.value(scale.place(s.default)), s.default, s.name);
    let last = s.min;
    for (let place = 1; place <= scale.steps; place++) {
      const v = scale.value(place);
      assert.ok(v > last && v >= s.min && v <= s.max, `${s.name} at ${place}: ${v} after ${last}`);
      assert.equal(scale.place(v), place, s.name);
      last = v;
    }
  }
});
