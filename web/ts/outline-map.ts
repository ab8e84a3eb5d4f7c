// Carries the places of an outline along with an edit of its text.
import type { CallOutline, DictOutline, Outline, Value } from "./language.gen.ts";
import type { Mapping } from "./tcp-scenario.ts";

/** The outline with its places where they are now. What begins at a place stays behind an insertion there. */
export function mapOutline(o: Outline, map: Mapping): Outline {
  const span = <T extends { from: number; to: number }>(x: T): T => ({ ...x, from: map(x.from, -1), to: map(x.to, 1) });
  const value = (v: Value): Value => span(v);
  const args = (list: CallOutline["args"]): CallOutline["args"] => list.map((a) => ({ ...a, from: map(a.from, -1), value: value(a.value) }));
  const call = (c: CallOutline): CallOutline => ({ last: map(c.last, 1), args: args(c.args) });
  const dict = (d: DictOutline): DictOutline => ({ last: map(d.last, 1), entries: args(d.entries) });
  return {
    ...o,
    hosts: o.hosts.map((h) => ({ ...h, ...(h.call && { call: call(h.call) }), ...(h.dict && { dict: dict(h.dict) }) })),
    link: { ...o.link, ...(o.link.call && { call: call(o.link.call) }), ...(o.link.scenario && { scenario: call(o.link.scenario) }) },
    faults: o.faults.map((f) => ({ ...span(f), ...(f.call && { call: call(f.call) }) })),
    end: map(o.end, 1),
  };
}
