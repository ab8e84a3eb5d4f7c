import assert from "node:assert/strict";
import { test } from "node:test";
import { sysctls } from "./sysctl.gen.ts";
import { Scale } from "./sysctl-scale.ts";

test("each setting's slider reaches least, most and default, and never goes back", () => {
  for (const s of sysctls) {
    const scale = new Scale(s);
    assert.equal(scale.value(0), s.min, s.name);
    assert.equal(scale.value(scale.steps), s.max, s.name);
    assert.equal(scale.value(scale.place(s.default)), s.default, s.name);
    let last = s.min;
    for (let place = 1; place <= scale.steps; place++) {
      const v = scale.value(place);
      assert.ok(v >= last && v >= s.min && v <= s.max, `${s.name} at ${place}: ${v} after ${last}`);
      last = v;
    }
  }
});
